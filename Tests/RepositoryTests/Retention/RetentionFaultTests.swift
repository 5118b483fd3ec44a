import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("Forgetting and holding on storage that fails")
struct RetentionFaultTests {
    /// What is done, and what the snapshot is before.
    enum Deed: String, CaseIterable, Sendable {
        case forget
        case forgetHeld
        case forgetWithHoldThatIsOver
        case undo
        case hold
        case holdForgotten
        case release
    }

    /// A second at which holds are still in force, and one at which they are over.
    private static let (early, late): (Int64, Int64) = (2_000, 9_000)

    private func prepare(_ deed: Deed, _ fixture: RetentionFixture, _ snapshot: SnapshotID) throws {
        let (repository, entropy) = (fixture.repository, fixture.entropy)
        switch deed {
        case .forget, .hold: break
        case .forgetHeld, .forgetWithHoldThatIsOver, .release:
            _ = try repository.addHold(
                of: snapshot, by: RetentionFixture.someone(), until: Timestamp(seconds: 5_000), entropy: entropy)
        case .undo, .holdForgotten:
            _ = try repository.forget(snapshot, by: RetentionFixture.someone(), entropy: entropy)
        }
    }

    /// Does it; whether the caller was told that it is done.
    private func act(
        _ deed: Deed, _ repository: Repository, _ snapshot: SnapshotID, _ entropy: any EntropySource
    ) throws(RepositoryError) -> Bool {
        switch deed {
        case .forget, .forgetHeld:
            _ = try repository.forget(snapshot, by: RetentionFixture.someone(at: Self.early), entropy: entropy)
            return true
        case .forgetWithHoldThatIsOver:
            _ = try repository.forget(snapshot, by: RetentionFixture.someone(at: Self.late), entropy: entropy)
            return true
        case .undo: return try repository.undoForget(snapshot, by: RetentionFixture.someone(), entropy: entropy)
        case .hold, .holdForgotten:
            _ = try repository.addHold(of: snapshot, by: RetentionFixture.someone("new"), entropy: entropy)
            return true
        case .release:
            _ = try repository.releaseHold(1, of: snapshot, by: RetentionFixture.someone(), entropy: entropy)
            return true
        }
    }

    /// Whether what the deed promises is so.
    private func isDone(_ deed: Deed, _ repository: Repository, _ snapshot: SnapshotID) throws -> Bool {
        let standing = try repository.standing(of: snapshot)
        let binding = try repository.bindingHolds(of: snapshot)
        switch deed {
        case .forget, .forgetHeld, .forgetWithHoldThatIsOver:
            guard case .forgotten = standing else { return false }
            return binding.isEmpty
        case .undo: return standing == .live
        case .hold, .holdForgotten: return standing == .live && binding.contains { $0.attribution.reason == "new" }
        case .release: return binding.isEmpty
        }
    }

    @Test(
        "Whichever operation fails: what was acknowledged is true, and doing it again does it",
        .timeLimit(.minutes(20)), arguments: Deed.allCases, FaultKind.all)
    func everyOperation(deed: Deed, fault: FaultKind) throws {
        let fixture = try RetentionFixture()
        var position = 1
        var faults: [String] = []
        while true {
            let snapshot = try fixture.stub(UInt64(position), in: fixture.store)
            try prepare(deed, fixture, snapshot)
            let store = FaultInjectingStore(fixture.store, plan: fault.plan(failAt: position))
            var isAcknowledged = false
            do throws(RepositoryError) {
                isAcknowledged = try act(deed, fixture.repository.over(store), snapshot, fixture.entropy)
            } catch {
                if deed != .forgetHeld, error.code != .storage(fault.code) {
                    faults.append("operation \(position): \(error.code)")
                }
            }
            if isAcknowledged, try !isDone(deed, fixture.repository, snapshot) {
                faults.append("operation \(position): acknowledged, and not so")
            }
            faults += try aftermath(deed, fixture, snapshot).map { "operation \(position): \($0)" }
            if store.operationCount < position { break }
            position += 1
        }
        #expect(faults == [])
        #expect(position > 3)
    }

    /// What is wrong behind a failure: nobody loses a hold by it, and the next one succeeds.
    private func aftermath(_ deed: Deed, _ fixture: RetentionFixture, _ snapshot: SnapshotID) throws -> [String] {
        let (repository, entropy) = (fixture.repository, fixture.entropy)
        var faults: [String] = []
        guard deed != .forgetHeld else {
            if try repository.bindingHolds(of: snapshot).count != 1 { faults.append("the hold is gone") }
            if case .forgotten(let tombstone) = try repository.standing(of: snapshot),
                try repository.sweep(tombstone, by: RetentionFixture.someone(at: Self.late), entropy: entropy)
            {
                faults.append("what is held was swept")
            }
            return faults
        }
        do throws(RepositoryError) {
            _ = try act(deed, repository, snapshot, entropy)
        } catch {
            faults.append("the next one: \(error)")
        }
        if try !isDone(deed, repository, snapshot) { faults.append("the next one did not do it") }
        return faults
    }
}
