import Catalog
import Coding
import Cryptography
import Storage

/// What ends a pack: its table of contents, sealed with the index key, and a trailer in clear.
///
/// `header (28) ‖ bundles ‖ sealed table ‖ length of the sealed table (4) ‖ "PastFSft" (8)`. From the end, a pack can be
/// read without any index; the index is a cache of footers.
enum PackFooter {
    static let trailerBytes = 12
    private static let magic = Array("PastFSft".utf8)

    /// The sealed table and the trailer of the pack `record`.
    static func encode(
        _ record: PackRecord, header: [UInt8], indexKey: KeyedHash, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        var table = ByteWriter(capacity: 64 + record.bundles.count * 48)
        record.encode(to: &table)
        return try seal(table.bytes, header: header, indexKey: indexKey, salt: salt)
    }

    /// The sealed `table` and the trailer of a pack.
    static func seal(
        _ table: [UInt8], header: [UInt8], indexKey: KeyedHash, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        var output: [UInt8] = []
        try SealedBox.seal(
            table.span, master: indexKey, context: .packFooter, salt: salt, associatedData: header,
            appendingTo: &output)
        var trailer = ByteWriter()
        trailer.uint32(UInt32(output.count))
        trailer.append(magic)
        output += trailer.bytes
        return output
    }

    /// Reads the table of the pack `id` from `store`, in two range reads at most of the case that fits one guess.
    static func read(
        _ id: Bytes32, from store: any ObjectStore, repository: RepositoryID, indexKey: KeyedHash
    ) throws(RepositoryError) -> PackRecord {
        let name = ObjectName(.packs, id)
        func damaged(_ reason: String) -> RepositoryError { RepositoryError(.damaged, object: name.path, reason) }
        do {
            let size = try store.size(of: name)
            let least = UInt64(ObjectHeader.count + SealedBox.overheadBytes + trailerBytes)
            guard size >= least, size <= UInt64(Limits.packObjectBytesMax) else {
                throw damaged("no pack has \(size) bytes")
            }
            let header = try store.read(name, range: 0..<UInt64(ObjectHeader.count))
            let trailer = try store.read(name, range: size - UInt64(trailerBytes)..<size)
            let sealedBytes = try decodeTrailer(trailer, packBytes: size, damaged)
            let start = size - UInt64(trailerBytes) - UInt64(sealedBytes)
            let sealed = try store.read(name, range: start..<size - UInt64(trailerBytes))
            return try decode(
                sealed, id: id, header: header, footerOffset: start, repository: repository, indexKey: indexKey)
        } catch let error as StorageError {
            throw RepositoryError(error)
        } catch let error as RepositoryError {
            throw error
        } catch {
            throw damaged("\(error)")
        }
    }

    private static func decodeTrailer(
        _ trailer: [UInt8], packBytes: UInt64, _ damaged: (String) -> RepositoryError
    ) throws(RepositoryError) -> Int {
        guard Array(trailer[4...]) == magic else { throw damaged("it does not end with \"PastFSft\"") }
        let sealed = trailer[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        let room = Int(packBytes) - ObjectHeader.count - trailerBytes
        guard sealed >= SealedBox.overheadBytes, sealed <= min(room, Limits.footerBytesMax) else {
            throw damaged("its footer cannot have \(sealed) bytes")
        }
        return sealed
    }

    private static func decode(
        _ sealed: [UInt8], id: Bytes32, header: [UInt8], footerOffset: UInt64, repository: RepositoryID,
        indexKey: KeyedHash
    ) throws(RepositoryError) -> PackRecord {
        let object = ObjectName(.packs, id).path
        var headerReader = ByteReader(header)
        guard let kind = try ObjectHeader.decode(.pack, from: &headerReader, repository: repository, object: object)
        else { throw RepositoryError(.damaged, object: object, "it has no kind") }
        let table = try SealedBox.open(
            sealed.span, master: indexKey, context: .packFooter, associatedData: header, object: object, "its footer")
        do {
            var reader = ByteReader(table)
            let record = try PackRecord.decode(id: id, kind: kind, from: &reader)
            try reader.expectEnd()
            guard record.footerOffset == footerOffset else {
                throw reader.fault("the bundles end at \(record.footerOffset), the footer begins at \(footerOffset)")
            }
            return record
        } catch {
            throw RepositoryError(.damaged, object: object, "its footer is damaged \(error)")
        }
    }
}
