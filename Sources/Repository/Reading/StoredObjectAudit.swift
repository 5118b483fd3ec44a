import Coding
import Cryptography
import Storage

/// What can be said of an object without any key: whoever keeps the storage can find rot.
extension Repository {
    /// The repository's identifier, as the `format` object says it in clear.
    ///
    /// Throws `.noRepository`, `.damaged` or `.unsupportedVersion` where it does not.
    public static func storedIdentifier(in store: any ObjectStore) throws(RepositoryError) -> RepositoryID {
        try readFormat(store).repository
    }

    /// Reads the object of `entry` in windows, and holds it against its name, its size against the listing and the largest
    /// that such an object has, and what it says in clear against what an object of its folder of `repository` says. Returns
    /// how many bytes it has. One that is too large is not read.
    public static func auditStored(
        _ entry: ObjectEntry, in store: any ObjectStore, repository: RepositoryID?
    ) throws(RepositoryError) -> UInt64 {
        let name = entry.name
        func damaged(_ reason: String) -> RepositoryError {
            RepositoryError(.damaged, object: name.path, reason)
        }
        let size: UInt64
        var head: [UInt8] = []
        var hasher = SHA256.Hasher()
        do {
            size = try store.size(of: name)
        } catch {
            throw RepositoryError(error)
        }
        // None is what a listing says of a size that it could not find out.
        guard entry.bytes == 0 || size == entry.bytes else {
            throw damaged("it has \(size) bytes, and was listed with \(entry.bytes)")
        }
        let most = storedBytesMax(name)
        guard size <= most else { throw damaged("it has \(size) bytes, and such an object has \(most) at most") }
        do {
            var position: UInt64 = 0
            while position < size {
                let end = min(size, position + auditWindowBytes)
                let bytes = try store.read(name, range: position..<end)
                if position == 0 { head = Array(bytes.prefix(Limits.keySlotBytesMax + 1)) }
                hasher.update(bytes.span)
                position = end
            }
        } catch {
            throw RepositoryError(error)
        }
        guard name.folder?.naming == .digest else { return size }
        guard hasher.finalize() == name.id else { throw damaged("its bytes are not those that it is named by") }
        try auditHead(head, name, repository)
        return size
    }

    /// The most bytes that such an object has.
    private static func storedBytesMax(_ name: ObjectName) -> UInt64 {
        let most =
            switch name.folder {
            case nil: Limits.formatBytesMax
            case .keys: Limits.keySlotBytesMax
            case .packs: Limits.packObjectBytesMax
            case .index: Limits.indexSegmentBytesMax
            case .snapshots: Limits.snapshotBytesMax
            case .tombstones, .holds: Limits.retentionRecordBytesMax
            case .sessions: name.part == .snapshot ? Limits.snapshotBytesMax : Limits.sessionRecordBytesMax
            case .quarantine: Limits.sessionRecordBytesMax
            }
        return UInt64(most)
    }

    private static func auditHead(
        _ head: [UInt8], _ name: ObjectName, _ repository: RepositoryID?
    ) throws(RepositoryError) {
        if name.folder == .keys {
            _ = try JSONDocument.decode(KeySlotHeading.self, from: head, object: name.path)
            return
        }
        guard let repository else { return }
        let kind: ObjectHeader.Kind = name.folder == .packs ? .pack : name.folder == .index ? .indexSegment : .snapshot
        var reader = ByteReader(head)
        _ = try ObjectHeader.decode(kind, from: &reader, repository: repository, object: name.path)
    }
}
