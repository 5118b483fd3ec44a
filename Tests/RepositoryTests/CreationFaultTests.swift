import Cryptography
import Repository
import Storage
import TestSupport
import Testing

@Suite("Creating a repository on storage that fails")
struct CreationFaultTests {
    /// What can become of each operation.
    static let plans = FaultKind.all.flatMap { kind in (1...12).map { kind.plan(failAt: $0) } }

    @Test("leaves a repository that opens or none at all, and the next try ends with one", arguments: plans)
    func everyOperation(plan: FaultPlan) throws {
        let base = MemoryStore()
        let failing = FaultInjectingStore(base, plan: plan)
        let cost = try #require(PassphraseCost(logN: 10))
        var failure: RepositoryError?
        do throws(RepositoryError) {
            try Repository.create(
                in: failing, passphrase: RepositoryFixture.passphrase, passphraseCost: cost,
                entropy: SeededEntropy(seed: 1))
        } catch {
            failure = error
        }
        let isFaulty = failing.operationCount >= plan.failAt ?? .max
        // A lost reply to the question whether there is a repository is no failure: the answer was that there is none.
        if plan.effect == .before { #expect((failure != nil) == isFaulty) }
        if failure == nil { #expect(try base.contains(.format)) }
        if try base.contains(.format) {
            // All is there, whether or not the caller was told.
            #expect(try RepositoryFixture.open(base).snapshots().isEmpty)
        } else {
            #expect(throws: RepositoryError.self) { try RepositoryFixture.open(base) }
            try RepositoryFixture.create(in: base, entropy: SeededEntropy(seed: 2))
            #expect(try RepositoryFixture.open(base).snapshots().isEmpty)
        }
        // What a creation left that was interrupted must not look like damage.
        let wrong = #expect(throws: RepositoryError.self) {
            try Repository.open(base, passphrase: SecretBytes(Array("wrong".utf8)), cacheDirectory: nil)
        }
        #expect(wrong?.code == .wrongKey)
        // The plans must reach further than creation does, or some operation was never made to fail.
        #expect(failing.operationCount < 12)
    }
}
