/// Why data could not be compressed or decompressed.
public struct CompressionError: Error, Hashable, Sendable {
    /// What went wrong.
    public enum Code: String, Sendable {
        /// The data is not one Zstandard frame of the expected content size.
        case corrupt
        /// More than `CompressionLimits` allow.
        case tooLarge
        /// A compression level that does not exist.
        case invalidLevel
        /// Zstandard refused for a reason of its own; mostly there is no memory.
        case libraryFailure
    }

    /// What went wrong.
    public let code: Code
    /// The same in words, with the sizes that matter.
    public let message: String

    /// Says that something failed with `code`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension CompressionError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}
