import Catalog
import Chunking
import Coding
import Cryptography
import Storage
import Synchronization
import SystemInterface

/// An opened repository: its keys, its local catalog, and the way to its objects.
///
/// Thread-safe. Opening reads neither packs nor trees. Nothing here locks the repository: any number of processes read
/// and write it at the same time.
public final class Repository: Sendable {
    /// What tells it from every other repository.
    public let id: RepositoryID
    /// Where its objects are.
    public let store: any ObjectStore
    /// How its files are cut into chunks.
    public let chunkerParameters: ChunkerParameters

    let keyring: Keyring
    /// What this machine keeps of the repository and can do without, whether or not a catalog there can be used; nil where
    /// nothing is to be kept.
    let cacheDirectory: FilePath?
    private let currentCatalog: Mutex<Catalog>
    private let mending = Mutex(())
    let coders = BundleCoderPool(level: WriteSessionOptions.compressionLevelDefault)
    let indexHash: KeyedHash
    let state = Mutex(State())
    /// Where the footers of unlisted packs were read into, or nil; held while they are read.
    let footersReadInto = Mutex<FootersRead?>(nil)
    /// When somebody who found damage looked again at what the storage lists, or nil; held while he does.
    let lookedAgain = Mutex<Timestamp?>(nil)

    /// The catalog that they are in, and how often something had been taken out of it when they were read.
    struct FootersRead {
        let catalog: Catalog
        let removals: Int64
    }

    struct State {
        var sessionKeys: [[UInt8]: SessionKey] = [:]
        var snapshots: [SnapshotID: Snapshot] = [:] {
            didSet { snapshotsGeneration += 1 }
        }
        /// Another number whenever `snapshots` or `standings` may have changed.
        var snapshotsGeneration: UInt64 = 0
        var damagedSnapshots: [SnapshotID: RepositoryError] = [:]
        /// What is to become of the snapshots that tombstones are listed of.
        var standings: [SnapshotID: NotedStanding] = [:] {
            didSet { snapshotsGeneration += 1 }
        }
        var warnings: [String] = []
        /// Numbers that are known to exist, from which newer ones are looked for.
        var generationKnown: UInt64 = 0
        var sessionKnown: UInt64 = 0
        /// Records and snapshots that this process, or this client before, has seen.
        var seen = Recollection()
        /// How far the chain of claims was followed; nil before `recall`.
        var head: ChainHead?
        /// Whether a record that was seen and is not there is an error.
        var refusesWithheld = false
        /// The snapshots that the storage listed when the repository was refreshed last; nil before.
        var listedSnapshots: Set<Bytes32>?
        /// Snapshots that no listing shows, and that are there: with their objects, where those are to be had elsewhere.
        var unlisted: [SnapshotID: [UInt8]?] = [:]
        /// Whether there is a segment that the storage listed and did not give.
        var hasUnreadSegments = false
        /// How many sweeps somebody knew who relies on the index since, to write, to delete or to take away.
        var sweepsReliedOn: UInt64 = 0
        /// The digest of the newest sweep plan that the catalog and the storage agree about.
        var sweepFound: Bytes32?
        var packsReadFromFooters: Set<Bytes32> = []
        /// What the storage listed when the catalog was brought up to date last; nil when it may lack something.
        var settledSegments: [Bytes32]?
        /// What the storage listed when all of it was in `snapshots` or found damaged for good.
        var settledSnapshots: [Bytes32]?
    }

    init(
        id: RepositoryID, store: any ObjectStore, chunkerParameters: ChunkerParameters, keyring: Keyring,
        catalog: Catalog, cacheDirectory: FilePath?
    ) {
        self.id = id
        self.store = store
        self.chunkerParameters = chunkerParameters
        self.keyring = keyring
        self.cacheDirectory = cacheDirectory
        currentCatalog = Mutex(catalog)
        indexHash = KeyedHash(key: keyring.indexKey)
    }

    /// What was found wrong and passed over since the repository was opened, in words.
    public var warnings: [String] { state.withLock { $0.warnings } }

    /// Whether the storage listed a segment at the last refresh and failed to give it: what that says is not known.
    public var hasUnreadSegments: Bool { state.withLock { $0.hasUnreadSegments } }

    /// Whether the keyring at hand reads snapshots, trees and lists of chunks. One that does not may still write.
    public var readsMetadata: Bool { keyring.metadataPrivateKey != nil }

    /// A number that is another one whenever `snapshots()` may give something else: for whoever keeps what follows from it.
    public var snapshotsGeneration: UInt64 { state.withLock { $0.snapshotsGeneration } }

