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
            do throws(RepositoryError) {
                try refreshIndex()
                try readUnlistedFooters()
            } catch {
                guard error.isDamage || error.isOfContents else { throw error }
            }
            last = clock.now()
        }
    }

    private static func isRecent(_ last: Timestamp, at now: Timestamp) -> Bool {
        let age = now.seconds.subtractingReportingOverflow(last.seconds)
        // After a clock was set back it is looked once too often, rather than never for a long time.
        return !age.overflow && (0..<Limits.lookAgainSeconds).contains(age.partialValue)
    }
}
