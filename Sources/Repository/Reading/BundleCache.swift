import Coding
import Synchronization
import SystemInterface

/// Decoded bundles, limited in bytes, the least recently used going first; two readers of one bundle decode it once.
///
/// It is divided by a hash of where bundles lie, and so is the limit, so that threads seldom wait for each other; nothing
/// is decoded, and no memory given back, with a lock held. A failure is not kept: whoever waits gets it, and the next
/// reader tries again.
final class BundleCache: Sendable {
    /// Where a bundle lies.
    struct Key: Hashable, Sendable {
        let pack: Bytes32
        let offset: UInt64
    }

    /// A bundle that somebody is decoding, and what others wait for.
    private final class Flight: Sendable {
        let result = ConditionLock<Result<DecodedBundle, RepositoryError>?>(nil)
    }

    private struct State {
        var flights: [Key: Flight] = [:]
        var bundles: LeastRecentlyUsed<Key, DecodedBundle>
        var hits = 0
        var misses = 0
    }

    private final class Shard: Sendable {
        let state: Mutex<State>

        init(bytesMax: Int) {
            state = Mutex(State(bundles: LeastRecentlyUsed(costMax: bytesMax)))
        }
    }

    private enum Found {
        case ready(DecodedBundle)
        case wait(Flight)
        case mine(Flight)
    }

    /// A part must have room for some bundles of the largest size.
    private static let shardBytesMin = 2 * Limits.bundlePlaintextBytesMax
    private static let shardsMax = 4

    private let shardBytesMax: Int
    private let shards: [Shard]

    init(bytesMax: Int) {
        let count = min(max(bytesMax / Self.shardBytesMin, 1), Self.shardsMax)
        let shardBytesMax = bytesMax / count
        self.shardBytesMax = shardBytesMax
        shards = (0..<count).map { _ in Shard(bytesMax: shardBytesMax) }
    }

    /// What is kept, never more than the limit, and how often it was of use.
    var statistics: CacheStatistics {
        shards.reduce(into: CacheStatistics()) { sum, shard in
            shard.state.withLock { state in
                sum.bytes += state.bundles.cost
                sum.hits += state.hits
                sum.misses += state.misses
            }
        }
    }

    /// The bundle `key`, decoded by `load` unless it is there or on its way.
    func bundle(
        _ key: Key, load: () throws(RepositoryError) -> DecodedBundle
    ) throws(RepositoryError) -> DecodedBundle {
        let shard = shards[Int((key.pack.prefix64 ^ key.offset >> 12) % UInt64(shards.count))]
        let found = shard.state.withLock { state -> Found in
            if let bundle = state.bundles.value(key) {
                state.hits += 1
                return .ready(bundle)
            }
            state.misses += 1
            if let flight = state.flights[key] { return .wait(flight) }
            let flight = Flight()
            state.flights[key] = flight
            return .mine(flight)
        }
        switch found {
        case .ready(let bundle): return bundle
        case .wait(let flight):
            return try flight.result.wait { $0 }.get()
        case .mine(let flight):
            let result = Result { () throws(RepositoryError) in try load() }
            land(key, result, in: shard)
            flight.result.withLock { $0 = result }
            flight.result.broadcast()
            return try result.get()
        }
    }

    private func land(_ key: Key, _ result: Result<DecodedBundle, RepositoryError>, in shard: Shard) {
        let dropped = shard.state.withLock { state -> [DecodedBundle] in
            state.flights[key] = nil
            guard case .success(let bundle) = result, bundle.cost <= shardBytesMax else { return [] }
            var dropped: [DecodedBundle] = []
            state.bundles.insert(bundle, for: key, cost: bundle.cost, dropped: &dropped)
            return dropped
        }
        // Their memory goes back here, outside of the lock.
        _ = consume dropped
    }
}