    /// Chunks by name, with a cache of `cacheBytes` bytes of decoded data.
    public func makeSource(cacheBytes: Int = Limits.bundleCacheBytesDefault) -> ChunkSource {
        ChunkSource(repository: self, cacheBytes: cacheBytes)
    }

    /// The same, with metadata from `filesCache` where that has it; what comes from the repository is kept there.
    public func makeSource(cacheBytes: Int, filesCache: FilesCache?) -> ChunkSource {
        ChunkSource(repository: self, cacheBytes: cacheBytes, filesCache: filesCache)
    }

    /// The same, and with `verifies` one that computes every chunk's name anew before it hands on a byte: what somebody
    /// sealed under the name of something else is then damage. Where the keyring lacks the keys for that, all reads fail
    /// with `.keyNotHeld`.
    ///
    /// With a `clock` it is one for reading over days: where it finds damage, it looks for what repairs have changed since
    /// the repository was refreshed, and so never has to be made anew for that.
    public func makeSource(cacheBytes: Int, verifies: Bool, clock: (any WallClock)? = nil) -> ChunkSource {
        ChunkSource(
            repository: self, cacheBytes: cacheBytes, verifier: verifies ? ChunkVerifier(keyring: keyring) : nil,
            clock: clock)
    }

    /// The chunker with this repository's keyed table.
    ///
    /// Throws `.keyNotHeld` for a keyring without the chunker's key.
    public func makeChunker() throws(RepositoryError) -> Chunker {
        guard let key = keyring.chunkerKey else {
            throw RepositoryError(.keyNotHeld, "this key slot cannot write: it has no chunker key")
        }
        do {
            let salt: [UInt8] = []
            let info = Array("PastFS v1 gear table".utf8)
            let material = try key.withBytes { (bytes) throws(CryptographyError) in
                try KeyDerivation.hkdf(
                    secret: bytes, salt: salt.span, info: info.span, count: GearTable.keyMaterialBytes)
            }
            return Chunker(
                parameters: chunkerParameters,
                table: GearTable(keyMaterial: material.withBytes { Array(copying: $0) }))
        } catch {
            throw RepositoryError(.internalFailure, "cannot derive the chunker's table: \(error)")
        }
    }

    /// How much the index lists, from the catalog.
    public func statistics() throws(RepositoryError) -> RepositoryStatistics {
        RepositoryStatistics(
            try asking { (catalog) throws(CatalogError) in try catalog.statistics() })
    }

    /// The local catalog in use.
    var catalog: Catalog { currentCatalog.withLock { $0 } }

    /// Asks the catalog; one that turns out to be damaged, or cannot be written, is made up for and asked again, so that
    /// nothing but time is lost.
    func asking<Answer>(
        _ question: (Catalog) throws(CatalogError) -> Answer
    ) throws(RepositoryError) -> Answer {
        let asked = catalog
        do {
            return try question(asked)
        } catch {
            guard error.callsForAnother else { throw RepositoryError(error) }
            try replaceCatalog(asked, because: error)
        }
        do {
            return try question(catalog)
        } catch {
            throw RepositoryError(error)
        }
    }

    /// Puts a catalog in memory, filled from the storage, in the place of `damaged`; the next process makes the file anew.
    /// Who asks meanwhile waits.
    func replaceCatalog(_ damaged: Catalog, because error: CatalogError) throws(RepositoryError) {
        try mending.withLock { _ throws(RepositoryError) in
            guard catalog === damaged else { return }
            let fresh: Catalog
            do throws(CatalogError) {
                fresh = try Catalog.inMemory(repository: id.bytes)
            } catch {
                throw RepositoryError(error)
            }
            state.withLock { state in
                state.packsReadFromFooters = []
                state.settledSegments = nil
                state.settledSnapshots = nil
            }
            try refreshIndex(in: fresh)
            currentCatalog.withLock { $0 = fresh }
            let what = error.code == .damaged ? "was damaged" : "cannot be used"
            warn("the local catalog \(what), and the repository's index is read instead: \(error)")
        }
    }

    /// Notes something that was found wrong and passed over.
    package func warn(_ text: String) {
        state.withLock { state in
            if !state.warnings.contains(text), state.warnings.count < 100 { state.warnings.append(text) }
        }
    }
}

extension RepositoryError {
    /// Wraps a failure of the catalog.
    init(_ error: CatalogError) {
        self.init(.catalog, "the local catalog failed: \(error)")
    }
}

extension CatalogError {
    /// Whether a catalog in memory does what this one cannot: it is damaged, another process holds it for too long, or
    /// its disk is full or fails.
    var callsForAnother: Bool {
        switch code {
        case .damaged, .busy, .noSpace, .ioFailure, .permissionDenied: true
        default: false
        }
    }
}
