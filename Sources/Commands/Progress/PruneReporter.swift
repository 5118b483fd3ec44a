import Maintenance
import Synchronization

/// Shows how a collection gets on, and logs what it deletes.
final class PruneReporter: CollectionObserver {
    private let console: Console
    private let meter: ProgressMeter
    private let failure = Mutex<Failure?>(nil)

    init(_ console: Console, _ meter: ProgressMeter) {
        self.console = console
        self.meter = meter
    }

    func collectionAdvanced(_ phase: CollectionPhase, _ done: Int, of total: Int) {
        meter.update { snapshot in
            snapshot.phase = phase.words
            snapshot.itemName = phase == .deleting ? "pack" : "snapshot"
            snapshot.items = UInt64(done)
            snapshot.total = UInt64(total)
        }
    }

    func collectionDeleted(_ deletion: Deletion) {
        do throws(Failure) {
            try console.record(DeletionRecord(object: deletion.name.path, reason: deletion.reason.rawValue))
            if console.verbosity > 0 { try console.line("deleted \(deletion.name.path): \(deletion.reason.words)") }
        } catch {
            failure.withLock { $0 = $0 ?? error }
        }
    }

    /// Throws if the log could not be written: what was deleted is deleted all the same.
    func rethrow() throws(Failure) {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}

/// One deletion.
private struct DeletionRecord: JSONRecord {
    static let schema = "pastfs.deletion.v1"
    let object: String
    let reason: String
}

extension CollectionPhase {
    fileprivate var words: String {
        switch self {
        case .marking: "finding out what is needed"
        case .moving: "moving what is left of packs"
        case .settling: "waiting for runs to end"
        case .markingAgain: "finding out again what is needed"
        case .deleting: "deleting"
        }
    }
}

extension Deletion.Reason {
    fileprivate var words: String {
        switch self {
        case .unneeded: "no snapshot needs it"
        case .forgotten: "the snapshot was forgotten"
        case .aborted: "its run was ended before it was committed"
        case .replaced: "another segment says the same"
        }
    }
}
