import Synchronization

/// The few shared bundles that were read last.
///
/// Whoever reads a directory wants the chunks of one bundle one after the other: finding them here costs a comparison,
/// asking the catalog costs some microseconds each.
final class RecentBundles: Sendable {
    private static let countMax = 8

    private let bundles = Mutex<[DecodedBundle]>([])

    /// The chunk `id` of `family`, if a recent bundle has it.
    func chunk(_ id: ChunkID, _ family: PackKind) -> ChunkBytes? {
        bundles.withLock { bundles in
            for (index, bundle) in bundles.enumerated() where bundle.family == family {
                guard let chunk = bundle.chunk(id) else { continue }
                if index > 0 { bundles.swapAt(0, index) }
                return chunk
            }
            return nil
        }
    }

    /// Remembers `bundle`, unless it has one chunk only or is there.
    func note(_ bundle: DecodedBundle) {
        guard bundle.items.count > 1 else { return }
        bundles.withLock { bundles in
            guard !bundles.contains(where: { $0 === bundle }) else { return }
            bundles.insert(bundle, at: 0)
            if bundles.count > Self.countMax { bundles.removeLast() }
        }
    }
}
