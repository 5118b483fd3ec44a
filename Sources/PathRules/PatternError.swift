/// A pattern that cannot be read.
public struct PatternError: Error, Hashable, Sendable {
    /// The pattern as it was given.
    public let pattern: String
    /// What was wrong, in words.
    public let reason: String
}

extension PatternError: CustomStringConvertible {
    /// The pattern and the reason, for messages.
    public var description: String { "\(pattern): \(reason)" }
}
