import Repository
import SystemInterface

/// What snapshots of one group have in common. A policy looks at each group by itself.
public struct SnapshotGrouping: OptionSet, Hashable, Sendable {
    /// The bits of what is asked for.
    public let rawValue: UInt8

    /// The same host.
    public static let host = SnapshotGrouping(rawValue: 1)
    /// The same paths, in any order.
    public static let paths = SnapshotGrouping(rawValue: 2)
    /// The same tags.
    public static let tags = SnapshotGrouping(rawValue: 4)

    /// A grouping of these bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Reads `host`, `paths` and `tags`, joined by commas, each at most once; nothing makes one group of everything. Nil for
    /// anything else.
    public init?(_ text: String) {
        self = []
        guard !text.isEmpty else { return }
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part: SnapshotGrouping
            switch word {
            case "host": part = .host
            case "paths": part = .paths
            case "tags": part = .tags
            default: return nil
            }
            guard insert(part).inserted else { return nil }
        }
    }

    /// The group of a snapshot.
    func group(of candidate: RetentionCandidate) -> SnapshotGroup {
        SnapshotGroup(
            host: contains(.host) ? candidate.host : nil,
            paths: contains(.paths) ? Array(Set(candidate.paths)).sorted() : nil,
            tags: contains(.tags) ? Array(Set(candidate.tags)).sorted() : nil)
    }
}

/// What the snapshots of a group have in common; nil where they may differ.
public struct SnapshotGroup: Hashable, Sendable {
    /// The host.
    public let host: String?
    /// The paths, in byte order.
    public let paths: [FilePath]?
    /// The tags, in order.
    public let tags: [String]?
}

extension SnapshotGroup: CustomStringConvertible {
    /// A few words for people: `host nas, paths /home /srv`.
    public var description: String {
        var parts: [String] = []
        if let host { parts.append("host \(host)") }
        if let paths { parts.append("paths " + paths.map(\.description).joined(separator: " ")) }
        if let tags { parts.append(tags.isEmpty ? "no tags" : "tags " + tags.joined(separator: ",")) }
        return parts.isEmpty ? "all snapshots" : parts.joined(separator: ", ")
    }
}
