import Synchronization

/// A bundle, opened and decompressed.
final class DecodedBundle: Sendable {
    struct Item: Sendable {
        let id: ChunkID
        let range: Range<Int>
    }

    let family: PackKind
    let plaintext: [UInt8]
    let items: [Item]
    /// Where the next chunk is looked for: readers take a directory's files in the order in which they were bundled.
    private let cursor = Atomic<Int>(0)

    init(family: PackKind, plaintext: [UInt8], items: [Item]) {
        self.family = family
        self.plaintext = plaintext
        self.items = items
    }

    /// What the bundle costs in memory, in bytes.
    var cost: Int { plaintext.count + items.count * MemoryLayout<Item>.stride }

    /// The chunk `id`, which is expected at `position`.
    func chunk(_ id: ChunkID, position: Int) -> ChunkBytes? {
        guard items.indices.contains(position), items[position].id == id else { return nil }
        cursor.store(position + 1, ordering: .relaxed)
        return ChunkBytes(bundle: plaintext, range: items[position].range)
    }

    /// The chunk `id`, wherever it lies. Takes the next in order at once; else O(chunks).
    func chunk(_ id: ChunkID) -> ChunkBytes? {
        let start = cursor.load(ordering: .relaxed)
        for index in start..<items.count where items[index].id == id { return chunk(id, position: index) }
        for index in 0..<min(start, items.count) where items[index].id == id { return chunk(id, position: index) }
        return nil
    }
}
