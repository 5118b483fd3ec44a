/// What stands in the top directory. A further view is a case here and a kind of node.
enum TopName: Int, CaseIterable {
    case latest
    case snapshots
    case hosts
    case tags

    /// The name in the directory.
    var bytes: [UInt8] {
        switch self {
        case .latest: Self.latestName
        case .snapshots: Array("snapshots".utf8)
        case .hosts: Array("hosts".utf8)
        case .tags: Array("tags".utf8)
        }
    }

    /// The name of the link to the newest snapshot, in every list of snapshots but the whole one.
    static let latestName = Array("latest".utf8)

    /// The name with these bytes.
    init?(_ bytes: [UInt8]) {
        guard let found = Self.allCases.first(where: { $0.bytes == bytes }) else { return nil }
        self = found
    }
}
