import Coding

/// A POSIX access control list in words, as tar archives have it (acl(5), "short text form").
enum AccessControlText {
    /// The version of the kernel's binary form (include/uapi/linux/posix_acl_xattr.h).
    private static let version: UInt32 = 2
    private static let entryBytes = 8

    /// The list of an attribute `system.posix_acl_…`, or nil where it is none.
    static func text(_ attribute: [UInt8]) -> String? {
        guard attribute.count >= 4, (attribute.count - 4) % entryBytes == 0, number(attribute, 0, 4) == version
        else { return nil }
        var entries: [String] = []
        for start in stride(from: 4, to: attribute.count, by: entryBytes) {
            guard let entry = entry(attribute, start) else { return nil }
            entries.append(entry)
        }
        return entries.joined(separator: ",")
    }

    private static func entry(_ bytes: [UInt8], _ start: Int) -> String? {
        let identifier = number(bytes, start + 4, 4)
        let subject: String
        switch number(bytes, start, 2) {
        case 0x01: subject = "user:"
        case 0x02: subject = "user:\(identifier)"
        case 0x04: subject = "group:"
        case 0x08: subject = "group:\(identifier)"
        case 0x10: subject = "mask:"
        case 0x20: subject = "other:"
        default: return nil
        }
        let bits = number(bytes, start + 2, 2)
        return subject + ":" + (bits & 4 != 0 ? "r" : "-") + (bits & 2 != 0 ? "w" : "-") + (bits & 1 != 0 ? "x" : "-")
    }

    /// An unsigned number, its lowest byte first.
    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt32 {
        bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
