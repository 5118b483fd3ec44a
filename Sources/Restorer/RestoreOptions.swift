import SystemInterface

/// What is restored, and what may be overwritten.
public struct RestoreOptions: Sendable {
    /// The path within the snapshot, or nil for all of it.
    public var path: FilePath?
    /// Whether the destination may hold something already. Names that are restored then replace those that are there,
    /// directories are joined, and a directory never gives way to a file.
    public var overwrites: Bool

    /// Options that restore `path`, or everything, into an empty destination.
    public init(path: FilePath? = nil, overwrites: Bool = false) {
        self.path = path
        self.overwrites = overwrites
    }
}
