import Restorer
import Synchronization
import SystemInterface

/// Tells of a restore while it runs.
final class RestoreReporter: RestoreObserver {
    /// Which items are listed.
    enum Listing {
        case none
        /// Those that are not left as they were.
        case changes
        case all
    }

    private let console: Console
    private let meter: ProgressMeter
    private let listing: Listing
    /// Why the list of items could not be written, the first time.
    private let failure = Mutex<Failure?>(nil)

    init(_ console: Console, _ meter: ProgressMeter, listing: Listing) {
        self.console = console
        self.meter = meter
        self.listing = listing
    }

    func restoreAdvanced(_ statistics: RestoreStatistics, path: FilePath) {
        meter.update { snapshot in
            snapshot.items = statistics.files + statistics.kept
            snapshot.bytes = statistics.bytes
            snapshot.path = path
        }
    }

    func restoreDid(_ action: RestoreAction, path: FilePath, isDirectory: Bool) {
        guard listing != .none, listing == .all || action != .kept else { return }
        do throws(Failure) {
            try console.record(RestoredItemRecord(action, path, isDirectory))
            try console.line(action.word + " ", name: path.bytes + (isDirectory ? [UInt8(ascii: "/")] : []))
        } catch {
            failure.withLock { $0 = $0 ?? error }
        }
    }

    /// Throws what kept the list of items from being written; the restore went on without it.
    func rethrow() throws(Failure) {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    func restoreWaitsForDisk() {
        meter.update { $0.phase = "waiting for the disk" }
    }

    func restoreNoted(_ note: String, path: FilePath) {
        console.message(.note, "\(path): \(note)")
    }

    func restoreMet(_ problem: RestoreProblem) {
        meter.update { $0.problems += 1 }
        console.message(.problem, "\(problem.path): \(problem.reason)")
    }
}

extension RestoreAction {
    /// How it is listed.
    fileprivate var word: String {
        switch self {
        case .created: "new"
        case .replaced: "replaced"
        case .kept: "kept"
        case .deleted: "deleted"
        }
    }
}

/// What was done to one item, with `--json`.
private struct RestoredItemRecord: JSONRecord {
    static let schema = "pastfs.restored-item.v1"
    let action: String
    let path: String
    let pathB64: String?
    let isDirectory: Bool

    init(_ action: RestoreAction, _ path: FilePath, _ isDirectory: Bool) {
        self.action = action.word
        let fields = PathFields(path.bytes)
        self.path = fields.text
        pathB64 = fields.base64
        self.isDirectory = isDirectory
    }
}
