/// Every world that was met, as a fingerprint, and how it was come by.
struct VisitedWorlds {
    private var fingerprints: [Fingerprint] = []
    /// The world from which each was reached, and the number of the step that led there.
    private var origins: [(parent: UInt32, move: UInt16)] = []
    /// Open addressing: one more than the index of a fingerprint, 0 where nothing is.
    private var slots: [UInt32]

    init() {
        slots = Array(repeating: 0, count: 1 << 16)
    }

    var count: Int { fingerprints.count }

    /// The number of the world if it is new.
    mutating func insert(_ fingerprint: Fingerprint, parent: Int, move: Int) -> Int? {
        if (fingerprints.count + 1) * 2 > slots.count { grow() }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: fingerprint.low) & mask
        while slots[slot] != 0 {
            if fingerprints[Int(slots[slot]) - 1] == fingerprint { return nil }
            slot = (slot + 1) & mask
        }
        fingerprints.append(fingerprint)
        origins.append((UInt32(parent), UInt16(move)))
        slots[slot] = UInt32(fingerprints.count)
        return fingerprints.count - 1
    }

    /// The numbers of the steps that lead from the first world to one, which has been reached by the fewest steps.
    func moves(to number: Int) -> [Int] {
        var result: [Int] = []
        var number = number
        while number != 0 {
            result.append(Int(origins[number].move))
            number = Int(origins[number].parent)
        }
        return result.reversed()
    }

    private mutating func grow() {
        var larger = [UInt32](repeating: 0, count: slots.count * 2)
        let mask = larger.count - 1
        for (index, fingerprint) in fingerprints.enumerated() {
            var slot = Int(truncatingIfNeeded: fingerprint.low) & mask
            while larger[slot] != 0 { slot = (slot + 1) & mask }
            larger[slot] = UInt32(index + 1)
        }
        slots = larger
    }
}
