/// How full a cache of decoded data is, and how it fared since it was made.
public struct CacheStatistics: Hashable, Sendable {
    /// What is in it costs, in bytes.
    public internal(set) var bytes = 0
    /// How many requests it could answer.
    public internal(set) var hits = 0
    /// How many requests had to be decoded, or waited for another one's decoding.
    public internal(set) var misses = 0
}
