/// One object of a listing.
public struct ObjectEntry: Hashable, Sendable {
    /// The object's name.
    public let name: ObjectName
    /// The object's size in bytes.
    public let bytes: UInt64

    /// An object of `bytes` bytes.
    public init(name: ObjectName, bytes: UInt64) {
        self.name = name
        self.bytes = bytes
    }
}
