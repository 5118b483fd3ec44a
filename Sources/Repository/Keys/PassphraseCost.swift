/// How much work one try of a passphrase is: the parameters of scrypt (RFC 7914).
public struct PassphraseCost: Hashable, Sendable {
    /// The base-2 logarithm of scrypt's N. Memory is `1024 * 2^logN` bytes at r = 8.
    public let logN: Int

    /// What scrypt's N may be: from 1,024, for passphrases that a machine drew, to 1,048,576, which takes 1 GiB.
    public static let logNRange = 10...20
    /// scrypt's r and p.
    static let blockSize: UInt32 = 8
    static let parallelism: UInt32 = 1

    /// N = 2^17, 128 MiB: about 0.4 s a try on one core (OWASP's recommendation for scrypt).
    public static let standard = PassphraseCost(uncheckedLogN: 17)

    /// A cost of N = 2^`logN`, or nil outside of `logNRange`.
    public init?(logN: Int) {
        guard Self.logNRange.contains(logN) else { return nil }
        self.init(uncheckedLogN: logN)
    }

    private init(uncheckedLogN: Int) {
        logN = uncheckedLogN
    }
}
