/// A mounted file system, as the process sees it (proc_pid_mountinfo(5)).
public struct MountEntry: Hashable, Sendable {
    /// Where it is mounted.
    public let mountPoint: FilePath
    /// What of the file system is mounted there: "/" but for bind mounts and subvolumes.
    public let root: FilePath
    /// Its kind, as in "ext4" or "fuse.pastfs".
    public let fileSystemType: String
    /// What is mounted: a device's path or the file system's own words.
    public let source: FilePath
    /// The device number of its files.
    public let device: DeviceNumber
    /// The mount's own options, as in "ro" and "nosuid".
    public let options: [String]
}

/// What is mounted where.
public enum MountTable {
    private static let path: FilePath = "/proc/self/mountinfo"
    private static let bytesMax = 64 << 20

    /// Every mount that the process sees, later ones above earlier ones on the same place.
    public static func entries() throws(SystemError) -> [MountEntry] {
        guard let entries = parse(try FileSystem.read(path, atMost: bytesMax)) else {
            throw SystemError(call: "read", path: path, errno: .invalidArgument)
        }
        return entries
    }

    /// The mount that `path`, absolute and free of symbolic links, lies on: the deepest, and of those the last.
    public static func entry(holding path: FilePath) throws(SystemError) -> MountEntry? {
        try entries().filter { path.isInside($0.mountPoint) }.enumerated()
            .max { ($0.element.mountPoint.bytes.count, $0.offset) < ($1.element.mountPoint.bytes.count, $1.offset) }?
            .element
    }

    /// The entries of a table in the kernel's form, or nil when a line is not.
    package static func parse(_ table: [UInt8]) -> [MountEntry]? {
        var entries: [MountEntry] = []
        for line in table.split(separator: UInt8(ascii: "\n")) {
            guard let entry = MountEntry(line: line) else { return nil }
            entries.append(entry)
        }
        return entries
    }
}

extension MountEntry {
    /// The fields: number, parent, major:minor, root, mount point, options, optional ones, "-", type, source, rest.
    init?(line: ArraySlice<UInt8>) {
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard fields.count >= 10, let hyphen = fields[6...].firstIndex(where: { $0.elementsEqual("-".utf8) }),
            hyphen + 2 < fields.count,
            let device = Self.device(fields[2]),
            let fileSystemType = String(validating: fields[hyphen + 1], as: UTF8.self),
            let options = String(validating: fields[5], as: UTF8.self)
        else { return nil }
        mountPoint = FilePath(Self.unescape(fields[4]))
        root = FilePath(Self.unescape(fields[3]))
        self.fileSystemType = fileSystemType
        source = FilePath(Self.unescape(fields[hyphen + 2]))
        self.device = device
        self.options = options.split(separator: ",").map { String($0) }
    }

    private static func device(_ field: ArraySlice<UInt8>) -> DeviceNumber? {
        let parts = field.split(separator: UInt8(ascii: ":")).map {
            String(validating: $0, as: UTF8.self).flatMap { UInt32($0) }
        }
        guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
        return DeviceNumber(major: major, minor: minor)
    }

    /// Space, tab, newline, backslash and number sign come as a backslash and three octal digits.
    private static func unescape(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let value = octal(rest.prefix(3)) {
                plain.append(value)
                rest = rest.dropFirst(3)
            } else {
                plain.append(byte)
            }
        }
        return plain
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 3 else { return nil }
        return String(validating: digits, as: UTF8.self).flatMap { UInt8($0, radix: 8) }
    }
}
