/// How a backup run told what it did not have to read again.
///
/// The numbers are those of the format. Whatever the kind, a snapshot names everything that it holds: it is read, restored
/// and kept without any other.
public enum SnapshotKind: UInt8, Hashable, Sendable, CaseIterable {
    /// It read every byte.
    case full = 0
    /// It took over what had not changed since its parent.
    case incremental = 1
    /// As incremental, with the newest full snapshot as its parent.
    case differential = 2

    /// What people and programs are told: `full`, `incremental`, `differential`.
    public var name: String {
        switch self {
        case .full: "full"
        case .incremental: "incremental"
        case .differential: "differential"
        }
    }
}
