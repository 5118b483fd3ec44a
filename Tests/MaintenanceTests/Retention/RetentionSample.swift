import Coding
import Maintenance
import Repository
import SystemInterface
import TestSupport

/// Snapshots, policies and clocks that a seed makes up.
struct RetentionSample {
    /// The present: 2026-11-20, about noon.
    static let now = Timestamp(seconds: 1_795_176_000)

    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// A snapshot's name that depends on `number` alone.
    static func id(_ number: Int) -> SnapshotID {
        var writer = ByteWriter()
        for _ in 0..<4 { writer.uint64(UInt64(number).byteSwapped) }
        return SnapshotID(Bytes32(writer.bytes) ?? .zero)
    }

    /// Up to sixty snapshots: some within minutes, some within years, some of one second, some in the future.
    mutating func candidates() -> [RetentionCandidate] {
        let spread = [600, 86_400, 30 * 86_400, 1_000 * 86_400][generator.number(in: 0...3)]
        let own = (0..<generator.number(in: 1...60)).map { number in
            let back = generator.number(in: -spread / 50...spread)
            return RetentionCandidate(
                id: Self.id(number), started: Self.now.adding(seconds: Int64(-back)),
                host: generator.number(in: 0...4) == 0 ? "other" : "host",
                paths: generator.number(in: 0...4) == 0 ? ["/a", "/b"] : ["/b"],
                tags: generator.number(in: 0...5) == 0 ? ["keep"] : [],
                isPartial: generator.number(in: 0...4) == 0, isHeld: generator.number(in: 0...15) == 0,
                isUnclear: generator.number(in: 0...15) == 0)
        }
        // Repaired copies; of some the original is gone.
        let copies = own.enumerated().filter { _ in generator.number(in: 0...5) == 0 }.map { number, original in
            var copy = original
            (copy.id, copy.original, copy.isHeld) = (Self.id(1_000 + number), original.id, false)
            copy.started = Timestamp(seconds: original.started.seconds, nanoseconds: 1)
            return copy
        }
        return own.filter { _ in generator.number(in: 0...9) != 0 } + copies
    }

    /// A policy with at least one rule that counts.
    mutating func policy() -> RetentionPolicy {
        var policy = RetentionPolicy()
        if generator.number(in: 0...2) == 0 { policy.last = generator.number(in: 1...8) }
        for period in RetentionPeriod.allCases where generator.number(in: 0...2) == 0 {
            policy.periods[period] = generator.number(in: 1...8)
        }
        if generator.number(in: 0...3) == 0 {
            policy.within = RetentionDuration(seconds: Int64(generator.number(in: 1...20 * 86_400)))
        }
        if generator.number(in: 0...3) == 0 { policy.tags = ["keep"] }
        // Without such a rule a group may be left with nothing, which is refused.
        if policy.last == 0, policy.periods.isEmpty, policy.within == nil { policy.last = 1 }
        return policy
    }

    /// The same policy with one rule that keeps more.
    mutating func wider(than policy: RetentionPolicy) -> RetentionPolicy {
        var wider = policy
        switch generator.number(in: 0...3) {
        case 0: wider.last += generator.number(in: 1...5)
        case 1:
            wider.within = RetentionDuration(
                seconds: (policy.within?.seconds ?? 0) + Int64(generator.number(in: 1...864_000)))
        case 2: wider.tags.insert("keep")
        default:
            let period = RetentionPeriod.allCases[generator.number(in: 0...RetentionPeriod.allCases.count - 1)]
            wider.periods[period, default: 0] += generator.number(in: 1...5)
        }
        return wider
    }

    mutating func grouping() -> SnapshotGrouping { SnapshotGrouping(rawValue: UInt8(generator.number(in: 0...7))) }

    mutating func shuffled<Element>(_ elements: [Element]) -> [Element] { elements.shuffled(using: &generator) }
}
