import Coding

/// A place that keeps immutable objects by name: a directory, memory, later a server.
///
/// Everything above stands on this contract, and one suite of tests holds every implementation against it.
///
/// **Immutable.** An object is created once and never changed: its bytes are those of the `create` that succeeded until
/// it is deleted. No operation overwrites.
///
/// **Atomic.** A name leads to nothing or to the whole object, at every moment and for every reader, whatever is
/// interrupted: the call, the process, the power. Of any number of threads and processes that create one name at the
/// same time exactly one succeeds, and the others get `.alreadyExists`.
///
/// **Durable.** When `create` returns, the object and its name survive the loss of power. When `create` throws
/// `.alreadyExists`, the object that exists survives it as well: a caller may rely on what another created. When
/// `delete` returns or throws `.notFound`, the object stays away.
///
/// **Ordered.** What one caller does after a `create` or a `delete` returned comes after it for everyone, and survives
/// only together with it: a pack that was created before a snapshot is there whenever the snapshot is.
///
/// **Lost replies.** `create` and `delete` may fail after the change was made: the reply got lost, or the disk
/// failed when the name was to be made durable. So after any error but `.alreadyExists`, `.tooLarge` and `.noSpace`
/// the object is either absent or whole, and the caller can't know which. Repeating is right: a `create` of the same
/// bytes under a name derived from them succeeds or says `.alreadyExists`, a `delete` succeeds or says `.notFound`.
/// Whoever creates a name that is NOT derived from the bytes, in order to win a race, reads the object after any such
/// error to learn who won.
///
/// **Complete.** `list` gives every object that was there during the whole call, or throws. One that is created or
/// deleted meanwhile may or may not be listed. One whose size the storage cannot tell, since what it keeps of that one is
/// damaged, is listed with 0 bytes, as if it were cut off: `size(of:)` says why. A missing folder is an error and never an
/// empty listing, unless it is made when it is needed (`ObjectFolder.isMadeWhenNeeded`).
///
/// **Exact.** `read` gives all bytes that were asked for, or throws; there is no short read. It does not check them:
/// disks lie, and only the layer above can tell. So no store promises that `read` gives what `create` got.
///
/// **Concurrent.** Every method may be called from any number of threads and processes, and blocks its thread until it
/// is done. None calls back. None relies on a clock or on the times of files.
///
/// Every method may throw `.permissionDenied`, `.unreachable`, `.ioFailure` and, under test, `.injected`; those that
/// change something also `.readOnly`. What else each may throw stands with it.
public protocol ObjectStore: Sendable {
    /// Where the store is, for messages.
    var location: String { get }

    /// What tells this place from every other that one machine reaches, of a copy of the same objects too: the same
    /// bytes in every process, by whichever way it was named. A store that passes everything on to another has what
    /// that has.
    var canonicalLocation: [UInt8] { get }

    /// Creates an object of the bytes of `parts`, one after the other, unless the name is taken.
    ///
    /// Throws `.alreadyExists`, `.tooLarge` and `.noSpace` with nothing changed; `.notFound` when the folder or the
    /// whole store is missing; `.unsupported` when the storage can't create without overwriting.
    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError)

    /// The whole object. Throws `.notFound`, and `.tooLarge` for an object that can't have been created here.
    func read(_ name: ObjectName) throws(StorageError) -> [UInt8]

    /// Exactly the bytes of `range`, which may be empty.
    ///
    /// Throws `.notFound`; `.outOfRange` unless the range lies within the object; `.tooLarge` when it is longer than an
    /// object may be.
    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8]

    /// The size of the object in bytes. Throws `.notFound`.
    func size(of name: ObjectName) throws(StorageError) -> UInt64

    /// The objects of `folder`, sorted by name. Whatever else lies there is passed over: see `strangers`.
    ///
    /// Throws `.notFound` when the folder or the whole store is missing.
    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry]

    /// What `list` gives without the sizes: the 32 bytes in the name of each object of `folder`, sorted. Costs less where
    /// a size costs a call each. Where objects are numbered, a snapshot is there once for each object about it.
    ///
    /// Throws `.notFound` when the folder or the whole store is missing.
    func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32]

    /// Deletes the object. Throws `.notFound`.
    func delete(_ name: ObjectName) throws(StorageError)

    /// What lies where the objects are and isn't one: printable paths, sorted. They are never read and never deleted.
    ///
    /// Throws `.notFound` when a folder or the whole store is missing.
    func strangers() throws(StorageError) -> [String]

    /// How many bytes the storage has room for, as far as it says.
    func bytesAvailable() -> UInt64?

    /// Sets room aside for a time when there is none, or completes what is set aside, as far as there is room. What is set
    /// aside is no object and no stranger. A store that is never full does nothing.
    func makeReserve() throws(StorageError)

    /// Gives up what was set aside, so that some small objects can be created. It may be gone already, or never have been.
    func releaseReserve() throws(StorageError)

    /// Removes what interrupted processes have left behind of objects that they never created, and tells how much it was.
    /// Safe at any time, whoever is at work; nothing where nothing can be left behind.
    func removeLeftovers() throws(StorageError) -> Int
}

extension ObjectStore {
    /// `location`, where a place has one name.
    public var canonicalLocation: [UInt8] { Array(location.utf8) }

    /// Not known.
    public func bytesAvailable() -> UInt64? { nil }

    /// Nothing.
    public func makeReserve() throws(StorageError) {}

    /// Nothing.
    public func releaseReserve() throws(StorageError) {}

    /// Creates an object of `bytes`, unless the name is taken: `create` with one part.
    public func create(_ name: ObjectName, _ bytes: [UInt8]) throws(StorageError) {
        try create(name, [bytes])
    }

    /// The names of what `list` gives.
    public func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] {
        try list(folder).compactMap(\.name.id)
    }

    /// Nothing is left behind.
    public func removeLeftovers() throws(StorageError) -> Int { 0 }

    /// Whether there is such an object. Throws what `size(of:)` throws, except `.notFound`.
    public func contains(_ name: ObjectName) throws(StorageError) -> Bool {
        do throws(StorageError) {
            _ = try size(of: name)
            return true
        } catch {
            guard error.code == .notFound else { throw error }
            return false
        }
    }
}

/// What every store checks before it touches its storage.
enum ObjectRules {
    /// The sum of the parts, or `.tooLarge`.
    static func checkSize(of parts: [[UInt8]], _ name: ObjectName) throws(StorageError) -> UInt64 {
        var total: UInt64 = 0
        for part in parts {
            total += UInt64(part.count)
            try checkSize(total, .create, name)
        }
        return total
    }

    /// Throws `.tooLarge` for more bytes than an object may have.
    static func checkSize(
        _ bytes: UInt64, _ operation: StorageError.Operation, _ name: ObjectName
    ) throws(StorageError) {
        let limit = StorageLimits.maximumObjectBytes
        guard bytes <= limit else {
            throw StorageError(.tooLarge, operation, name, reason: "\(bytes) bytes are over the limit of \(limit)")
        }
    }

    /// Throws `.outOfRange` unless `range` lies within `size` bytes, and `.tooLarge` for a range over the limit.
    static func checkRange(_ range: Range<UInt64>, size: UInt64, _ name: ObjectName) throws(StorageError) {
        guard range.upperBound <= size else {
            let reason = "it ends after \(size) bytes, before byte \(range.upperBound)"
            throw StorageError(.outOfRange, .read, name, reason: reason)
        }
        try checkSize(range.upperBound - range.lowerBound, .read, name)
    }
}
