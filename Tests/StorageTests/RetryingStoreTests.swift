import Storage
import Synchronization
import Testing

@Suite("A store that is asked again")
struct RetryingStoreTests {
    private static let name = ObjectName.format
    private static let contents = Array("contents".utf8)

    private final class Pauses: Sendable {
        let seconds = Mutex<[Double]>([])
    }

    /// The store under test above one that fails as planned, and the pauses that it makes.
    private func make(_ plan: FaultPlan) throws -> (store: RetryingStore, faults: FaultInjectingStore, pauses: Pauses) {
        let memory = MemoryStore()
        try memory.create(Self.name, Self.contents)
        let faults = FaultInjectingStore(memory, plan: plan)
        let pauses = Pauses()
        let store = RetryingStore(faults) { seconds in pauses.seconds.withLock { $0.append(seconds) } }
        return (store, faults, pauses)
    }

    @Test(
        "a read that fails once in a way that may pass is repeated",
        arguments: [.unreachable, .ioFailure] as [StorageError.Code])
    func repeats(_ code: StorageError.Code) throws {
        let (store, faults, pauses) = try make(FaultPlan(failAt: 1, code: code))
        #expect(try store.read(Self.name) == Self.contents)
        #expect(faults.operationCount == 2)
        #expect(pauses.seconds.withLock { $0 } == [StorageLimits.retryPauseSeconds])
    }

    @Test("a storage that goes on failing is given up, with its own error")
    func givesUp() throws {
        let (store, faults, pauses) = try make(FaultPlan(failAt: 1, mode: .fromThenOn, code: .unreachable))
        let error = #expect(throws: StorageError.self) { try store.read(Self.name, range: 0..<4) }
        #expect(error?.code == .unreachable)
        #expect(faults.operationCount == StorageLimits.readAttemptsMax)
        #expect(pauses.seconds.withLock { $0.count } == StorageLimits.readAttemptsMax - 1)
    }

    @Test(
        "what will not pass is not repeated",
        arguments: [.notFound, .permissionDenied, .outOfRange] as [StorageError.Code])
    func believes(_ code: StorageError.Code) throws {
        let (store, faults, _) = try make(FaultPlan(failAt: 1, code: code))
        #expect(throws: StorageError.self) { try store.size(of: Self.name) }
        #expect(faults.operationCount == 1)
    }

    @Test("what changes something is done once")
    func changesOnce() throws {
        let (store, faults, _) = try make(FaultPlan(failAt: 1, mode: .fromThenOn, code: .unreachable))
        #expect(throws: StorageError.self) { try store.create(Self.name, [[]]) }
        #expect(throws: StorageError.self) { try store.delete(Self.name) }
        #expect(faults.operationCount == 2)
    }
}
