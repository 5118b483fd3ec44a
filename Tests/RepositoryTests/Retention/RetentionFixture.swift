import Coding
import Repository
import Storage
import SystemInterface
import TestSupport

/// A repository in memory and its snapshots, for what happens to whole snapshots.
struct RetentionFixture {
    let base: RepositoryFixture

    var repository: Repository { base.repository }
    var store: any ObjectStore { base.store }
    var entropy: SeededEntropy { base.entropy }

    init(store: any ObjectStore = MemoryStore()) throws {
        base = try RepositoryFixture(store: store)
    }

    /// Who does something, at a second since the epoch.
    static func someone(_ reason: String = "a reason", at seconds: Int64 = 2_000) -> Attribution {
        Attribution(time: Timestamp(seconds: seconds), userName: "anna", host: "nas", reason: reason)
    }

    /// The same repository, as another process has it.
    func reopened(on store: (any ObjectStore)? = nil) throws -> Repository {
        try RepositoryFixture.open(store ?? self.store)
    }

    /// What stands in the store for a snapshot: nothing that is tested with it reads its bytes.
    func stub(_ number: UInt64, in store: any ObjectStore) throws -> SnapshotID {
        var generator = SeededGenerator(seed: number)
        let id = SnapshotID(Bytes32(generator.bytes(Bytes32.count)) ?? .zero)
        try store.create(ObjectName(.snapshots, id.bytes), [0])
        return id
    }

    /// A store that holds the same.
    static func copy(of store: any ObjectStore) throws -> MemoryStore {
        let copy = MemoryStore()
        var names = [ObjectName.format]
        for folder in ObjectFolder.allCases { names += try store.list(folder).map(\.name) }
        for name in names { try copy.create(name, [try store.read(name)]) }
        return copy
    }
}

extension RepositoryError {
    /// The code of the error that `body` throws, or nil when it doesn't.
    static func code<Result>(_ body: () throws(RepositoryError) -> Result) -> Code? {
        do throws(RepositoryError) {
            _ = try body()
            return nil
        } catch {
            return error.code
        }
    }
}
