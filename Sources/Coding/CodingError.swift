/// Why bytes could not be decoded, and where.
public struct CodingError: Error, Equatable, Sendable {
    /// What was wrong, in words that fit behind "at byte 17: ".
    public let reason: String
    /// The offset of the offending byte from the start of the decoded buffer.
    public let offset: Int

    /// Names a fault at `offset`.
    public init(_ reason: String, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension CodingError: CustomStringConvertible {
    /// The offset and the reason, for messages.
    public var description: String { "at byte \(offset): \(reason)" }
}
