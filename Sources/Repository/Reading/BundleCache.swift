import Coding
import Synchronization
import SystemInterface

/// Decoded bundles, limited in bytes, the least recently used going first; two readers of one bundle decode it once.
///
/// A failure is not kept: whoever waits gets it, and the next reader tries again.
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

    private enum Slot {
        case flying(Flight)
        case ready(DecodedBundle, lastUse: UInt64)
    }

    private struct State {
        var slots: [Key: Slot] = [:]
        var bytes = 0
        var clock: UInt64 = 0
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// The bundle `key`, decoded by `load` unless it is there or on its way.
    func bundle(
        _ key: Key, load: () throws(RepositoryError) -> DecodedBundle
    ) throws(RepositoryError) -> DecodedBundle {
        enum Found {
            case ready(DecodedBundle)
            case wait(Flight)
            case mine(Flight)
        }
        let found = state.withLock { state -> Found in
            state.clock += 1
            switch state.slots[key] {
            case .ready(let bundle, _)?:
                state.slots[key] = .ready(bundle, lastUse: state.clock)
                return .ready(bundle)
            case .flying(let flight)?: return .wait(flight)
            case nil:
                let flight = Flight()
                state.slots[key] = .flying(flight)
                return .mine(flight)
            }
        }
        switch found {
        case .ready(let bundle): return bundle
        case .wait(let flight):
            return try flight.result.wait { $0 }.get()
        case .mine(let flight):
            let result = Result { () throws(RepositoryError) in try load() }
            land(key, result)
            flight.result.withLock { $0 = result }
            flight.result.broadcast()
            return try result.get()
        }
    }

    private func land(_ key: Key, _ result: Result<DecodedBundle, RepositoryError>) {
        state.withLock { state in
            guard case .success(let bundle) = result, bundle.cost <= bytesMax else {
                state.slots[key] = nil
                return
            }
            state.slots[key] = .ready(bundle, lastUse: state.clock)
            state.bytes += bundle.cost
            if state.bytes > bytesMax { Self.shrink(&state, to: bytesMax - bytesMax / 8) }
        }
    }

    /// Drops the least recently used bundles. An eighth is dropped at a time, so that sorting is paid for by many hits.
    private static func shrink(_ state: inout State, to bytes: Int) {
        var ready: [(key: Key, cost: Int, lastUse: UInt64)] = []
        for (key, slot) in state.slots {
            if case .ready(let bundle, let lastUse) = slot { ready.append((key, bundle.cost, lastUse)) }
        }
        ready.sort { $0.lastUse < $1.lastUse }
        for item in ready {
            guard state.bytes > bytes else { break }
            state.slots[item.key] = nil
            state.bytes -= item.cost
        }
    }
}
