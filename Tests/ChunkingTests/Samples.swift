import Chunking
import TestSupport

/// Small sizes, with which little data has many chunks.
let smallParameters = { () -> ChunkerParameters in
    do throws(ChunkingError) {
        return try ChunkerParameters(minimumBytes: 4 << 10, averageBytes: 16 << 10, maximumBytes: 64 << 10)
    } catch {
        preconditionFailure("\(error)")
    }
}()

/// Key material that depends on `seed`.
func keyMaterial(seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return generator.bytes(GearTable.keyMaterialBytes)
}

/// A chunker whose key depends on `seed`.
func chunker(_ parameters: ChunkerParameters = smallParameters, seed: UInt64 = 1) -> Chunker {
    Chunker(parameters: parameters, table: GearTable(keyMaterial: keyMaterial(seed: seed)))
}

/// Random data that depends on `seed`.
func randomData(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return generator.bytes(count)
}

extension Chunker {
    /// The places of all chunks of `data`.
    func chunks(_ data: [UInt8]) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var start = 0
        while start < data.count {
            let count = cut(data.span.extracting(start..<data.count))
            guard count > 0 else { break }
            chunks.append(start..<start + count)
            start += count
        }
        return chunks
    }
}
