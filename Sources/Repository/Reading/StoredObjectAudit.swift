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

    /// Reads the object of `entry` in windows, and holds it against its name, its size against the listing, and what it
    /// says in clear against what an object of its folder of `repository` says. Returns how many bytes it has.
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
        guard size == entry.bytes else { throw damaged("it has \(size) bytes, and was listed with \(entry.bytes)") }
        guard let most = storedBytesMax(name) else { return size }
        guard size <= most else { throw damaged("it has \(size) bytes, and such an object has \(most) at most") }
        guard hasher.finalize() == name.id else { throw damaged("its bytes are not those that it is named by") }
        try auditHead(head, name, repository)
        return size
    }

    /// The most bytes that an object named by the SHA-256 of its bytes has in its folder; nil for other objects.
    private static func storedBytesMax(_ name: ObjectName) -> UInt64? {
        if name.folder == .keys { return UInt64(Limits.keySlotBytesMax) }
        if name.folder == .packs { return UInt64(Limits.packBytesMax + Limits.footerBytesMax) }
        if name.folder == .index { return UInt64(Limits.indexSegmentBytesMax) }
        return name.folder == .snapshots ? UInt64(Limits.snapshotBytesMax) : nil
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
