import Storage
import Testing

@Suite("A store that fails as planned")
struct FaultInjectingStoreTests {
    private static let name = ObjectName.sample(.packs, seed: 1)

    /// What each of five operations in a row throws.
    private func codes(_ store: some ObjectStore) -> [StorageError.Code?] {
        let name = Self.name
        return [
            StorageError.code { () throws(StorageError) in try store.create(name, [1]) },
            StorageError.code { () throws(StorageError) in try store.size(of: name) },
            StorageError.code { () throws(StorageError) in try store.read(name) },
            StorageError.code { () throws(StorageError) in try store.list(.packs) },
            StorageError.code { () throws(StorageError) in try store.delete(name) },
        ]
    }

    @Test("Only the planned operation fails when the storage recovers", arguments: 1...5)
    func failsOnce(failAt: Int) {
        let base = MemoryStore()
        let store = FaultInjectingStore(base, plan: FaultPlan(failAt: failAt, effect: .after))
        var expected: [StorageError.Code?] = Array(repeating: nil, count: 5)
        expected[failAt - 1] = .injected
        #expect(codes(store) == expected)
        #expect(store.operationCount == 5)
    }

    @Test("Every later operation fails when the storage doesn't recover", arguments: 1...5)
    func failsForGood(failAt: Int) {
        let store = FaultInjectingStore(
            MemoryStore(), plan: FaultPlan(failAt: failAt, mode: .fromThenOn, code: .unreachable))
        let expected = (1...5).map { $0 >= failAt ? StorageError.Code.unreachable : nil }
        #expect(codes(store) == expected)
    }

    @Test(
        "A failure before the effect leaves nothing, one after it leaves everything",
        arguments: FaultPlan.Effect.allCases)
    func effect(effect: FaultPlan.Effect) throws {
        let base = MemoryStore()
        let store = FaultInjectingStore(base, plan: FaultPlan(failAt: 1, effect: effect))
        #expect(StorageError.code { () throws(StorageError) in try store.create(Self.name, [1]) } == .injected)
        #expect(try base.contains(Self.name) == (effect == .after))
    }

    @Test("A lost reply shows the error of the store below when there is one")
    func errorBelow() throws {
        let store = FaultInjectingStore(MemoryStore(), plan: FaultPlan(failAt: 1, effect: .after))
        #expect(StorageError.code { () throws(StorageError) in try store.delete(Self.name) } == .notFound)
    }

    @Test("Operations that the plan leaves out neither fail nor count")
    func onlyNamedOperations() throws {
        let plan = FaultPlan(failAt: 1, mode: .fromThenOn, operations: [.delete])
        let store = FaultInjectingStore(MemoryStore(), plan: plan)
        #expect(codes(store) == [nil, nil, nil, nil, .injected])
        #expect(store.operationCount == 1)
        #expect(try store.strangers().isEmpty)
        #expect(store.location == "memory")
    }
}
