import Repository
import SystemInterface

/// Small files that one thread reads one after the other.
final class ReadBatch: Sendable {
    /// A file to be read.
    struct Request: Sendable {
        let name: [UInt8]
        let directory: OpenDirectory
    }

    /// What came of reading one file.
    enum Outcome: Sendable {
        /// It held still while all of it was read.
        case read(status: FileStatus, content: EntryContent, attributes: Result<[ExtendedAttribute], SystemError>)
        /// It is not what it had been, or changed: who walks looks at it again.
        case unsettled
        /// It could not be opened.
        case notOpened(SystemError)
        /// It could not be read.
        case notRead(SystemError)
        /// The repository failed; so does the run.
        case failed(RepositoryError)
    }

    let requests: [Request]
    private let outcomes = ConditionLock<[Outcome]?>(nil)

    init(_ requests: [Request]) {
        self.requests = requests
    }

    func finish(_ outcomes: [Outcome]) {
        self.outcomes.withLock { $0 = outcomes }
        self.outcomes.broadcast()
    }

    /// Says of every file that the run was stopped: none must look as if it were not there.
    func giveUp() {
        let stopped = Outcome.failed(RepositoryError(.cancelled, "the run was stopped"))
        finish(requests.map { _ in stopped })
    }

    /// Waits until all files are read or given up. Gives an outcome for each request, in their order.
    func wait() -> [Outcome] {
        outcomes.wait { $0 }
    }
}
