/// The names under which things are made that are to replace others, or to appear when they are whole.
enum TemporaryName {
    private static let prefix = Array(".pastfs-restore-".utf8)
    private static let digits = Array("0123456789abcdef".utf8)

    /// What a directory is given that a restore has made and not finished: the next one knows by it that it may set the
    /// attributes of the directory too.
    static let unfinished = prefix + Array("unfinished".utf8)

    /// The name for an item, the same in every run, so that what an interrupted run left is found by the next.
    static func of(_ name: [UInt8]) -> [UInt8] {
        let hash = hash(name)
        return prefix + (0..<16).map { digits[Int(hash >> UInt64(60 - 4 * $0) & 15)] }
    }

    /// FNV-1a of 64 bits (RFC 9923).
    static func hash(_ name: [UInt8]) -> UInt64 {
        name.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
