import Coding
import Synchronization

/// A store that passes everything on to another and fails as planned: for tests that fail the k-th operation for every
/// k, once and for good, with nothing done and with the reply lost.
///
/// Operations are counted in the order in which they begin, over all threads.
public final class FaultInjectingStore: ObjectStore {
    private let base: any ObjectStore
    private let plan: FaultPlan
    private let count = Atomic<Int>(0)

    /// Passes everything on to `base`, except what `plan` says.
    public init(_ base: any ObjectStore, plan: FaultPlan) {
        self.base = base
        self.plan = plan
    }

    /// Where the store below is.
    public var location: String { base.location }

    /// What the store below says.
    public var canonicalLocation: [UInt8] { base.canonicalLocation }

    /// How many operations that the plan counts have begun.
    public var operationCount: Int { count.load(ordering: .sequentiallyConsistent) }

    /// Creates an object unless the name is taken, as the contract says.
    public func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        try perform(.create, name) { () throws(StorageError) in try base.create(name, parts) }
    }

    /// The whole object.
    public func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        try perform(.read, name) { () throws(StorageError) in try base.read(name) }
    }

    /// Exactly the bytes of `range`.
    public func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try perform(.read, name) { () throws(StorageError) in try base.read(name, range: range) }
    }

    /// The object's size in bytes.
    public func size(of name: ObjectName) throws(StorageError) -> UInt64 {
        try perform(.size, name) { () throws(StorageError) in try base.size(of: name) }
    }

    /// The objects of `folder`, sorted by name.
    public func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] {
        try perform(.list, nil) { () throws(StorageError) in try base.list(folder) }
    }

    /// The names of the objects of `folder`, sorted.
    public func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] {
        try perform(.list, nil) { () throws(StorageError) in try base.names(in: folder) }
    }

    /// Deletes the object.
    public func delete(_ name: ObjectName) throws(StorageError) {
        try perform(.delete, name) { () throws(StorageError) in try base.delete(name) }
    }

    /// What lies in the store and is no object.
    public func strangers() throws(StorageError) -> [String] {
        try perform(.list, nil) { () throws(StorageError) in try base.strangers() }
    }

    /// What the store below says.
    public func bytesAvailable() -> UInt64? { base.bytesAvailable() }

    /// Has the store below set room aside.
    public func makeReserve() throws(StorageError) {
        try perform(.reserve, nil) { () throws(StorageError) in try base.makeReserve() }
    }

    /// Gives up what the store below has set aside.
    public func releaseReserve() throws(StorageError) {
        try perform(.reserve, nil) { () throws(StorageError) in try base.releaseReserve() }
    }

    /// Removes what interrupted processes have left behind.
    public func removeLeftovers() throws(StorageError) -> Int {
        try perform(.cleanUp, nil) { () throws(StorageError) in try base.removeLeftovers() }
    }

    private func perform<Result>(
        _ operation: StorageError.Operation, _ name: ObjectName?, _ body: () throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        guard plan.operations.contains(operation) else { return try body() }
        let number = count.add(1, ordering: .sequentiallyConsistent).newValue
        guard plan.fails(at: number) else { return try body() }
        if plan.effect == .after {
            _ = try body()
        }
        throw StorageError(plan.code, operation, name, reason: "a test made operation \(number) fail")
    }
}
