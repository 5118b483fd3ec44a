import Repository

/// The runs of a file from its first byte to its last, decoded ahead of who takes them.
public struct SequentialRuns {
    private let contents: FileContents
    private var position: UInt64 = 0
    private var ahead: UInt64 = 0

    /// The runs of a file.
    public init(_ contents: FileContents) {
        self.contents = contents
    }

    /// The next run, or nil behind the last. Throws `.damaged` where the runs do not join or do not add up.
    public mutating func next() throws(RepositoryError) -> FileContents.Run? {
        guard position < contents.size else { return nil }
        let run = try contents.run(at: position)
        guard run.start == position, run.end > position, run.end <= contents.size else {
            throw RepositoryError(.damaged, "the runs of the file do not join at \(position)")
        }
        // Asked for in steps, so that each of them is a look at several chunks.
        let wanted = run.end + RestoreLimits.aheadBytes
        if run.end < contents.size, ahead < run.end + RestoreLimits.aheadBytes / 2 {
            ahead = try contents.prefetch(from: max(ahead, run.end), to: wanted)
        }
        position = run.end
        return run
    }
}
