import Synchronization
import SystemInterface

/// Which thread waits for the kernel's next request, and what it does at the moment.
final class Lead: Sendable {
    /// The lead, held for one request. No two are ever equal.
    struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64

        fileprivate func state(_ doing: Doing) -> UInt64 { number << 2 | doing.rawValue }
    }

    /// What the holder does: the lower two bits of the state, below the number of its ticket.
    fileprivate enum Doing: UInt64 {
        case receiving = 0
        case working = 1
        case sleeping = 2

        static func of(_ state: UInt64) -> Doing? { Doing(rawValue: state & 3) }
    }

    /// The state when nobody holds the lead.
    private static let free: UInt64 = 0

    private let state = Atomic(free)
    private let lastNumber = Atomic<UInt64>(0)
    private let isOver = ConditionLock(false)
    /// Of the threads that want the lead, one watches it; the others wait for that place.
    private let isPlaceTaken = ConditionLock(false)
    private let isWatcherResting = Atomic(false)

    /// Waits for the lead: until it is free, or its holder is at one request for too long. Nil when all is over.
    func take() -> Ticket? {
        isPlaceTaken.wait { isTaken -> Void? in
            if isTaken { return nil }
            isTaken = true
            return ()
        }
        defer {
            isPlaceTaken.withLock { $0 = false }
            isPlaceTaken.signal()
        }
        return watch()
    }

    /// The holder has received a request. From here on the lead may be taken from it.
    func work(_ ticket: Ticket) {
        state.store(ticket.state(.working), ordering: .releasing)
    }

    /// The holder has answered its request: its next ticket, or nil if another thread has the lead now.
    func goOn(_ ticket: Ticket) -> Ticket? {
        let next = makeTicket()
        let isHeld = state.compareExchange(
            expected: ticket.state(.working), desired: next.state(.receiving), ordering: .acquiringAndReleasing
        ).exchanged
        return isHeld ? next : nil
    }

    /// The holder of a request leaves the lead to another thread, which is woken.
    func giveUp(_ ticket: Ticket) {
        let isGiven = state.compareExchange(
            expected: ticket.state(.working), desired: Self.free, ordering: .sequentiallyConsistent
        ).exchanged
        if isGiven { callWatcher() }
    }

    /// The holder sleeps until there is a request.
    func sleep(_ ticket: Ticket) {
        state.store(ticket.state(.sleeping), ordering: .sequentiallyConsistent)
    }

    /// The holder has been woken by a request.
    func wake(_ ticket: Ticket) {
        state.store(ticket.state(.receiving), ordering: .sequentiallyConsistent)
        if isWatcherResting.load(ordering: .sequentiallyConsistent) { callWatcher() }
    }

    /// Ends every `take`.
    func end() {
        isOver.withLock { $0 = true }
        isOver.broadcast()
    }

    private func watch() -> Ticket? {
        var last = state.load(ordering: .sequentiallyConsistent)
        var idleCount = 0
        while true {
            if let ticket = taken(last) { return ticket }
            if Doing.of(last) == .sleeping { idleCount += 1 } else { idleCount = 0 }
            guard wait(resting: idleCount > MountLimits.idleTakeoversMax) else { return nil }
            let now = state.load(ordering: .sequentiallyConsistent)
            // The same request as one interval ago.
            if now == last, Doing.of(now) == .working, let ticket = exchanged(now) { return ticket }
            last = now
        }
    }

    /// The lead if it is free.
    private func taken(_ seen: UInt64) -> Ticket? {
        seen == Self.free ? exchanged(seen) : nil
    }

    private func exchanged(_ seen: UInt64) -> Ticket? {
        let ticket = makeTicket()
        let isTaken = state.compareExchange(
            expected: seen, desired: ticket.state(.receiving), ordering: .sequentiallyConsistent
        ).exchanged
        return isTaken ? ticket : nil
    }

    /// Waits one interval, or for the lead to be free; with `resting` for as long as its holder sleeps. False when all
    /// is over.
    private func wait(resting: Bool) -> Bool {
        isWatcherResting.store(resting, ordering: .sequentiallyConsistent)
        defer { isWatcherResting.store(false, ordering: .relaxed) }
        guard !resting else { return isOver.wait { goesOn($0, resting: true) } }
        return isOver.wait(seconds: MountLimits.takeoverSeconds) { goesOn($0, resting: false) } ?? true
    }

    /// Whether to look at the lead again; nil is to wait on.
    private func goesOn(_ isOver: Bool, resting: Bool) -> Bool? {
        if isOver { return false }
        let now = state.load(ordering: .sequentiallyConsistent)
        if now == Self.free { return true }
        return resting && Doing.of(now) != .sleeping ? true : nil
    }

    /// Has the watcher look again. The lock is taken so that this falls before its look or wakes it.
    private func callWatcher() {
        isOver.withLock { _ in }
        isOver.broadcast()
    }

    private func makeTicket() -> Ticket {
        Ticket(number: lastNumber.add(1, ordering: .relaxed).newValue)
    }
}
