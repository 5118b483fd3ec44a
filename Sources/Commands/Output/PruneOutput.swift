import Maintenance
import Repository

/// What a collection did, as it is printed.
struct PruneOutput {
    let console: Console
    let report: CollectionReport

    func write(seconds: Double) throws(Failure) {
        try console.record(PruneRecord(report))
        for session in report.sessionsEnded {
            try console.line("ended the run of session \(session), which was taken for dead")
        }
        switch report.end {
        case .nothingToDo: try console.line("there is nothing to delete")
        case .waiting:
            if report.hasFinishedAnother { try writeAmounts("deleted", "freed") }
            try writeSessions("has to wait")
        case .dryRun:
            try writeAmounts("would delete", "would free")
            try writeSessions("would have to wait")
            if let reason = report.reasonToConfirm { try console.line("that needs --confirm: \(reason)") }
        case .done: try writeAmounts("deleted", "freed")
        }
        if report.end == .done {
            try console.line("done in \(AmountText.duration(seconds: seconds))")
        }
    }

    private func writeSessions(_ verb: String) throws(Failure) {
        for session in report.sessionsWaitedFor {
            try console.line("\(verb) for session \(session.number), \(Self.words(session.identity))")
        }
    }

    private static func words(_ run: RunIdentity?) -> String {
        guard let run else { return "which may have died: what it said of itself cannot be read" }
        let host = run.host.isEmpty ? "" : " on \(Printable.line(run.host))"
        return "which began \(TimeText.short(run.started))\(host), process \(run.processID)"
    }

    private func writeAmounts(_ deleted: String, _ freed: String) throws(Failure) {
        let snapshots = AmountText.count(UInt64(report.snapshots.count), "snapshot")
        let packs = AmountText.count(UInt64(report.packCount), "pack")
        try console.line("\(deleted) \(snapshots) and \(packs), \(freed) \(AmountText.bytes(report.bytesFreed))")
        if report.packsTakenBack > 0 {
            try console.line(
                "took back \(AmountText.count(UInt64(report.packsTakenBack), "pack")) that is needed after all")
        }
        if report.packsRepacked > 0 {
            try console.line(
                (report.end == .dryRun ? "would move " : "moved ") + AmountText.bytes(report.bytesMoved) + " out of "
                    + AmountText.count(UInt64(report.packsRepacked), "pack"))
        }
        try console.line(
            "kept \(AmountText.count(UInt64(report.snapshotsKept), "snapshot")) and "
                + "\(AmountText.bytes(report.bytesKept)), of which \(AmountText.bytes(report.bytesUnused)) are of no use"
        )
        if report.bytesHidden > 0 {
            try console.line(
                "about \(AmountText.bytes(report.bytesHidden)) more are in bundles that are needed in part")
        }
    }
}

/// The end of a collection.
private struct PruneRecord: JSONRecord {
    static let schema = "pastfs.prune.v1"
    let end: String
    let generation: UInt64
    let packs: Int
    let bytesFreed: UInt64
    let packsTakenBack: Int
    let packsRepacked: Int
    let bytesMoved: UInt64
    let snapshots: [String]
    let segmentsReplaced: Int
    let sessionsEnded: [UInt64]
    let sessionsWaitedFor: [UInt64]
    let needsConfirmation: Bool
    let resumed: Bool
    let snapshotsKept: Int
    let bytesKept: UInt64
    let bytesUnused: UInt64
    let bytesHidden: UInt64

    init(_ report: CollectionReport) {
        end =
            switch report.end {
            case .nothingToDo: "nothing_to_do"
            case .dryRun: "dry_run"
            case .waiting: "waiting"
            case .done: "done"
            }
        generation = report.generation
        packs = report.packCount
        bytesFreed = report.bytesFreed
        packsTakenBack = report.packsTakenBack
        packsRepacked = report.packsRepacked
        bytesMoved = report.bytesMoved
        snapshots = report.snapshots.map(\.description)
        segmentsReplaced = report.segmentsReplaced
        sessionsEnded = report.sessionsEnded
        needsConfirmation = report.reasonToConfirm != nil
        resumed = report.hasFinishedAnother
        sessionsWaitedFor = report.sessionsWaitedFor.map(\.number)
        snapshotsKept = report.snapshotsKept
        bytesKept = report.bytesKept
        bytesUnused = report.bytesUnused
        bytesHidden = report.bytesHidden
    }
}
