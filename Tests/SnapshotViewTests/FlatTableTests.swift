import SnapshotView
import TestSupport
import Testing

@Suite("The table of nodes")
struct FlatTableTests {
    @Test("holds what a dictionary holds", arguments: [1, 2, 3, 4] as [UInt64])
    func equalsADictionary(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var table = FlatTable<UInt64>()
        var model: [UInt64: UInt64] = [:]
        // Few different homes, so that long runs form and wrap around the end.
        let keys = (0..<400).map { _ in (random.next() & 0x1f3) << 4 | random.next() & 0xf | 1 << 62 }
        for step in 0..<20_000 {
            let key = keys[random.number(in: 0...keys.count - 1)]
            // It grows, shrinks and grows again.
            let isRemoval = random.number(in: 0...9) < (step / 5_000 % 2 == 0 ? 3 : 8)
            if let position = table.position(of: key) {
                let value = table[position]
                #expect(model[key] == value, "seed \(seed), step \(step)")
                if isRemoval {
                    table.remove(at: position)
                    model[key] = nil
                } else {
                    table[position] = UInt64(step)
                    model[key] = UInt64(step)
                }
            } else {
                #expect(model[key] == nil, "seed \(seed), step \(step)")
                guard !isRemoval else { continue }
                table.insert(UInt64(step), for: key)
                model[key] = UInt64(step)
            }
            let count = table.count
            #expect(count == model.count, "seed \(seed), step \(step)")
        }
        var values: [UInt64] = []
        table.forEach { values.append($0) }
        #expect(values.sorted() == model.values.sorted(), "seed \(seed)")
        for key in keys {
            let isThere = table.position(of: key) != nil
            #expect(isThere == (model[key] != nil), "seed \(seed)")
        }
    }

    @Test("gives memory back when it empties")
    func shrinks() {
        var table = FlatTable<UInt64>()
        let least = table.capacity
        let keys = (1...10_000).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
        for key in keys { table.insert(key, for: key) }
        let most = table.capacity
        #expect(most <= 4 * keys.count)
        for key in keys {
            if let position = table.position(of: key) { table.remove(at: position) }
        }
        let (count, capacity) = (table.count, table.capacity)
        #expect(count == 0)
        #expect(capacity == least)
    }
}
