/// What stands in the top directory. A further view is a case here and a type of `AddedNode`.
enum TopName: Int, CaseIterable {
    case latest
    case snapshots
    case hosts
    case tags
    case at
    case versions
    case changes
    case status

    /// The name in the directory.
    var bytes: [UInt8] {
        switch self {
        case .latest: Self.latestName
        case .snapshots: Array("snapshots".utf8)
        case .hosts: Array("hosts".utf8)
        case .tags: Array("tags".utf8)
        case .at: Array("at".utf8)
        case .versions: Array("versions".utf8)
        case .changes: Array("changes".utf8)
        case .status: Array(".pastfs".utf8)
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
