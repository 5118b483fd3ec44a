import Coding

/// The chunks of a bundle as the table `contents` keeps them: name, then size as four bytes, the lowest first.
enum BundleContents {
    private static let chunkBytes = Bytes32.count + 4

    /// The chunks as bytes.
    static func encode(_ chunks: [ChunkRecord]) -> [UInt8] {
        var writer = ByteWriter(capacity: chunks.count * chunkBytes)
        for chunk in chunks {
            writer.bytes32(chunk.id)
            writer.uint32(chunk.bytes)
        }
        return writer.bytes
    }

    /// The chunks in `bytes`.
    static func decode(_ bytes: [UInt8]) throws(CatalogError) -> [ChunkRecord] {
        var reader = ByteReader(bytes)
        var chunks: [ChunkRecord] = []
        chunks.reserveCapacity(bytes.count / chunkBytes)
        do throws(CodingError) {
            while reader.remaining > 0 {
                chunks.append(ChunkRecord(id: try reader.bytes32(), bytes: try reader.uint32()))
            }
        } catch {
            throw .damaged("the chunks of a bundle: \(error)")
        }
        return chunks
    }
}
