import CFuse
import Glibc
import SnapshotView
import Synchronization

/// The requests that are being worked on, and who of two answers each: the thread that works on it, or the watchdog when
/// that takes too long.
///
/// A request is freed by its answer, so exactly one of them may give it. Each request has a slot, whose state is changed
/// by compare-and-exchange and carries a number that never comes again: whoever changes it from "waiting" owns the
/// answer. The threads share no lock and no line of the cache; time is counted in the watchdog's rounds, so that nobody
/// reads a clock.
package final class RequestWatch: Sendable {
    /// One slot, as long as a cache line: two threads must not write to the same one.
    private struct Slot: ~Copyable {
        /// The number of the request in this slot, and what is with it, in the two lowest bits.
        let state = Atomic<UInt64>(Phase.free)
        let request = Atomic<UInt>(0)
        let node = Atomic<UInt64>(0)
        let began = Atomic<UInt64>(0)
        let padding: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    }

    private enum Phase {
        static let free: UInt64 = 0
        /// A thread is writing the other fields.
        static let taken: UInt64 = 1
        /// Nobody has answered.
        static let waiting: UInt64 = 2
        /// The watchdog has answered; the thread does not know yet.
        static let overdue: UInt64 = 3
        static let mask: UInt64 = 3
        static let next: UInt64 = 4
    }

    /// A request's place here, by which its answer is claimed.
    package struct Ticket: Sendable {
        fileprivate let slot: Int
        fileprivate let state: UInt64
    }

    // Allocated once and freed in deinit; every field of a slot is atomic.
    private nonisolated(unsafe) let slots: UnsafeMutablePointer<Slot>
    private let round = Atomic<UInt64>(0)

    package init() {
        slots = .allocate(capacity: MountLimits.watchedRequestsMax)
        for index in 0..<MountLimits.watchedRequestsMax { (slots + index).initialize(to: Slot()) }
    }

    deinit {
        slots.deinitialize(count: MountLimits.watchedRequestsMax)
        slots.deallocate()
    }

    /// Watches `request`, which concerns `node`; nil if more requests are worked on than can be watched.
    package func begin(_ request: fuse_req_t, node: UInt64) -> Ticket? {
        var index = Self.home()
        for _ in 0..<MountLimits.watchedRequestsMax {
            let state = slots[index].state.load(ordering: .relaxed)
            if state & Phase.mask == Phase.free,
                slots[index].state.compareExchange(
                    expected: state, desired: state | Phase.taken, ordering: .acquiring
                ).exchanged
            {
                slots[index].request.store(UInt(bitPattern: request), ordering: .relaxed)
                slots[index].node.store(node, ordering: .relaxed)
                slots[index].began.store(round.load(ordering: .relaxed), ordering: .relaxed)
                slots[index].state.store(state | Phase.waiting, ordering: .releasing)
                return Ticket(slot: index, state: state | Phase.waiting)
            }
            index = (index + 1) & (MountLimits.watchedRequestsMax - 1)
        }
        return nil
    }

    /// Takes the answer for the thread that works on the request, and its slot back; false if the watchdog has answered,
    /// and the request must not be touched.
    package func claim(_ ticket: Ticket) -> Bool {
        let free = ticket.state & ~Phase.mask &+ Phase.next
        let isOurs = slots[ticket.slot].state.compareExchange(
            expected: ticket.state, desired: free, ordering: .acquiringAndReleasing
        ).exchanged
        if !isOurs { slots[ticket.slot].state.store(free, ordering: .releasing) }
        return isOurs
    }

    /// Where the calling thread looks for a slot first: threads seldom share it (Fibonacci hashing, Knuth, volume 3, 6.4).
    private static func home() -> Int {
        let hash = UInt64(pthread_self()) &* 0x9E37_79B9_7F4A_7C15
        return Int(hash >> 32) & (MountLimits.watchedRequestsMax - 1)
    }

    /// A request that nobody answered in time: the caller owns its answer.
    package struct Overdue {
        package let request: fuse_req_t
        package let node: NodeID
    }

    /// Begins a round, and takes the answers of all requests that have waited for more than `rounds` of them.
    package func takeOverdue(rounds: UInt64) -> [Overdue] {
        let now = round.add(1, ordering: .relaxed).newValue
        var found: [Overdue] = []
        for index in 0..<MountLimits.watchedRequestsMax {
            let state = slots[index].state.load(ordering: .acquiring)
            guard state & Phase.mask == Phase.waiting else { continue }
            let request = slots[index].request.load(ordering: .relaxed)
            let node = slots[index].node.load(ordering: .relaxed)
            guard now &- slots[index].began.load(ordering: .relaxed) > rounds else { continue }
            // What was read belongs to this state: it fails if another request has come since.
            let isOurs = slots[index].state.compareExchange(
                expected: state, desired: state | Phase.overdue, ordering: .acquiringAndReleasing
            ).exchanged
            guard isOurs, let request = fuse_req_t(bitPattern: request) else { continue }
            found.append(Overdue(request: request, node: NodeID(rawValue: node)))
        }
        return found
    }
}
