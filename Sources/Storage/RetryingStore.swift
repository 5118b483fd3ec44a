import Coding
import SystemInterface

/// A store that asks another again where it failed in a way that may pass: for readers that must not give up at the
/// first hiccup of a disk or a file server.
///
/// Only what changes nothing is repeated, and only after `unreachable` and `ioFailure`, up to
/// `StorageLimits.readAttemptsMax` times in all with a growing pause between. What then is thrown is the last failure.
public struct RetryingStore: ObjectStore {
    private let base: any ObjectStore
    private let pause: @Sendable (Double) -> Void

    /// Passes everything on to `base`; `pause` is told how many seconds to wait.
    public init(_ base: any ObjectStore, pause: @escaping @Sendable (Double) -> Void = { Thread.pause(seconds: $0) }) {
        self.base = base
        self.pause = pause
    }

    /// Where the store below is.
    public var location: String { base.location }

    /// What the store below says.
    public var canonicalLocation: [UInt8] { base.canonicalLocation }

    /// Creates an object unless the name is taken; once only.
    public func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        try base.create(name, parts)
    }

    /// The whole object.
    public func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        try retrying { () throws(StorageError) in try base.read(name) }
    }

    /// Exactly the bytes of `range`.
    public func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try retrying { () throws(StorageError) in try base.read(name, range: range) }
    }

    /// The object's size in bytes.
    public func size(of name: ObjectName) throws(StorageError) -> UInt64 {
        try retrying { () throws(StorageError) in try base.size(of: name) }
    }

    /// The objects of `folder`, sorted by name.
    public func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] {
        try retrying { () throws(StorageError) in try base.list(folder) }
    }

    /// The names of the objects of `folder`, sorted.
    public func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] {
        try retrying { () throws(StorageError) in try base.names(in: folder) }
    }

    /// Deletes the object; once only.
    public func delete(_ name: ObjectName) throws(StorageError) {
        try base.delete(name)
    }

    /// What lies in the store and is no object.
    public func strangers() throws(StorageError) -> [String] {
        try base.strangers()
    }

    /// What the store below says.
    public func bytesAvailable() -> UInt64? { base.bytesAvailable() }

    /// Has the store below set room aside.
    public func makeReserve() throws(StorageError) { try base.makeReserve() }

    /// Gives up what the store below has set aside.
    public func releaseReserve() throws(StorageError) { try base.releaseReserve() }

    /// Removes what interrupted processes have left behind; once only.
    public func removeLeftovers() throws(StorageError) -> Int {
        try base.removeLeftovers()
    }

    private func retrying<Value>(_ body: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        var seconds = StorageLimits.retryPauseSeconds
        for _ in 1..<StorageLimits.readAttemptsMax {
            do throws(StorageError) {
                return try body()
            } catch {
                guard error.code == .unreachable || error.code == .ioFailure else { throw error }
                pause(seconds)
                seconds *= 4
            }
        }
        return try body()
    }
}
