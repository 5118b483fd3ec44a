import COpenSSL

/// Keys from other keys (HKDF), and keys from what people remember (scrypt).
public enum KeyDerivation {
    /// The most that HKDF can give with SHA-256: 255 blocks (RFC 5869, section 2.3).
    public static let hkdfBytesMax = 255 * 32
    /// The longest secret, salt or info of HKDF; OpenSSL has room for 2,048 bytes of info.
    public static let hkdfInputBytesMax = 1024
    /// The limits of scrypt's cost: who writes a key slot must not be able to stop who reads it.
    public enum ScryptLimits {
        /// The CPU and memory cost N, a power of two.
        public static let n: ClosedRange<UInt64> = 2...1 << 20
        /// The block size r.
        public static let r: ClosedRange<UInt32> = 1...32
        /// The parallelisation p.
        public static let p: ClosedRange<UInt32> = 1...16
        /// The memory that one derivation may take, 128·N·r bytes.
        public static let memoryBytesMax: UInt64 = 1 << 30
        /// The longest key, password or salt.
        public static let inputBytesMax = 1 << 20
        /// The sizes of the derived key.
        public static let keyBytes = 1...1024
    }

    /// HKDF-SHA256 (RFC 5869): `count` bytes, 1 to 8,160, that depend on `secret`, `salt` and `info`.
    ///
    /// `secret` must have the strength of a key and at least one byte; `salt` and `info` may be empty. None may be longer
    /// than `hkdfInputBytesMax`.
    public static func hkdf(
        secret: Span<UInt8>, salt: Span<UInt8>, info: Span<UInt8>, count: Int
    ) throws(CryptographyError) -> SecretBytes {
        let operation = "derive a key with HKDF"
        guard !secret.isEmpty else {
            throw CryptographyError(.invalidKey, operation: operation, reason: "the secret is empty")
        }
        guard 1...hkdfBytesMax ~= count, max(secret.count, salt.count, info.count) <= hkdfInputBytesMax else {
            throw CryptographyError(.invalidParameters, operation: operation, reason: "a size is outside its limits")
        }
        Library.prepare()
        return try SecretBytes.filled(count: count) { output throws(CryptographyError) in
            let isDerived = secret.withUnsafeBufferPointer { secret in
                salt.withUnsafeBufferPointer { salt in
                    info.withUnsafeBufferPointer { info in
                        output.withUnsafeMutableBufferPointer { key, initializedCount in
                            initializedCount = count
                            return pastfs_derive_hkdf_sha256(
                                secret.baseAddress, secret.count, salt.baseAddress, salt.count,
                                info.baseAddress, info.count, key.baseAddress, count) == 1
                        }
                    }
                }
            }
            guard isDerived else { throw Library.failure(operation) }
        }
    }

    /// scrypt (RFC 7914): `count` bytes from a password, at a cost in time and memory that slows guessing down.
    ///
    /// Takes 128·`n`·`r` bytes of memory, and time in proportion to `n`·`r`·`p`. Everything outside `ScryptLimits` is
    /// refused with `.invalidParameters` before any work is done.
    public static func scrypt(
        password: Span<UInt8>, salt: Span<UInt8>, n: UInt64, r: UInt32, p: UInt32, count: Int
    ) throws(CryptographyError) -> SecretBytes {
        let operation = "derive a key with scrypt"
        if let reason = scryptFault(n: n, r: r, p: p) {
            throw CryptographyError(.invalidParameters, operation: operation, reason: reason)
        }
        guard ScryptLimits.keyBytes ~= count, max(password.count, salt.count) <= ScryptLimits.inputBytesMax else {
            throw CryptographyError(.invalidParameters, operation: operation, reason: "a size is outside its limits")
        }
        Library.prepare()
        return try SecretBytes.filled(count: count) { output throws(CryptographyError) in
            let isDerived = password.withUnsafeBufferPointer { password in
                salt.withUnsafeBufferPointer { salt in
                    output.withUnsafeMutableBufferPointer { key, initializedCount in
                        initializedCount = count
                        return pastfs_derive_scrypt(
                            password.baseAddress, password.count, salt.baseAddress, salt.count, n, r, p,
                            // OpenSSL counts working memory too, a few blocks more; the real limit was checked above.
                            2 * ScryptLimits.memoryBytesMax, key.baseAddress, count) == 1
                    }
                }
            }
            guard isDerived else { throw Library.failure(operation) }
        }
    }

    /// What is wrong with a cost, or nil.
    private static func scryptFault(n: UInt64, r: UInt32, p: UInt32) -> String? {
        guard ScryptLimits.n ~= n, n.nonzeroBitCount == 1 else {
            return "N = \(n) is not a power of two from \(ScryptLimits.n.lowerBound) to \(ScryptLimits.n.upperBound)"
        }
        guard ScryptLimits.r ~= r else { return "r = \(r) is not from 1 to \(ScryptLimits.r.upperBound)" }
        guard ScryptLimits.p ~= p else { return "p = \(p) is not from 1 to \(ScryptLimits.p.upperBound)" }
        // RFC 7914, section 2: N must be less than 2^(128·r/8). Above r = 1 the limit of N is stricter.
        guard r > 1 || n < 1 << 16 else { return "N = \(n) is not less than 2^16, as r = 1 demands" }
        guard 128 * n * UInt64(r) <= ScryptLimits.memoryBytesMax else {
            return "N = \(n) and r = \(r) need more than \(ScryptLimits.memoryBytesMax >> 20) MiB"
        }
        return nil
    }
}
