import COpenSSL
import Coding

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// The digest of `data`.
    public static func hash(_ data: Span<UInt8>) -> Bytes32 {
        var hasher = Hasher()
        hasher.update(data)
        return hasher.finalize()
    }

    /// The digest of data that comes in pieces. A copy goes on from where the original was.
    public struct Hasher: Sendable {
        private var context = SHA256_CTX()

        /// A hasher of nothing yet.
        public init() {
            SHA256_Init(&context)
        }

        /// Adds `data` to what is hashed.
        public mutating func update(_ data: Span<UInt8>) {
            _ = data.withUnsafeBytes { SHA256_Update(&context, $0.baseAddress, $0.count) }
        }

        /// The digest of everything added so far; more may be added afterwards.
        public func finalize() -> Bytes32 {
            var context = context
            return Bytes32(writtenBy: { SHA256_Final($0, &context) })
        }
    }
}

extension Bytes32 {
    /// The 32 bytes that `body` writes to the memory that it is given.
    init(writtenBy body: (UnsafeMutablePointer<UInt8>) -> Int32) {
        self = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.count) { memory in
            memory.initialize(repeating: 0)
            guard let start = memory.baseAddress, body(start) == 1, let value = Bytes32(memory.span) else {
                preconditionFailure("SHA-256 cannot fail")
            }
            return value
        }
    }
}
