import Catalog
import Coding

/// The binary form of a pack's table of contents, as it stands in footers and in index segments.
///
/// `sessions (varint) ‖ sessions × sealed session key (128) ‖ bundles (varint) ‖ bundles × bundle`, where a bundle is
/// `stored length ‖ plaintext length ‖ session's number ‖ chunks ‖ chunks × (identifier (32) ‖ length)`, all lengths
/// and numbers varints. Bundles lie behind the pack's header without gaps, so their offsets follow.
extension PackRecord {
    /// Appends the table.
    package func encode(to writer: inout ByteWriter) {
        writer.varint(UInt64(sessions.count))
        for session in sessions { writer.append(session) }
        writer.varint(UInt64(bundles.count))
        for bundle in bundles {
            writer.varint(UInt64(bundle.storedBytes))
            writer.varint(UInt64(bundle.plaintextBytes))
            writer.varint(UInt64(bundle.session))
            writer.varint(UInt64(bundle.chunks.count))
            for chunk in bundle.chunks {
                writer.bytes32(chunk.id)
                writer.varint(UInt64(chunk.bytes))
            }
        }
    }

    /// Reads the table of the pack `id`.
    package static func decode(id: Bytes32, kind: PackKind, from reader: inout ByteReader) throws(CodingError)
        -> PackRecord
    {
        let sessionCount = try reader.count(minimumBytes: SessionKey.sealedBytes, "the number of sessions")
        guard sessionCount <= Limits.packSessionsMax else { throw reader.fault("a pack of \(sessionCount) sessions") }
        var sessions: [[UInt8]] = []
        for _ in 0..<sessionCount { sessions.append(try reader.bytes(SessionKey.sealedBytes)) }
        let bundleCount = try reader.count(minimumBytes: 37, "the number of bundles")
        guard bundleCount <= Limits.packBundlesMax else { throw reader.fault("a pack of \(bundleCount) bundles") }
        var bundles: [BundleRecord] = []
        bundles.reserveCapacity(bundleCount)
        var offset = UInt64(ObjectHeader.count)
        for _ in 0..<bundleCount {
            let bundle = try decodeBundle(offset: offset, sessionCount: sessionCount, from: &reader)
            offset += UInt64(bundle.storedBytes)
            guard offset <= UInt64(Limits.packBytesMax) else { throw reader.fault("a pack of \(offset) bytes") }
            bundles.append(bundle)
        }
        return PackRecord(id: id, kind: kind.rawValue, sessions: sessions, bundles: bundles)
    }

    private static func decodeBundle(
        offset: UInt64, sessionCount: Int, from reader: inout ByteReader
    ) throws(CodingError) -> BundleRecord {
        let stored = try reader.varint(atMost: UInt64(Limits.bundleStoredBytesMax), "a bundle's stored length")
        let plaintext = try reader.varint(atMost: UInt64(Limits.bundlePlaintextBytesMax), "a bundle's length")
        let session = try reader.varint()
        guard session < UInt64(sessionCount) else { throw reader.fault("there is no session \(session)") }
        let chunkCount = try reader.count(minimumBytes: 33, "the number of chunks")
        guard chunkCount > 0, chunkCount <= Limits.bundleChunksMax else {
            throw reader.fault("a bundle of \(chunkCount) chunks")
        }
        var chunks: [ChunkRecord] = []
        chunks.reserveCapacity(chunkCount)
        for _ in 0..<chunkCount {
            let id = try reader.bytes32()
            let bytes = try reader.varint(atMost: UInt64(Limits.chunkBytesMax), "a chunk's length")
            chunks.append(ChunkRecord(id: id, bytes: UInt32(bytes)))
        }
        return BundleRecord(
            offset: offset, storedBytes: UInt32(stored), plaintextBytes: UInt32(plaintext), session: Int(session),
            chunks: chunks)
    }

    /// Where the footer begins: behind the last bundle.
    var footerOffset: UInt64 {
        guard let last = bundles.last else { return UInt64(ObjectHeader.count) }
        return last.offset + UInt64(last.storedBytes)
    }
}
