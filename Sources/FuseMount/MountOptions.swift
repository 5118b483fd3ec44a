import SnapshotView
import SystemInterface

/// What `-o` says, in the form of mount(8) and fstab(5).
public struct MountOptions: Hashable, Sendable {
    /// Whether other users may see the mount.
    public var allowOther = false
    /// How many bytes of decoded chunks are kept.
    public var cacheBytes = ViewLimits.cacheBytesDefault
    /// What inode numbers stand for.
    public var inodeNumbers = InodeNumberMode.version
    /// Which snapshots are shown.
    public var filter = SnapshotFilter()
    /// How snapshots are called.
    public var nameStyle = ViewOptions.NameStyle.utc
    /// How entries are shown otherwise than they are stored.
    public var presentation = Presentation()
    /// How many threads answer requests.
    public var threads: Int

    /// The usual options: as many threads as keep all processors busy while some wait for the disk.
    public init() {
        threads = min(max(4, 2 * Host.processorCount), MountLimits.threadsMax)
    }

    /// Reads lists of options that are separated by commas, such as `allow_other,cache=1G`.
    ///
    /// Options of mount(8), fstab(5) and systemd.mount(5) that mean nothing to a mount like this are accepted.
    public init(parsing lists: [String]) throws(MountError) {
        self.init()
        for list in lists {
            for option in list.split(separator: ",") {
                try apply(String(option))
            }
        }
    }

    private mutating func apply(_ option: String) throws(MountError) {
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        let value = parts.count == 2 ? parts[1] : nil
        switch (parts[0], value) {
        case ("allow_other", nil): allowOther = true
        case ("cache", let text?): cacheBytes = try Self.size(text)
        case ("ino", let text?):
            guard let mode = InodeNumberMode(rawValue: text) else {
                throw Self.invalid(option, why: "inode numbers are `version` or `unique`")
            }
            inodeNumbers = mode
        case ("threads", let text?):
            guard let count = Int(text), (1...MountLimits.threadsMax).contains(count) else {
                throw Self.invalid(option, why: "threads are 1 to \(MountLimits.threadsMax)")
            }
            threads = count
        case ("host", _), ("tag", _), ("names", _), ("uid", _), ("gid", _), ("umask", _), ("symlinks", _):
            guard let text = value, !text.isEmpty else {
                throw Self.invalid(option, why: "it has no value", fix: "give one behind it, as in \(parts[0])=VALUE")
            }
            try applyView(parts[0], text)
        case ("rw", nil):
            throw Self.invalid(option, why: "the past cannot be changed: the mount is always read-only")
        case ("suid", nil), ("dev", nil):
            throw Self.invalid(option, why: "the mount is always nosuid and nodev")
        default:
            guard Self.isIgnored(parts[0], hasValue: value != nil) else { throw Self.unknown(option, parts[0]) }
        }
    }

    private static let own = [
        "allow_other", "cache", "gid", "host", "ino", "names", "symlinks", "tag", "threads", "uid", "umask",
    ]
    private static let ignored: Set<String> = [
        "ro", "nosuid", "nodev", "default_permissions", "defaults", "noexec", "exec", "noatime", "nodiratime",
        "relatime", "async", "auto", "noauto", "user", "nouser", "users", "owner", "group", "nofail", "_netdev",
    ]

    private static func isIgnored(_ name: String, hasValue: Bool) -> Bool {
        if name.hasPrefix("x-") || name == "comment" { return true }
        return !hasValue && ignored.contains(name)
    }

    /// A number of bytes with an optional K, M, G or T, each 1,024 times the one before.
    static func size(_ text: String) throws(MountError) -> Int {
        let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
        let shift = text.last.flatMap { units[Character($0.uppercased())] }
        let digits = shift == nil ? text[...] : text.dropLast()
        guard let number = Int(digits), number >= 0, digits.allSatisfy({ $0.isNumber }) else {
            throw invalid("cache=\(text)", why: "a size is a number of bytes with K, M, G or T behind it, such as 512M")
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        guard !overflow else { throw invalid("cache=\(text)", why: "that is more than can be counted") }
        return bytes
    }

    static func invalid(_ option: String, why: String, fix: String? = nil) -> MountError {
        MountError(.invalidOption, what: "cannot mount with -o \(option)", why: why, fix: fix)
    }

    private static func unknown(_ option: String, _ name: String) -> MountError {
        let near = own.filter { $0.hasPrefix(name.prefix(3)) || editDistance($0, name) <= max(1, $0.count / 3) }
        let fix =
            near.isEmpty
            ? "options are " + own.joined(separator: ", ") : "did you mean " + near.joined(separator: " or ") + "?"
        return MountError(.invalidOption, what: "cannot mount with -o \(option)", why: "no such option", fix: fix)
    }

    /// How many characters must be changed, added or removed (V. Levenshtein, 1965).
    private static func editDistance(_ left: String, _ right: String) -> Int {
        let right = Array(right.prefix(64))
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = diagonal + (right[column] == character ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }

    /// What libfuse and the kernel are told. `source` shows in the table of mounts.
    func kernelOptions(source: String) -> String {
        // libfuse takes a comma or backslash behind a backslash as it is (fuse_opt_parse).
        let escaped = source.reduce(into: "") { text, character in
            if character == "," || character == "\\" { text.append("\\") }
            text.append(character)
        }
        var options = [
            "ro", "nosuid", "nodev", "default_permissions", "subtype=pastfs", "fsname=\(escaped)",
            "max_read=\(MountLimits.readBytesMax)",
        ]
        if allowOther { options.append("allow_other") }
        return options.joined(separator: ",")
    }
}
