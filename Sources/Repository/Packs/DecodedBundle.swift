/// A bundle, opened and decompressed.
final class DecodedBundle: Sendable {
    struct Item: Sendable {
        let id: ChunkID
        let range: Range<Int>
    }

    let family: PackKind
    let plaintext: [UInt8]
    let items: [Item]
    /// The numbers of the items less an offset of one, by their identifiers' hashes, with linear probing; 0 is empty.
    private let index: [UInt32]

    init(family: PackKind, plaintext: [UInt8], items: [Item]) {
        self.family = family
        self.plaintext = plaintext
        self.items = items
        index = Self.index(of: items)
    }

    /// What the bundle costs in memory, in bytes: a third more than it has, for the gaps in a heap of such blocks.
    var cost: Int {
        let bytes =
            plaintext.count + items.count * MemoryLayout<Item>.stride + index.count * MemoryLayout<UInt32>.stride
        return bytes + bytes / 3
    }

    /// The chunk `id`, which is expected at `position`.
    func chunk(_ id: ChunkID, position: Int) -> ChunkBytes? {
        guard items.indices.contains(position), items[position].id == id else { return nil }
        return ChunkBytes(bundle: plaintext, range: items[position].range)
    }

    /// The chunk `id`, wherever it lies; O(1).
    ///
    /// - Parameter hash: `id.hashValue`, for whoever asks several bundles.
    func chunk(_ id: ChunkID, hash: Int) -> ChunkBytes? {
        var place = hash & (index.count - 1)
        while index[place] != 0 {
            let item = items[Int(index[place]) - 1]
            if item.id == id { return ChunkBytes(bundle: plaintext, range: item.range) }
            place = (place + 1) & (index.count - 1)
        }
        return nil
    }

    /// The hash is keyed anew in every process, so that no bundle can be made whose items all fall together.
    private static func index(of items: [Item]) -> [UInt32] {
        var capacity = 2
        while capacity < 2 * items.count { capacity *= 2 }
        var index = [UInt32](repeating: 0, count: capacity)
        for (number, item) in items.enumerated() {
            var place = item.id.hashValue & (capacity - 1)
            while index[place] != 0, items[Int(index[place]) - 1].id != item.id { place = (place + 1) & (capacity - 1) }
            if index[place] == 0 { index[place] = UInt32(number + 1) }
        }
        return index
    }
}
