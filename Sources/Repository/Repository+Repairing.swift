import Catalog
import Coding
import Storage
import SystemInterface

/// What came of salvaging one pack.
public struct SalvageOutcome: Sendable {
    /// The packs that were made of what is whole, durable and not listed yet.
    public internal(set) var packs: [PackTable] = []
    /// How many bundles were moved.
    public internal(set) var movedBundles = 0
    /// How many are whole and lie in a sound pack too.
    public internal(set) var spareBundles = 0
    /// How many do not authenticate.
    public internal(set) var lostBundles = 0
    /// What is wrong with the pack, in words.
    public internal(set) var faults: [String] = []
}

/// What makes a damaged repository whole again, as far as it can be. Nothing here deletes an object.
extension Repository {
    /// Stores index segments that list `packs`, which are durable, as few as the limits allow; returns how many.
    @discardableResult
    public func storeIndex(
        of packs: [PackTable], entropy: any EntropySource
    ) throws(RepositoryError) -> Int {
        try storeIndexSegments(packs.map(\.record), entropy: entropy)
    }

    /// Reads the pack `pack` whole and puts every bundle that holds what it must into new packs, sealed as it is.
    ///
    /// A bundle all of whose chunks `copies` finds in packs besides those of `unsound` stays where it is. The new packs are
    /// durable and not listed: `storeIndex` does that. With `isDryRun` nothing is stored. Where `bytes` are given, which were
    /// read before, they are the pack. Throws as `auditPack` does.
    package func salvage(
        _ pack: Bytes32, holding bytes: [UInt8]? = nil, unsound: Set<Bytes32>, _ copies: CopyVerifier, isDryRun: Bool,
        entropy: any EntropySource
    ) throws(RepositoryError) -> SalvageOutcome {
        let source: any ObjectStore = if let bytes { try Self.holding(bytes, as: pack) } else { store }
        let audit = try auditPack(pack, in: source)
        var outcome = SalvageOutcome()
        outcome.faults = (audit.fault.map { [$0] } ?? []) + audit.bundleFaults.map(\.reason)
        outcome.lostBundles = audit.bundleFaults.count
        guard !outcome.faults.isEmpty, let sound = audit.soundBundles, let kind = PackKind(rawValue: sound.kind) else {
            return outcome
        }
        let name = ObjectName(.packs, pack)
        var draft = MovedBundles(kind: kind, repository: id)
        for bundle in sound.bundles {
            if try isElsewhere(bundle, kind, unsound: unsound.union([pack]), copies) {
                outcome.spareBundles += 1
                continue
            }
            let session = sound.sessions[bundle.session]
            guard let stored = try reread(bundle, of: name, in: source, kind: kind, session: session) else {
                outcome.lostBundles += 1
                continue
            }
            draft.append(bundle, stored, session: session)
            outcome.movedBundles += 1
            guard draft.isFull else { continue }
            outcome.packs.append(try store(draft, isDryRun: isDryRun, entropy))
            draft = MovedBundles(kind: kind, repository: id)
        }
        if !draft.isEmpty { outcome.packs.append(try store(draft, isDryRun: isDryRun, entropy)) }
        return outcome
    }

    /// Whether each chunk of a bundle can be read in a pack that is not one of `unsound`.
    private func isElsewhere(
        _ bundle: BundleRecord, _ kind: PackKind, unsound: Set<Bytes32>, _ copies: CopyVerifier
    ) throws(RepositoryError) -> Bool {
        for chunk in bundle.chunks {
            let id = ChunkID(chunk.id)
            var isElsewhere = false
            for place in try listedLocations(of: id) where !isElsewhere {
                guard !unsound.contains(place.pack), place.kind == kind.rawValue, place.chunkBytes == chunk.bytes
                else { continue }
                isElsewhere = try copies.isSound(place, holding: id)
            }
            guard isElsewhere else { return false }
        }
        return true
    }

    /// The bundle's bytes, opened once more: what goes into a new pack is what authenticated, and not what a disk that fails
    /// gave a moment later. Nil if it does not any more.
    private func reread(
        _ bundle: BundleRecord, of name: ObjectName, in store: any ObjectStore, kind: PackKind, session: [UInt8]
    ) throws(RepositoryError) -> [UInt8]? {
        do throws(RepositoryError) {
            let end = bundle.offset + UInt64(bundle.storedBytes)
            let stored = try Self.readStored(name, bundle.offset..<end, in: store)
            _ = try openBundle(stored, bundle, of: name, kind, session: session)
            return stored
        } catch {
            guard error.isDamage else { throw error }
            return nil
        }
    }

    /// A store that has nothing but a pack of these bytes.
    private static func holding(_ bytes: [UInt8], as pack: Bytes32) throws(RepositoryError) -> any ObjectStore {
        let store = MemoryStore()
        do {
            try store.create(ObjectName(.packs, pack), bytes)
        } catch {
            throw RepositoryError(error)
        }
        return store
    }

    private static func readStored(
        _ name: ObjectName, _ range: Range<UInt64>, in store: any ObjectStore
    ) throws(RepositoryError) -> [UInt8] {
        do {
            return try store.read(name, range: range)
        } catch {
            throw RepositoryError(error)
        }
    }

    private func store(
        _ draft: MovedBundles, isDryRun: Bool, _ entropy: any EntropySource
    ) throws(RepositoryError) -> PackTable {
        let pack = try draft.finish(indexKey: indexHash, salt: entropy.bytes(SealedBox.saltBytes))
        if !isDryRun { try create(ObjectName(.packs, pack.record.id), pack.parts) }
        return PackTable(record: pack.record)
    }
}
