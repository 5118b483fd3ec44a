import SystemInterface

/// One item that a backup run could not save as it is.
public struct SnapshotProblem: Hashable, Sendable {
    /// The item, absolute.
    public var path: FilePath
    /// What was wrong, in words.
    public var reason: String

    /// A problem with `path`.
    public init(path: FilePath, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// Whether a manifest can list it; all problems count.
    public var isListable: Bool {
        path.bytes.count <= Limits.pathBytesMax && reason.utf8.count <= Limits.reasonBytesMax
    }
}
