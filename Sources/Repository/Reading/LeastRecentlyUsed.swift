/// A dictionary with a limit: what was not used for longest goes first. Every operation takes constant time.
package struct LeastRecentlyUsed<Key: Hashable, Value> {
    private struct Slot {
        let key: Key
        let value: Value
        let cost: Int
        var newer: Int
        var older: Int
    }

    private static var none: Int { -1 }

    private let costMax: Int
    /// What the values that are kept cost in all.
    package private(set) var cost = 0
    private var positions: [Key: Int] = [:]
    private var slots: [Slot?] = []
    private var free: [Int] = []
    private var newest = -1
    private var oldest = -1

    /// A dictionary whose values cost up to `costMax` in all; one value that costs more is kept alone.
    package init(costMax: Int) {
        self.costMax = costMax
    }

    /// The value of a key, which becomes the one used last.
    package mutating func value(_ key: Key) -> Value? {
        guard let position = positions[key], let slot = slots[position] else { return nil }
        if position != newest {
            unlink(position)
            link(position)
        }
        return slot.value
    }

    /// Keeps a value, and drops the oldest ones if it is too much. An old value of the key is replaced.
    package mutating func insert(_ value: Value, for key: Key, cost added: Int) {
        var dropped: [Value] = []
        insert(value, for: key, cost: added, dropped: &dropped)
    }

    /// Keeps a value as `insert` does, and adds to `dropped` what was dropped, so that it can be freed elsewhere.
    package mutating func insert(_ value: Value, for key: Key, cost added: Int, dropped: inout [Value]) {
        if let position = positions[key] { remove(position, &dropped) }
        while cost + added > costMax, oldest != Self.none {
            remove(oldest, &dropped)
        }
        let slot = Slot(key: key, value: value, cost: added, newer: Self.none, older: Self.none)
        let position: Int
        if let reused = free.popLast() {
            position = reused
            slots[reused] = slot
        } else {
            position = slots.count
            slots.append(slot)
        }
        positions[key] = position
        cost += added
        link(position)
    }

    private mutating func remove(_ position: Int, _ dropped: inout [Value]) {
        guard let slot = slots[position] else { return }
        dropped.append(slot.value)
        unlink(position)
        positions[slot.key] = nil
        slots[position] = nil
        free.append(position)
        cost -= slot.cost
    }

    private mutating func link(_ position: Int) {
        slots[position]?.older = newest
        slots[position]?.newer = Self.none
        if newest != Self.none { slots[newest]?.newer = position }
        newest = position
        if oldest == Self.none { oldest = position }
    }

    private mutating func unlink(_ position: Int) {
        guard let slot = slots[position] else { return }
        if slot.newer == Self.none { newest = slot.older } else { slots[slot.newer]?.older = slot.older }
        if slot.older == Self.none { oldest = slot.newer } else { slots[slot.older]?.newer = slot.newer }
    }
}
