import COpenSSL
import Coding

/// HMAC-SHA256 (RFC 2104) under one key.
///
/// Keeps the two SHA-256 states that have taken in the padded key, so that a short message costs two compressions and
/// not four. Safe for use by several threads at once.
public final class KeyedHash: Sendable {
    private static let blockBytes = Int(SHA256_CBLOCK)

    /// The inner state, then the outer one: who has them can forge as well as who has the key.
    private let states: SecretBytes

    /// A keyed hash under `key`, of any size; one longer than 64 bytes stands for its SHA-256, as RFC 2104 has it.
    public init(key: SecretBytes) {
        let inner = Self.state(key: key, padding: 0x36)
        let outer = Self.state(key: key, padding: 0x5C)
        states = withUnsafeBytes(of: inner) { inner in
            withUnsafeBytes(of: outer) { outer in
                SecretBytes.filled(count: inner.count + outer.count) { output in
                    for byte in inner { output.append(byte) }
                    for byte in outer { output.append(byte) }
                }
            }
        }
    }

    /// The authentication code of `data`.
    public func authenticate(_ data: Span<UInt8>) -> Bytes32 {
        Bytes32(writtenBy: { write(prefix: nil, data, to: $0) })
    }

    /// The authentication code of `prefix` followed by `data`.
    public func authenticate(prefix: UInt8, _ data: Span<UInt8>) -> Bytes32 {
        Bytes32(writtenBy: { write(prefix: prefix, data, to: $0) })
    }

    /// The authentication code of `label` as a key for something else: a 32-byte secret that tells nothing of this key.
    ///
    /// HMAC is a pseudorandom function, so that different labels give independent keys (NIST SP 800-108).
    public func deriveKey(_ label: Span<UInt8>) -> SecretBytes {
        SecretBytes.filled(count: Bytes32.count) { output in
            output.withUnsafeMutableBufferPointer { memory, initializedCount in
                guard let start = memory.baseAddress, write(prefix: nil, label, to: start) == 1 else {
                    preconditionFailure("SHA-256 cannot fail")
                }
                initializedCount = Bytes32.count
            }
        }
    }

    /// Writes 32 bytes to `code`, and returns 1.
    private func write(prefix: UInt8?, _ data: Span<UInt8>, to code: UnsafeMutablePointer<UInt8>) -> Int32 {
        states.withBytes { states in
            states.withUnsafeBytes { states in
                var context = states.loadUnaligned(as: SHA256_CTX.self)
                if var prefix { SHA256_Update(&context, &prefix, 1) }
                _ = data.withUnsafeBytes { SHA256_Update(&context, $0.baseAddress, $0.count) }
                SHA256_Final(code, &context)
                context = states.loadUnaligned(fromByteOffset: MemoryLayout<SHA256_CTX>.size, as: SHA256_CTX.self)
                SHA256_Update(&context, code, Bytes32.count)
                SHA256_Final(code, &context)
                // The stack must not keep the outer state.
                OPENSSL_cleanse(&context, MemoryLayout<SHA256_CTX>.size)
                return 1
            }
        }
    }

    private static func state(key: SecretBytes, padding: UInt8) -> SHA256_CTX {
        let short = key.count <= blockBytes ? key : SecretBytes(key.withBytes { SHA256.hash($0) }.bytes)
        let block = SecretBytes.filled(count: blockBytes) { output in
            short.withBytes { key in
                for index in key.indices { output.append(key[index] ^ padding) }
            }
            output.append(repeating: padding, count: blockBytes - short.count)
        }
        var context = SHA256_CTX()
        SHA256_Init(&context)
        block.withBytes { block in
            block.withUnsafeBytes { _ = SHA256_Update(&context, $0.baseAddress, $0.count) }
        }
        return context
    }
}
