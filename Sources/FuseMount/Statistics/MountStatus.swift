import SnapshotView
import SystemInterface

/// What a mount adds to `.pastfs/status.json`.
enum MountStatus {
    /// Adds where and how `view` is mounted, and what was asked and answered since.
    static func report(
        to view: SnapshotView, at mountPoint: FilePath, options: MountOptions, statistics: MountStatistics
    ) {
        view.addStatus("mount_point") { .text(mountPoint.description) }
        view.addStatus("options") { value(of: options) }
        view.addStatus("requests") {
            .object(RequestKind.allCases.map { (name(of: $0), .count(statistics.requestCount($0))) })
        }
        view.addStatus("bytes_read") { .count(statistics.bytesRead) }
        view.addStatus("ahead") { .object([("files", .count(statistics.filesAhead))]) }
    }

    private static func value(of options: MountOptions) -> StatusValue {
        var parts: [(String, StatusValue)] = [
            ("allow_other", .number(options.allowOther ? 1 : 0)),
            ("cache_bytes", .count(options.cacheBytes)),
            ("ino", .text(options.inodeNumbers.rawValue)),
            ("names", .text(options.nameStyle.rawValue)),
            ("symlinks", .text(options.presentation.symbolicLinks.rawValue)),
            ("threads", .count(options.threads)),
            ("umask", .text("0" + String(options.presentation.umask, radix: 8))),
        ]
        if let user = options.presentation.userID { parts.append(("uid", .count(user))) }
        if let group = options.presentation.groupID { parts.append(("gid", .count(group))) }
        parts.append(("hosts", .texts(options.filter.hosts.sorted())))
        parts.append(("tags", .texts(options.filter.tags.sorted())))
        return .object(parts)
    }

    /// The name of a kind of request as JSON has it: with underscores.
    private static func name(of kind: RequestKind) -> String {
        "\(kind)".reduce(into: "") { name, character in
            if character.isUppercase { name.append("_") }
            name += character.lowercased()
        }
    }
}
