import Repository
import SystemInterface

/// What a restore counts and meets, and whether it is to stop. Used by the thread that restores.
final class RestoreJournal {
    var statistics = RestoreStatistics()
    private(set) var problems: [RestoreProblem] = []
    private(set) var problemCount: UInt64 = 0
    private(set) var damagedCount: UInt64 = 0
    /// The names that lead from the destination to the item at hand.
    var names: [[UInt8]] = []

    /// The path in the snapshot of what lands in the destination.
    private let base: FilePath
    private let observer: (any RestoreObserver)?
    private let stop: StopFlag
    private var reportedOnce: Set<String> = []

    init(base: FilePath, observer: (any RestoreObserver)?, stop: StopFlag) {
        self.base = base
        self.observer = observer
        self.stop = stop
    }

    /// The path in the snapshot of the item at hand.
    var path: FilePath {
        names.isEmpty ? base : base.appending(Array(names.joined(separator: [UInt8(ascii: "/")])))
    }

    var outcome: RestoreOutcome {
        RestoreOutcome(
            statistics: statistics, problems: problems, problemCount: problemCount, damagedCount: damagedCount)
    }

    /// Records that the item at hand could not be restored as it was.
    func report(_ reason: String, isDamage: Bool = false) {
        problemCount += 1
        if isDamage { damagedCount += 1 }
        let problem = RestoreProblem(path: path, reason: reason, isDamage: isDamage)
        if problems.count < RestoreOutcome.problemsMax { problems.append(problem) }
        observer?.restoreMet(problem)
    }

    /// Records something that would be the same for every item, the first time that it is met.
    func reportOnce(_ reason: String) {
        if reportedOnce.insert(reason).inserted { report(reason) }
    }

    /// Records an error of the item at hand, or throws one that concerns all that is left.
    func absorb(_ error: any Error) throws {
        switch error {
        case let error as RepositoryError:
            guard error.isDamage || error.code == .notSaved else { throw RestoreError(error) }
            report(error.description, isDamage: error.isDamage)
        case let error as SystemError:
            switch error.errno {
            case .noSpace, .quotaExceeded, .readOnlyFileSystem, .tooManyOpenFiles, .tooManyOpenFilesInSystem:
                throw RestoreError(.destination, path: path, error.errno.message)
            default:
                report(error.errno.message)
            }
        default:
            throw error
        }
    }

    /// Tells the observer how far the run is.
    func advance() {
        observer?.restoreAdvanced(statistics, path: path)
    }

    /// Throws when the run is to stop.
    func checkStopped() throws(RestoreError) {
        if stop.isSet { throw .cancelled }
    }
}
