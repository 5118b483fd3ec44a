/// The extended records of a member (POSIX.1-2017, pax, "pax Extended Header"): `length key=value\n`, the length counting
/// itself.
struct PaxRecords {
    private(set) var bytes: [UInt8] = []

    /// Whether there are none.
    var isEmpty: Bool { bytes.isEmpty }

    mutating func add(_ key: String, _ value: String) {
        add(key, Array(value.utf8))
    }

    mutating func add(_ key: String, _ value: [UInt8]) {
        add(Array(key.utf8), value)
    }

    mutating func add(_ key: [UInt8], _ value: [UInt8]) {
        // A space, an equals sign and a newline.
        let rest = key.count + value.count + 3
        var count = rest + 1
        while String(count).utf8.count + rest > count { count = String(count).utf8.count + rest }
        bytes += Array("\(count) ".utf8)
        bytes += key + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
    }

    mutating func append(_ other: PaxRecords) {
        bytes += other.bytes
    }

    /// An extended attribute under the key of star(1), which GNU tar and bsdtar know too; GNU tar's way to write an equals
    /// sign in a name.
    mutating func addAttribute(_ name: [UInt8], _ value: [UInt8]) {
        let escaped = name.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "%"): Array("%25".utf8)
            case UInt8(ascii: "="): Array("%3D".utf8)
            default: [byte]
            }
        }
        add(Array("SCHILY.xattr.".utf8) + escaped, value)
    }
}
