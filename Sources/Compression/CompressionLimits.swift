/// How much may be compressed at once, and what a frame may demand of who decompresses it.
public enum CompressionLimits {
    /// The compression levels, from the fastest to the smallest; those above 19 gain little and take gigabytes.
    public static let levels = 1...19
    /// The largest content of a frame.
    public static let contentBytesMax = 256 << 20
    /// The largest window of a frame, which is also what every decoder should support (RFC 8878, section 3.1.1.1.2) and
    /// the largest that the levels use.
    public static let windowBytesMax = 8 << 20
}
