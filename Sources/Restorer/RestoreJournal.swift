import Repository
import Synchronization
import SystemInterface

/// What a restore counts and meets, and whether it is to stop. Thread-safe.
final class RestoreJournal: Sendable {
    private struct State {
        var statistics = RestoreStatistics()
        var problems: [RestoreProblem] = []
        var problemCount: UInt64 = 0
        var damagedCount: UInt64 = 0
        var hasMissed = false
        var reportedOnce: Set<String> = []
        /// What ends the run, as a thread met it first.
        var failure: RestoreError?
    }

    let observer: (any RestoreObserver)?
    private let cancelled: StopFlag
    private let halted = StopFlag()
    private let state = Mutex(State())

    init(observer: (any RestoreObserver)?, cancelled: StopFlag) {
        self.observer = observer
        self.cancelled = cancelled
    }

    var outcome: RestoreOutcome {
        state.withLock {
            RestoreOutcome(
                statistics: $0.statistics, problems: $0.problems, problemCount: $0.problemCount,
                damagedCount: $0.damagedCount)
        }
    }

    /// Whether something that the snapshot has was not restored, or not looked at: what stands there may be anything.
    var hasMissed: Bool { state.withLock { $0.hasMissed } }

    /// Adds what was done, and tells the observer how far the run is.
    func advance(_ done: RestoreStatistics, path: @autoclosure () -> FilePath) {
        let sum = state.withLock { state in
            state.statistics += done
            return state.statistics
        }
        observer?.restoreAdvanced(sum, path: path())
    }

    /// Records that the item at `path` could not be restored as it was.
    func report(_ reason: String, path: FilePath, isDamage: Bool = false) {
        let problem = RestoreProblem(path: path, reason: reason, isDamage: isDamage)
        state.withLock { state in
            state.problemCount += 1
            if isDamage { state.damagedCount += 1 }
            if state.problems.count < RestoreOutcome.problemsMax { state.problems.append(problem) }
        }
        observer?.restoreMet(problem)
    }

    /// Tells something of the item at `path` that is no problem.
    func note(_ text: String, path: @autoclosure () -> FilePath) {
        observer?.restoreNoted(text, path: path())
    }

    /// Records something that would be the same for every item, the first time that it is met.
    func reportOnce(_ reason: String, path: @autoclosure () -> FilePath) {
        if state.withLock({ $0.reportedOnce.insert(reason).inserted }) { report(reason, path: path()) }
    }

    /// Records an error of the item at `path`, which it keeps from being restored, or throws one that concerns all that is
    /// left.
    func absorb(_ error: any Error, path: @autoclosure () -> FilePath) throws(RestoreError) {
        // Nothing is ever taken for a file that was not saved.
        if (error as? RepositoryError)?.code != .notSaved { state.withLock { $0.hasMissed = true } }
        switch error {
        case let error as RepositoryError:
            guard error.isDamage || error.code == .notSaved else { throw RestoreError(error) }
            report(error.description, path: path(), isDamage: error.isDamage)
        case let error as SystemError:
            switch error.errno {
            case .noSpace, .quotaExceeded, .readOnlyFileSystem, .tooManyOpenFiles, .tooManyOpenFilesInSystem:
                throw RestoreError(.destination, path: path(), error.errno.message)
            default:
                report(error.errno.message, path: path())
            }
        case let error as ItemError: report(error.reason, path: path())
        case let error as RestoreError: throw error
        default: throw RestoreError(.repository(.internalFailure), "\(error)")
        }
    }

    /// Makes every thread stop at its next item; the first failure is what the run ends with.
    func halt(_ error: RestoreError) {
        state.withLock { if $0.failure == nil { $0.failure = error } }
        halted.set()
    }

    /// Whether the threads are to stop.
    var isStopped: Bool { halted.isSet || cancelled.isSet }

    /// Throws when the run is to stop.
    func checkStopped() throws(RestoreError) {
        guard isStopped else { return }
        throw state.withLock { $0.failure } ?? .cancelled
    }
}

/// Why one item cannot be restored as it was, where neither the repository nor a system call says so.
struct ItemError: Error {
    let reason: String
}
