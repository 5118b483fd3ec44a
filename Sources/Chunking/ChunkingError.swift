/// Why chunking parameters are refused.
public struct ChunkingError: Error, Hashable, Sendable {
    /// The reason, in words that fit behind "these chunk sizes can't be used: ".
    public let reason: String

    /// Names a reason.
    public init(_ reason: String) {
        self.reason = reason
    }
}

extension ChunkingError: CustomStringConvertible {
    /// The reason as a sentence for messages.
    public var description: String { "these chunk sizes can't be used: \(reason)" }
}
