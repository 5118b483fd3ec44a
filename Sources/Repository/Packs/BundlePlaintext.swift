import Catalog
import Coding

/// The plaintext of a bundle: the list of its chunks, then their bytes in the same order.
///
/// `count (varint) ‖ count × (identifier (32) ‖ length (varint)) ‖ the chunks`. The list is authenticated with the
/// chunks, so an index that lies about a bundle is noticed.
enum BundlePlaintext {
    /// The list alone: what stands before the first chunk.
    static func encodeList(_ chunks: [ChunkRecord]) -> [UInt8] {
        var writer = ByteWriter(capacity: 3 + chunks.count * 36)
        writer.varint(UInt64(chunks.count))
        for chunk in chunks {
            writer.bytes32(chunk.id)
            writer.varint(UInt64(chunk.bytes))
        }
        return writer.bytes
    }

    /// The place of each chunk in `plaintext`, which they must fill exactly.
    static func decode(_ plaintext: [UInt8]) throws(CodingError) -> [DecodedBundle.Item] {
        var reader = ByteReader(plaintext)
        let count = try reader.count(minimumBytes: 33, "the number of chunks")
        guard count > 0, count <= Limits.bundleChunksMax else { throw reader.fault("a bundle of \(count) chunks") }
        var lengths: [(Bytes32, Int)] = []
        lengths.reserveCapacity(count)
        for _ in 0..<count {
            let id = try reader.bytes32()
            lengths.append((id, Int(try reader.varint(atMost: UInt64(Limits.chunkBytesMax), "a chunk's length"))))
        }
        var items: [DecodedBundle.Item] = []
        items.reserveCapacity(count)
        for (id, length) in lengths {
            items.append(DecodedBundle.Item(id: ChunkID(id), range: try reader.range(length)))
        }
        try reader.expectEnd()
        return items
    }
}
