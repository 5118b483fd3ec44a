import Synchronization
import SystemInterface

extension Repository {
    /// Brings the index up to date for somebody who has found damage wherever it says that a chunk lies, and reads what the
    /// packs say themselves that it does not list: a repair may have copied the chunk.
    ///
    /// A store may be damaged for good and be read all the same, so this is done once in `Limits.lookAgainSeconds`; whoever
    /// comes while another looks waits for that. What cannot be read is no news. A storage that does not answer throws, and
    /// is asked by the next who comes.
    func lookAgain(_ clock: any WallClock) throws(RepositoryError) {
        try lookedAgain.withLock { (last) throws(RepositoryError) in
            if let last, Self.isRecent(last, at: clock.now()) { return }
            try passingOver { () throws(RepositoryError) in try refreshIndex() }
            try lookInUnlisted()
            last = clock.now()
        }
    }

    /// Reads what the packs say themselves that no readable segment lists, for somebody who has found damage wherever the
    /// index says that a chunk lies: a copy of it may be there. A storage that does not answer throws.
    package func lookInUnlisted() throws(RepositoryError) {
        try passingOver { () throws(RepositoryError) in try readUnlistedFooters() }
    }

    private func passingOver(_ body: () throws(RepositoryError) -> Void) throws(RepositoryError) {
        do throws(RepositoryError) {
            try body()
        } catch {
            guard error.isDamage || error.isOfContents else { throw error }
        }
    }

    private static func isRecent(_ last: Timestamp, at now: Timestamp) -> Bool {
        let age = now.seconds.subtractingReportingOverflow(last.seconds)
        // After a clock was set back it is looked once too often, rather than never for a long time.
        return !age.overflow && (0..<Limits.lookAgainSeconds).contains(age.partialValue)
    }
}
