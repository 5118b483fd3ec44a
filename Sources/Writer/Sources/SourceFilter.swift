/// What a run leaves out for what it is, and not for its name. What the run was told to save is never left out.
public struct SourceFilter: Hashable, Sendable {
    /// Regular files of more bytes are left out; nil leaves out none.
    public var fileBytesMax: UInt64?
    /// Whether of a directory with a valid `CACHEDIR.TAG` that file alone is saved.
    public var leavesOutCaches = false
    /// Of a directory in which one of these names stands, that alone is saved.
    public var markerNames: [[UInt8]] = []
    /// Whether a directory at which another file system begins is saved as an empty one.
    public var staysOnFileSystem = false
    /// Whether files and directories that are marked "not to be dumped" are left out (chattr(1), `d`).
    public var leavesOutNoDump = false

    /// A filter that leaves out nothing.
    public init() {}

    /// Whether names in a directory can say that the rest of it is left out.
    var looksForMarkers: Bool { leavesOutCaches || !markerNames.isEmpty }
}
