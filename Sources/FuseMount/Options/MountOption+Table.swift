import SnapshotView
import SystemInterface

extension MountOption {
    /// Every option that is PastFS's own, in the order of help.
    public static let all: [MountOption] =
        [
            .flag("allow_other", help: "let other users see the mount, each with the rights that the files give") {
                $0.allowOther = true
            },
            MountOption("cache", .text("SIZE"), help: "memory for decoded data, such as `512M`; 256M if not given") {
                (options, text) throws(Refusal) in options.cacheBytes = try size(text)
            },
            MountOption(
                "ino", .words(InodeNumberMode.allCases.map(\.rawValue)),
                help: "whether a file that did not change has one inode number in all snapshots or one in each"
            ) { (options, text) throws(Refusal) in
                options.inodeNumbers = InodeNumberMode(rawValue: text) ?? options.inodeNumbers
            },
            MountOption("threads", .text("N"), help: "how many threads answer, 1 to \(MountLimits.threadsMax)") {
                (options, text) throws(Refusal) in
                options.threads = try number(text, in: 1...MountLimits.threadsMax)
            },
            .flag("noahead", help: "do not have small files read ahead of who walks through a tree") {
                $0.readsAhead = false
            },
            .flag("noxattr", help: "neither extended attributes nor ACLs, so that `ls -l` asks for none") {
                $0.showsExtendedAttributes = false
            },
            MountOption(
                "timeout", .text("SECONDS"),
                help: "how long the storage may take to answer; \(MountLimits.requestSecondsDefault) if not given"
            ) { (options, text) throws(Refusal) in
                options.requestSeconds = try number(text, in: 1...MountLimits.requestSecondsMax)
            },
            .flag("verify", help: "hold every chunk against its name when it is decoded") { $0.verifies = true },
            MountOption("audit", .file, help: "record every open in this file before it is answered") {
                (options, text) throws(Refusal) in options.auditFile = FilePath(text)
            },
        ] + ofView

    /// Whether an option of this name means something to PastFS, or to the programs that read fstab(5).
    public static func isKnown(_ name: String) -> Bool {
        all.contains { $0.name == name } || isForeign(name) || ignored.contains(name) || contradictions[name] != nil
    }

    /// Whether an option is for other programs whatever its value.
    static func isForeign(_ name: String) -> Bool {
        name.hasPrefix("x-") || name.hasPrefix("X-") || name == "comment"
    }

    /// What mount(8), fstab(5), systemd.mount(5) and mount.fuse3(8) know and what means nothing to a mount that is
    /// read-only, without devices and without set-user-ID programs in any case.
    static let ignored: Set<String> = [
        "ro", "nosuid", "nodev", "default_permissions", "defaults", "noexec", "exec", "noatime", "nodiratime",
        "relatime", "norelatime", "strictatime", "nostrictatime", "lazytime", "nolazytime", "async", "auto", "noauto",
        "user", "nouser", "users", "nousers", "owner", "noowner", "group", "nogroup", "nofail", "_netdev", "silent",
        "loud", "clone_fd",
    ]

    /// What contradicts such a mount, and why.
    static let contradictions = [
        "rw": "the past cannot be changed: the mount is always read-only",
        "suid": "the mount is always nosuid", "dev": "the mount is always nodev",
        "sync": "nothing is written: the mount is always read-only",
    ]

    /// A whole number in decimal digits.
    static func number(_ text: String, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw Refusal("it is a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A number of bytes with an optional K, M, G or T, each 1,024 times the one before.
    static func size(_ text: String) throws(Refusal) -> Int {
        let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
        let shift = text.last.flatMap { units[Character($0.uppercased())] }
        let digits = shift == nil ? text[...] : text.dropLast()
        guard let number = Int(digits), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw Refusal("a size is a number of bytes with K, M, G or T behind it, such as 512M")
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        guard !overflow else { throw Refusal("that is more than can be counted") }
        return bytes
    }
}
