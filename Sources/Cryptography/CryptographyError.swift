/// Why a cryptographic operation gave no result.
public struct CryptographyError: Error, Hashable, Sendable {
    /// What went wrong.
    public enum Code: String, Sendable {
        /// The data is not what was sealed with this key, nonce and associated data.
        case authenticationFailed
        /// A key has the wrong size, or is no key of its kind.
        case invalidKey
        /// A size, count or cost is outside its limits.
        case invalidParameters
        /// There is no memory for the operation.
        case outOfMemory
        /// OpenSSL refused for a reason of its own.
        case libraryFailure
    }

    /// What went wrong.
    public let code: Code
    /// What was being done, in words that fit behind "could not".
    public let operation: String
    /// The reason, in words; never anything of the data or the key.
    public let reason: String

    /// Says that `operation` failed with `code`, for `reason`.
    public init(_ code: Code, operation: String, reason: String) {
        self.code = code
        self.operation = operation
        self.reason = reason
    }
}

extension CryptographyError: CustomStringConvertible {
    /// The operation and the reason, for messages.
    public var description: String { "could not \(operation): \(reason)" }
}
