import Catalog
import Coding
import Cryptography
import Repository
import Storage
import SystemInterface
import TestSupport

/// Makes a repository large in what opening it could depend on: the number of snapshots and that of chunks.
///
/// The snapshots are committed as backups commit theirs, each with the tree of the newest; they are older than that one,
/// which stays the latest. The chunks are listed in index segments of the size that backups write, in packs that are
/// not there: whoever reads only what snapshots refer to never asks for them.
struct RepositoryGrowth {
    private static let secondsBetweenSnapshots: Int64 = 3_600
    private static let chunkBytes = 8 << 10
    private static let chunksPerBundle = 64
    private static let bundlesPerPack = 32
    private static let packsPerSegment = 49
    /// The length of a pack's header, behind which its bundles lie without gaps (docs/format.md).
    private static let packHeaderBytes: UInt64 = 28
    private static let bundleStoredBytes: UInt32 = 256 << 10
    private static let sealedSessionBytes = 128
    private static let hosts = ["alpha", "beta", "gamma", "delta"]

    private let repository: Repository
    private let entropy: SeededEntropy

    /// Opens the repository with the passphrase in a file; the catalog is where `pastfs --cache-directory` has it.
    init(repository path: FilePath, passphraseFile: FilePath, cacheDirectory: FilePath, seed: UInt64) throws {
        var passphrase = try FileSystem.read(passphraseFile, atMost: 4_096)
        if passphrase.last == UInt8(ascii: "\n") { passphrase.removeLast() }
        repository = try Repository.open(
            try LocalDirectoryStore(at: path), passphrase: SecretBytes(passphrase), cacheDirectory: cacheDirectory)
        entropy = SeededEntropy(seed: seed)
    }

    /// Adds snapshots until there are `count`.
    func addSnapshots(until count: Int) throws {
        let present = repository.snapshots()
        guard let newest = present.last else { throw UsageFault("the repository has no snapshot to start from") }
        let oldest = present[0].manifest.started
        for number in 0..<max(0, count - present.count) {
            var manifest = newest.manifest
            manifest.started = oldest.adding(seconds: -Self.secondsBetweenSnapshots * Int64(number + 1))
            manifest.finished = manifest.started.adding(seconds: 60)
            manifest.host = Self.hosts[number % Self.hosts.count]
            manifest.tags = number % 24 == 0 ? ["daily"] : ["hourly"]
            manifest.parent = nil
            let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: SystemEntropy())
            _ = try session.commit(manifest)
        }
    }

    /// Lists chunks until the index has at least `count`.
    func addChunks(until count: Int) throws {
        var left = count - (try repository.statistics().chunks)
        while left > 0 {
            var packs: [PackRecord] = []
            while packs.count < Self.packsPerSegment, left > 0 {
                let pack = nextPack(chunks: left)
                left -= pack.bundles.reduce(0) { $0 + $1.chunks.count }
                packs.append(pack)
            }
            try repository.storeIndexSegment(packs, salt: entropy.bytes(16))
        }
    }

    private func nextPack(chunks: Int) -> PackRecord {
        let bundleCount = min(Self.bundlesPerPack, (chunks + Self.chunksPerBundle - 1) / Self.chunksPerBundle)
        let bundles = (0..<bundleCount).map { number in
            BundleRecord(
                offset: Self.packHeaderBytes + UInt64(number) * UInt64(Self.bundleStoredBytes),
                storedBytes: Self.bundleStoredBytes, plaintextBytes: UInt32(Self.chunksPerBundle * Self.chunkBytes),
                session: 0,
                chunks: (0..<Self.chunksPerBundle).map { _ in
                    ChunkRecord(id: nextID(), bytes: UInt32(Self.chunkBytes))
                })
        }
        return PackRecord(
            id: nextID(), kind: PackKind.content.rawValue, sessions: [entropy.bytes(Self.sealedSessionBytes)],
            bundles: bundles)
    }

    private func nextID() -> Bytes32 {
        SHA256.hash(entropy.bytes(16).span)
    }
}
