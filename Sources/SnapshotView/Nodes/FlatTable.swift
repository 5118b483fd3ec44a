/// A hash table of 64-bit keys that is one block of memory: nothing on the heap for each element.
///
/// Open addressing with linear probing; a removed element's successors move back, so that there are no tombstones
/// (D. E. Knuth, "The Art of Computer Programming" 3, section 6.4, algorithm R). Keys are hashes already: their bits
/// above the lowest four, which choose a shard, place them. Key 0 stands for an empty slot and cannot be used.
///
/// Every operation takes constant time, if keys are as good as random. One thread at a time.
package struct FlatTable<Value: BitwiseCopyable>: ~Copyable {
    private struct Slot: BitwiseCopyable {
        var key: UInt64
        var value: Value
    }

    private static var slotsMin: Int { 16 }

    private var slots: UnsafeMutableBufferPointer<Slot>
    /// How many elements there are.
    package private(set) var count = 0

    /// An empty table.
    package init() {
        slots = Self.allocate(Self.slotsMin)
    }

    deinit {
        slots.deallocate()
    }

    /// How many elements there is memory for.
    package var capacity: Int { slots.count }

    /// The position of a key; it holds until something is inserted or removed.
    package func position(of key: UInt64) -> Int? {
        var position = home(of: key)
        while slots[position].key != key {
            guard slots[position].key != 0 else { return nil }
            position = next(position)
        }
        return position
    }

    /// The value at a position.
    package subscript(position: Int) -> Value {
        get { slots[position].value }
        set { slots[position].value = newValue }
    }

    /// Adds a key that is not there.
    package mutating func insert(_ value: Value, for key: UInt64) {
        precondition(key != 0, "key 0 means an empty slot")
        if (count + 1) * 4 > slots.count * 3 { resize(to: slots.count * 2) }
        place(Slot(key: key, value: value))
        count += 1
    }

    /// Removes the element at a position.
    package mutating func remove(at position: Int) {
        var hole = position
        var other = next(position)
        while slots[other].key != 0 {
            // What is nearer to its home than the hole is must stay.
            let isMovable = distance(from: home(of: slots[other].key), to: other) >= distance(from: hole, to: other)
            if isMovable {
                slots[hole] = slots[other]
                hole = other
            }
            other = next(other)
        }
        slots[hole].key = 0
        count -= 1
        if slots.count > Self.slotsMin, count * 8 < slots.count { resize(to: slots.count / 2) }
    }

    /// Hands every value to `body`, in no order.
    package func forEach(_ body: (Value) -> Void) {
        for slot in slots where slot.key != 0 { body(slot.value) }
    }

    private func home(of key: UInt64) -> Int { Int(truncatingIfNeeded: key >> 4) & (slots.count - 1) }

    private func next(_ position: Int) -> Int { (position + 1) & (slots.count - 1) }

    private func distance(from start: Int, to end: Int) -> Int { (end - start) & (slots.count - 1) }

    private func place(_ slot: Slot) {
        var position = home(of: slot.key)
        while slots[position].key != 0 { position = next(position) }
        slots[position] = slot
    }

    private mutating func resize(to capacity: Int) {
        let old = slots
        slots = Self.allocate(capacity)
        for slot in old where slot.key != 0 { place(slot) }
        old.deallocate()
    }

    private static func allocate(_ capacity: Int) -> UnsafeMutableBufferPointer<Slot> {
        let slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: capacity)
        // Only keys are ever read of a slot that is empty.
        UnsafeMutableRawBufferPointer(slots).initializeMemory(as: UInt8.self, repeating: 0)
        return slots
    }
}
