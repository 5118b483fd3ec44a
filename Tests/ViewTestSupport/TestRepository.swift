import Cryptography
import Repository
import Storage
import SystemInterface
import TestSupport

/// A repository for tests, opened.
package struct TestRepository: Sendable {
    /// What opens it.
    package static let passphrase = "correct horse"

    /// The repository.
    package let repository: Repository
    private let store: any ObjectStore
    private let entropy: SeededEntropy

    /// Makes a repository in `store`.
    package init(in store: any ObjectStore, seed: UInt64 = 1) throws {
        self.store = store
        entropy = SeededEntropy(seed: seed)
        guard let cost = PassphraseCost(logN: PassphraseCost.logNRange.lowerBound) else {
            throw Mismatch("the lowest cost is no cost")
        }
        try Repository.create(
            in: store, passphrase: SecretBytes(Array(Self.passphrase.utf8)), passphraseCost: cost, entropy: entropy)
        repository = try Self.open(store)
    }

    /// The repository that was made in `store`, for further snapshots.
    package init(openedIn store: any ObjectStore, seed: UInt64 = 2) throws {
        self.store = store
        entropy = SeededEntropy(seed: seed)
        repository = try Self.open(store)
    }

    /// Opens the repository in `store`, with a catalog in memory.
    package static func open(_ store: any ObjectStore, refreshing: Bool = true) throws -> Repository {
        try Repository.open(
            store, passphrase: SecretBytes(Array(passphrase.utf8)), cacheDirectory: nil, refreshing: refreshing)
    }

    /// Commits a snapshot whose root `build` writes.
    @discardableResult
    package func commit(
        started: Timestamp, host: String = "house", tags: [String] = [], isPartial: Bool = false,
        _ build: (WriteSession) throws -> TreeEntry
    ) throws -> Snapshot {
        let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: entropy)
        let root = try build(session)
        var manifest = SnapshotManifest(
            started: started, finished: started.adding(seconds: 1), host: host, userName: "somebody", program: "tests",
            paths: ["/"], tags: tags, root: root)
        manifest.isPartial = isPartial
        return try session.commit(manifest)
    }
}

/// A comparison that failed.
package struct Mismatch: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
