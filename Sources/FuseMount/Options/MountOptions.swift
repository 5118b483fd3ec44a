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
    /// Whether small files are put into the kernel's page cache before who walks through them asks.
    public var readsAhead = true
    /// Whether extended attributes and access control lists are shown, and the lists enforced.
    public var showsExtendedAttributes = true
    /// How long a request may wait for the storage before it is answered with EIO, in seconds.
    public var requestSeconds = MountLimits.requestSecondsDefault
    /// Whether every chunk's name is computed anew from its bytes before they are shown.
    public var verifies = false
    /// The file that each open is recorded in, as it was given; nil for none.
    public var auditFile: FilePath?

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
        if allowOther, !showsExtendedAttributes {
            throw Self.invalid(
                "noxattr", why: "access control lists would not be enforced against the users of allow_other")
        }
    }

    private mutating func apply(_ text: String) throws(MountError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        let value = parts.count == 2 ? parts[1] : nil
        guard let option = MountOption.all.first(where: { $0.name == parts[0] }) else {
            return try Self.checkForeign(text, parts[0], hasValue: value != nil)
        }
        do throws(MountOption.Refusal) {
            try option.apply(value, to: &self)
        } catch {
            throw Self.invalid(text, why: error.why, fix: error.fix)
        }
    }

    /// Passes over what other programs read, and throws for anything else.
    private static func checkForeign(_ text: String, _ name: String, hasValue: Bool) throws(MountError) {
        if MountOption.isForeign(name) { return }
        if !hasValue, let why = MountOption.contradictions[name] { throw invalid(text, why: why) }
        guard !hasValue, MountOption.ignored.contains(name) else { throw unknown(text, name) }
    }

    private static func invalid(_ option: String, why: String, fix: String? = nil) -> MountError {
        MountError(.invalidOption, what: "cannot mount with -o \(option)", why: why, fix: fix)
    }

    private static func unknown(_ option: String, _ name: String) -> MountError {
        let own = MountOption.all.map(\.name)
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
