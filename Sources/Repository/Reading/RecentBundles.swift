import Synchronization

/// The few shared bundles that were read last.
///
/// Whoever reads a directory wants the chunks of one bundle one after the other: finding them here costs a look into a
/// table, asking the catalog costs some microseconds each.
final class RecentBundles: Sendable {
    private static let countMax = 8

    private let bytesMax: Int
    private let bundles = Mutex<[DecodedBundle]>([])

    /// Room for so many bytes of bundles.
    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// What the bundles cost, in bytes; never more than there is room for.
    var bytes: Int { bundles.withLock { $0.reduce(0) { $0 + $1.cost } } }

    /// The chunk `id` of `family`, if a recent bundle has it.
    func chunk(_ id: ChunkID, _ family: PackKind) -> ChunkBytes? {
        let hash = id.hashValue
        return bundles.withLock { bundles in
            for (index, bundle) in bundles.enumerated() where bundle.family == family {
                guard let chunk = bundle.chunk(id, hash: hash) else { continue }
                if index > 0 { bundles.swapAt(0, index) }
                return chunk
            }
            return nil
        }
    }

    /// Remembers `bundle`, unless it has one chunk only, is too large or is there.
    func note(_ bundle: DecodedBundle) {
        guard bundle.items.count > 1, bundle.cost <= bytesMax else { return }
        let dropped = bundles.withLock { bundles -> [DecodedBundle] in
            guard !bundles.contains(where: { $0 === bundle }) else { return [] }
            bundles.insert(bundle, at: 0)
            var bytes = bundles.reduce(0) { $0 + $1.cost }
            var dropped: [DecodedBundle] = []
            while bundles.count > Self.countMax || bytes > bytesMax, let last = bundles.popLast() {
                bytes -= last.cost
                dropped.append(last)
            }
            return dropped
        }
        // Their memory goes back here, outside of the lock.
        _ = consume dropped
    }
}
