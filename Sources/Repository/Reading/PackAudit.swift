import Catalog
import Coding
import Cryptography
import Storage

/// A bundle that does not hold what it must.
public struct BundleFault: Hashable, Sendable {
    /// Where the bundle begins in its pack.
    public let offset: UInt64
    /// What is wrong, in words.
    public let reason: String
}

/// What reading a whole pack gave.
public struct PackAudit: Sendable {
    /// How many of the pack's bytes were read: all, but for an object that is larger than any pack.
    public let bytes: UInt64
    /// What is wrong with the pack as a whole, or nil.
    public let fault: String?
    /// Its bundles that are damaged.
    public let bundleFaults: [BundleFault]
    /// The bundles that hold what they must, with the sealed keys that they need; none where no list of them is readable.
    let soundBundles: PackRecord?
}

extension Repository {
    /// How many bytes of an object are read at a time where no bundle says how many belong together.
    static let auditWindowBytes: UInt64 = 1 << 20

    /// Reads the whole pack `id`: its bytes against its name, every bundle opened, every chunk against its own name.
    ///
    /// Holds one bundle at a time in memory. A pack that a disk gives only in part is read as far as it can be, and of an
    /// object that is larger than any pack only what the index lists. Throws when the pack cannot be read at all,
    /// `.keyNotHeld` for a keyring that may not read what it holds, and `.unsupportedVersion` for a pack that a newer version
    /// has written: one that only looks so for its damage is judged by its bundles.
    public func auditPack(_ pack: Bytes32) throws(RepositoryError) -> PackAudit {
        try auditPack(pack, in: store)
    }

    /// The same of a pack that lies in `store`.
    func auditPack(_ pack: Bytes32, in store: any ObjectStore) throws(RepositoryError) -> PackAudit {
        let name = ObjectName(.packs, pack)
        var reading = PackReading(store: store, name: name, size: try Self.size(of: name, in: store))
        let record: PackRecord
        do {
            record = try PackFooter.read(pack, from: store, repository: id, indexKey: indexHash)
        } catch {
            guard error.isDamage || error.isOfContents else { throw error }
            reading.note(error)
            // What the index says is the next best: bundles that are whole are not to be counted as lost.
            guard let listed = try catalogRecord(ofPack: pack) else {
                try reading.hashRest()
                return PackAudit(
                    bytes: reading.position, fault: try reading.verdict(), bundleFaults: [], soundBundles: nil)
            }
            record = listed
        }
        var faults: [BundleFault] = []
        var sound: [BundleRecord] = []
        for bundle in record.bundles {
            do {
                try audit(bundle, of: record, &reading)
                sound.append(bundle)
            } catch {
                guard error.isDamage else { throw error }
                faults.append(BundleFault(offset: bundle.offset, reason: error.reason))
            }
        }
        try reading.hashRest()
        return PackAudit(
            bytes: reading.position, fault: try reading.verdict(), bundleFaults: faults,
            soundBundles: PackRecord(id: pack, kind: record.kind, sessions: record.sessions, bundles: sound))
    }

    private static func size(of name: ObjectName, in store: any ObjectStore) throws(RepositoryError) -> UInt64 {
        do {
            return try store.size(of: name)
        } catch {
            throw RepositoryError(error)
        }
    }

    private func catalogRecord(ofPack pack: Bytes32) throws(RepositoryError) -> PackRecord? {
        try asking { (catalog) throws(CatalogError) in try catalog.record(ofPack: pack) }
    }

    private func audit(
        _ bundle: BundleRecord, of pack: PackRecord, _ reading: inout PackReading
    ) throws(RepositoryError) {
        let object = reading.name.path
        func damaged(_ reason: String) -> RepositoryError {
            RepositoryError(.damaged, object: object, "the bundle at offset \(bundle.offset) \(reason)")
        }
        guard let family = PackKind(rawValue: pack.kind), pack.sessions.indices.contains(bundle.session),
            !bundle.chunks.isEmpty
        else { throw damaged("is listed wrongly") }
        let end = bundle.offset + UInt64(bundle.storedBytes)
        guard end <= reading.size else { throw damaged("lies beyond the end of the pack") }
        guard let stored = try reading.bytes(bundle.offset..<end) else { throw damaged("cannot be read") }
        let session = pack.sessions[bundle.session]
        let decoded = try openBundle(stored, bundle, of: reading.name, family, session: session)
        guard decoded.items.map({ ChunkRecord(id: $0.id.bytes, bytes: UInt32($0.range.count)) }) == bundle.chunks
        else { throw damaged("does not hold the chunks that its pack lists") }
        // Whoever may read and holds no identifier key relies on the authentication of the bundle alone.
        if let id = ChunkVerifier(keyring: keyring).misnamed(in: decoded) {
            throw damaged("holds a chunk that is not what its name \(id) says")
        }
    }
}

/// A pack that is being read from its beginning to its end, and hashed on the way.
private struct PackReading {
    let store: any ObjectStore
    let name: ObjectName
    let size: UInt64
    private(set) var position: UInt64 = 0
    private var hasher = SHA256.Hasher()
    private var fault: RepositoryError?
    private var isUnreadable = false
    /// Whoever holds the storage can put an object there that nobody would ever come to the end of.
    private var isTooLarge: Bool { size > UInt64(Limits.packObjectBytesMax) }

    init(store: any ObjectStore, name: ObjectName, size: UInt64) {
        self.store = store
        self.name = name
        self.size = size
    }

    /// Notes why header and footer say nothing.
    mutating func note(_ fault: RepositoryError) {
        self.fault = fault
    }

    /// The bytes of `range`, or nil where the disk does not give them.
    mutating func bytes(_ range: Range<UInt64>) throws(RepositoryError) -> [UInt8]? {
        if range.lowerBound >= position {
            try hash(upTo: range.lowerBound)
            return try take(range)
        }
        // A list that is not in order: what was hashed already is read again.
        return try read(range)
    }

    /// Hashes what lies between the position and `end`.
    mutating func hash(upTo end: UInt64) throws(RepositoryError) {
        while position < end {
            _ = try take(position..<min(end, position + Repository.auditWindowBytes))
        }
    }

    /// Hashes what is left, unless the object is no pack for its size alone.
    mutating func hashRest() throws(RepositoryError) {
        if !isTooLarge { try hash(upTo: size) }
    }

    /// What is wrong with the pack as a whole, or nil; to be asked when all of it has been hashed.
    ///
    /// Throws where it is of a newer version and has the very bytes that it is named by: then it is not damaged.
    func verdict() throws(RepositoryError) -> String? {
        var all = fault.map { [$0.reason] } ?? []
        if isUnreadable {
            all.insert("a part of it cannot be read", at: 0)
        } else if !isTooLarge, hasher.finalize() != name.id {
            all.insert("its bytes are not those that it is named by", at: 0)
        } else if let fault, fault.code == .unsupportedVersion {
            throw fault
        }
        return all.isEmpty ? nil : all.joined(separator: "; ")
    }

    private mutating func take(_ range: Range<UInt64>) throws(RepositoryError) -> [UInt8]? {
        position = range.upperBound
        guard let bytes = try read(range) else {
            isUnreadable = true
            return nil
        }
        hasher.update(bytes.span)
        return bytes
    }

    private func read(_ range: Range<UInt64>) throws(RepositoryError) -> [UInt8]? {
        do throws(StorageError) {
            return try store.read(name, range: range)
        } catch {
            guard error.code == .ioFailure || error.code == .outOfRange else { throw RepositoryError(error) }
            return nil
        }
    }
}
