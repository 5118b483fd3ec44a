import Catalog
import Coding
import Cryptography
import Storage

/// A piece of the index: the tables of contents of some packs, sealed with the index key.
///
/// Stored as `index/<SHA-256>`: `header (28) ‖ sealed (packs (varint) ‖ packs × (identifier (32) ‖ kind (1) ‖ table))`,
/// with the tables as they stand in the packs' footers, ascending by identifier. Since it holds nothing else, a lost
/// segment is made again from footers.
enum IndexSegment {
    /// The object's bytes. Throws `.invalidArgument` for more packs, or more bytes, than a reader takes, and for a pack that
    /// is there twice, which no reader takes either.
    static func encode(
        _ packs: [PackRecord], repository: RepositoryID, indexKey: KeyedHash, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        guard packs.count <= Limits.indexSegmentPacksMax else {
            throw RepositoryError(.invalidArgument, "an index segment of \(packs.count) packs is too long")
        }
        var writer = ByteWriter(capacity: 1024)
        writer.varint(UInt64(packs.count))
        var last: Bytes32?
        for pack in packs.sorted(by: { $0.id < $1.id }) {
            guard pack.id != last else {
                throw RepositoryError(.invalidArgument, "an index segment lists pack \(pack.id) once, and not twice")
            }
            last = pack.id
            writer.bytes32(pack.id)
            writer.uint8(pack.kind)
            pack.encode(to: &writer)
        }
        let bytes = try seal(writer.bytes, repository: repository, indexKey: indexKey, salt: salt)
        guard bytes.count <= Limits.indexSegmentBytesMax else {
            throw RepositoryError(.invalidArgument, "an index segment of \(bytes.count) bytes is too long")
        }
        return bytes
    }

    /// The bytes of a segment that says `table`.
    static func seal(
        _ table: [UInt8], repository: RepositoryID, indexKey: KeyedHash, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        let header = ObjectHeader.encode(.indexSegment, repository: repository)
        var output = header
        try SealedBox.seal(
            table.span, master: indexKey, context: .indexSegment, salt: salt, associatedData: header,
            appendingTo: &output)
        return output
    }

    /// Reads the object `name` that holds `bytes`.
    static func decode(
        _ bytes: [UInt8], name: ObjectName, repository: RepositoryID, indexKey: KeyedHash
    ) throws(RepositoryError) -> [PackRecord] {
        guard bytes.count <= Limits.indexSegmentBytesMax else {
            throw RepositoryError(.damaged, object: name.path, "it is too long")
        }
        var headerReader = ByteReader(bytes)
        _ = try ObjectHeader.decode(.indexSegment, from: &headerReader, repository: repository, object: name.path)
        let table = try SealedBox.open(
            bytes.span.extracting(ObjectHeader.count..<bytes.count), master: indexKey, context: .indexSegment,
            associatedData: Array(bytes[..<ObjectHeader.count]), object: name.path, "its table")
        do {
            var reader = ByteReader(table)
            let count = try reader.count(minimumBytes: 35, "the number of packs")
            guard count <= Limits.indexSegmentPacksMax else { throw reader.fault("a segment of \(count) packs") }
            var packs: [PackRecord] = []
            packs.reserveCapacity(count)
            for _ in 0..<count {
                let id = try reader.bytes32()
                guard packs.last.map({ $0.id < id }) ?? true else { throw reader.fault("packs are out of order") }
                guard let kind = PackKind(rawValue: try reader.uint8()) else { throw reader.fault("no such pack kind") }
                packs.append(try PackRecord.decode(id: id, kind: kind, from: &reader))
            }
            try reader.expectEnd()
            return packs
        } catch {
            throw RepositoryError(.damaged, object: name.path, "its table is damaged \(error)")
        }
    }
}
