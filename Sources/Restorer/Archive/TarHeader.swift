import Repository
import SystemInterface

/// One header of a tar archive, 512 bytes (POSIX.1-2017, pax, "ustar Interchange Format").
struct TarHeader {
    /// The size of a header, and what everything is padded to.
    static let blockBytes = 512

    /// What a member is.
    enum Kind: UInt8 {
        case regular = 0x30
        case hardLink = 0x31
        case symbolicLink = 0x32
        case characterDevice = 0x33
        case blockDevice = 0x34
        case directory = 0x35
        case fifo = 0x36
        /// Records that belong to the member that follows.
        case extended = 0x78
    }

    private static let nameBytes = 100
    private static let accountBytes = 31
    /// Where the fields stand, and how long they are.
    private enum Field {
        static let name = (0, 100), mode = (100, 8), userID = (108, 8), groupID = (116, 8)
        static let size = (124, 12), modified = (136, 12), checksum = (148, 8)
        static let kind = 156
        static let linkName = (157, 100), magic = (257, 8), userName = (265, 32), groupName = (297, 32)
        static let major = (329, 8), minor = (337, 8)
    }

    private(set) var bytes = [UInt8](repeating: 0, count: blockBytes)
    /// What did not fit into the header.
    private(set) var records = PaxRecords()

    /// A header of extended records of `bytes` bytes, for the member `name`.
    init(recordsOf name: [UInt8], bytes count: Int) {
        let last = name.split(separator: UInt8(ascii: "/")).last.map { Array($0) } ?? []
        put(Array("PaxHeaders/".utf8) + last.prefix(80), Field.name)
        _ = putNumber(0o644, Field.mode)
        _ = putNumber(UInt64(count), Field.size)
        finish(.extended)
    }

    /// A header of `entry` under `path`, with `size` bytes behind it; `link` is the path or text that it leads to.
    init(_ entry: TreeEntry, kind: Kind, path: [UInt8], link: [UInt8], size: UInt64) {
        if path.count > Self.nameBytes { records.add("path", path) }
        put(path, Field.name)
        if link.count > Self.nameBytes { records.add("linkpath", link) }
        put(link, Field.linkName)
        _ = putNumber(UInt64(entry.permissions), Field.mode)
        if !putNumber(UInt64(entry.userID), Field.userID) { records.add("uid", "\(entry.userID)") }
        if !putNumber(UInt64(entry.groupID), Field.groupID) { records.add("gid", "\(entry.groupID)") }
        if !putNumber(size, Field.size) { records.add("size", "\(size)") }
        putTime(entry.modified)
        putAccount(entry.userName, Field.userName, "uname")
        putAccount(entry.groupName, Field.groupName, "gname")
        if let device = entry.deviceNumber {
            _ = putNumber(UInt64(device.major), Field.major)
            _ = putNumber(UInt64(device.minor), Field.minor)
        }
        finish(kind)
    }

    private mutating func putTime(_ time: Timestamp) {
        let seconds = UInt64(exactly: time.seconds)
        if seconds.map({ putNumber($0, Field.modified) }) != true || time.nanoseconds != 0 {
            if seconds == nil { _ = putNumber(0, Field.modified) }
            records.add("mtime", Self.decimal(time))
        }
    }

    /// Seconds with nine digits behind the point; before 1970 the fraction counts away from zero.
    private static func decimal(_ time: Timestamp) -> String {
        let isNegative = time.seconds < 0 && time.nanoseconds > 0
        let seconds = isNegative ? -(time.seconds + 1) : time.seconds
        let fraction = String(isNegative ? 1_000_000_000 - time.nanoseconds : time.nanoseconds)
        let zeros = String(repeating: "0", count: max(0, 9 - fraction.count))
        return (isNegative ? "-" : "") + "\(seconds).\(zeros)\(fraction)"
    }

    private mutating func putAccount(_ name: String?, _ field: (Int, Int), _ key: String) {
        guard let name else { return }
        let text = Array(name.utf8)
        if text.count > Self.accountBytes || text.contains(where: { $0 >= 0x80 }) { records.add(key, text) }
        if text.count <= Self.accountBytes { put(text, field) }
    }

    private mutating func put(_ text: [UInt8], _ field: (start: Int, count: Int)) {
        for (index, byte) in text.prefix(field.count).enumerated() { bytes[field.start + index] = byte }
    }

    /// Octal digits with a NUL behind them; false, and zeros, for a number that has too many.
    private mutating func putNumber(_ number: UInt64, _ field: (start: Int, count: Int)) -> Bool {
        let digits = String(number, radix: 8)
        let room = field.count - 1
        let fits = digits.count <= room
        let text =
            fits ? String(repeating: "0", count: room - digits.count) + digits : String(repeating: "0", count: room)
        put(Array(text.utf8) + [0], field)
        return fits
    }

    private mutating func finish(_ kind: Kind) {
        bytes[Field.kind] = kind.rawValue
        put(Array("ustar".utf8) + [0] + Array("00".utf8), Field.magic)
        // The sum is of the header with spaces in its own place.
        put([UInt8](repeating: UInt8(ascii: " "), count: 8), Field.checksum)
        let sum = String(bytes.reduce(0) { $0 + UInt32($1) }, radix: 8)
        put(Array((String(repeating: "0", count: max(0, 6 - sum.count)) + sum).utf8) + [0], Field.checksum)
    }
}
