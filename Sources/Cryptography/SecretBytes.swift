import COpenSSL

/// Bytes that must not outlive their use: keys, passwords and what they are derived from.
///
/// They lie in memory of their own that never moves, is kept out of swap and core dumps while there is room in
/// OpenSSL's locked heap (`CRYPTO_secure_malloc(3)`), and is wiped before it is given back. Safe for use by several
/// threads: the bytes never change.
public final class SecretBytes: Sendable {
    /// The number of bytes.
    public let count: Int

    // A raw pointer is not Sendable; this one is written before init returns and read only until deinit.
    nonisolated(unsafe) private let start: UnsafeMutableRawPointer

    /// Takes a copy of `bytes`, and wipes the original unless others still refer to it.
    public convenience init(_ bytes: consuming [UInt8]) {
        self.init(bytes.span)
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    /// Takes a copy of `bytes`.
    public convenience init(_ bytes: Span<UInt8>) {
        self.init(uninitializedCount: bytes.count)
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: start, count: count).copyMemory(from: $0) }
    }

    private init(uninitializedCount count: Int) {
        Library.prepare()
        let room = Library.secureHeapBytesForSecrets - CRYPTO_secure_used()
        let locked = count <= room ? pastfs_secure_allocate(max(count, 1)) : nil
        guard let start = locked ?? pastfs_allocate(max(count, 1)) else {
            fatalError("there is no memory for a secret of \(count) bytes")
        }
        self.count = count
        self.start = start
    }

    deinit {
        pastfs_wipe_and_free(start, max(count, 1))
    }

    /// A secret of exactly the `count` bytes that `body` appends.
    static func filled<Failure: Error>(
        count: Int, by body: (inout OutputSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure) -> SecretBytes {
        let secret = SecretBytes(uninitializedCount: count)
        let memory = UnsafeMutableRawBufferPointer(start: secret.start, count: count).bindMemory(to: UInt8.self)
        var output = OutputSpan(buffer: memory, initializedCount: 0)
        try body(&output)
        let written = output.finalize(for: memory)
        precondition(written == count, "a secret is only half written")
        return secret
    }

    /// Lends the bytes to `body`, which must not copy them to anywhere that is not wiped.
    public func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let memory = UnsafeRawBufferPointer(start: start, count: count).bindMemory(to: UInt8.self)
        return try body(memory.span)
    }
}

extension SecretBytes: Equatable {
    /// Whether both hold the same bytes, in a time that depends on their number alone.
    public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left.start, right.start, left.count) == 0
    }
}

extension SecretBytes: CustomStringConvertible {
    /// The number of bytes, and nothing of what they are.
    public var description: String { "\(count) secret bytes" }
}
