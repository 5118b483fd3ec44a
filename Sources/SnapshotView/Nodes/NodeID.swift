/// The number by which a node is asked for: what FUSE calls a nodeid.
///
/// It is not the inode number: two directories never share a node, though they may share an inode number. Files of one
/// version do share a node, so that whoever caches by node keeps their bytes once.
public struct NodeID: RawRepresentable, Hashable, Sendable {
    /// The number; 0 is never one.
    public let rawValue: UInt64

    /// The node of this number.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The top directory, as FUSE numbers it.
    public static let top = NodeID(rawValue: 1)
}
