import Repository
import Synchronization

/// Extended attributes that are chunks of their own: those used last, limited in bytes.
final class AttributeCache: Sendable {
    private let source: ChunkSource
    private let sets = Mutex(
        LeastRecentlyUsed<ChunkID, [ExtendedAttributeRecord]>(costMax: ViewLimits.extendedAttributesBytesMax))

    init(source: ChunkSource) {
        self.source = source
    }

    /// The attributes of a set.
    func records(_ set: ExtendedAttributeSet) throws(RepositoryError) -> [ExtendedAttributeRecord] {
        guard case .reference(let chunk) = set else { return try set.load(from: source) }
        if let known = sets.withLock({ $0.value(chunk) }) { return known }
        let records = try set.load(from: source)
        let cost = records.reduce(64) { $0 + $1.name.count + $1.value.count + 64 }
        sets.withLock { $0.insert(records, for: chunk, cost: cost) }
        return records
    }
}
