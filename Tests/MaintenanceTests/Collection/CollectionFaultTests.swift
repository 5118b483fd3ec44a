import Maintenance
import Repository
import Storage
import SystemInterface
import Testing

@Suite("A garbage collection on storage that fails")
struct CollectionFaultTests {
    @Test(
        "loses nothing whichever operation fails, and the next one does the rest", .timeLimit(.minutes(20)),
        arguments: FaultKind.all)
    func survives(_ fault: FaultKind) throws {
        let fixture = try CollectionFixture()
        let old = CollectionFixture.bytes(1)
        let new = CollectionFixture.bytes(2)
        let first = try fixture.commit(["a": old, "b": new])
        let second = try fixture.commit(["b": new, "c": CollectionFixture.bytes(3)])
        let third = try fixture.commit(["b": new])
        try fixture.forget(first)
        _ = try CollectionFixture.write(["d": CollectionFixture.bytes(4)], into: fixture.session(startedAt: 0))
        var position = 1
        while true {
            let store = try fixture.copy()
            let faulty = FaultInjectingStore(store, plan: fault.plan(failAt: position))
            _ = try? fixture.over(faulty).collect { $0.isConfirmed = true }
            let after = try fixture.over(store)
            #expect(try after.contents(of: second).count == 2, "operation \(position)")
            #expect(try after.contents(of: third) == ["b": new], "operation \(position)")
            #expect(try after.collect { $0.isConfirmed = true }.end != .waiting, "operation \(position)")
            #expect(try after.collect { $0.isConfirmed = true }.end == .nothingToDo, "operation \(position)")
            #expect(try after.contents(of: second).count == 2, "operation \(position)")
            #expect(try after.contents(of: third) == ["b": new], "operation \(position)")
            #expect(try store.names(in: .snapshots) == [second.id, third.id].map(\.bytes).sorted())
            let check = try Check(after.repository.reopened(over: store), options: CheckOptions(readsData: true)).run()
            #expect(check.damage.map(\.object) == [], "operation \(position)")
            guard faulty.operationCount >= position else { break }
            position += 1
        }
        #expect(position > 30)
    }
}
