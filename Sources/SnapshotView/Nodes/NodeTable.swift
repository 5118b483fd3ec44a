import Synchronization

/// The nodes that somebody holds a reference to, by number.
///
/// It holds what the kernel holds and nothing else: a node leaves with its last reference. Numbers are computed from
/// what a node is, so a node that comes back has its old number. Thread-safe; the table is divided, so that threads
/// seldom wait for each other.
final class NodeTable: Sendable {
    private struct Slot {
        let node: Node
        var references: UInt64
    }

    private final class Shard: Sendable {
        let slots = Mutex<[NodeID: Slot]>([:])
    }

    private static let shardCount: UInt64 = 16
    /// How many numbers are tried for a node whose number is taken. Two nodes meet once in 2^64.
    private static let probesMax: UInt64 = 64

    private let top: Node
    private let shards: [Shard]

    init(top: Node) {
        self.top = top
        self.shards = (0..<Self.shardCount).map { _ in Shard() }
    }

    /// How many nodes are held, without the top.
    var count: Int {
        shards.reduce(0) { sum, shard in sum + shard.slots.withLock { $0.count } }
    }

    /// The node of a number, or nil.
    func node(_ id: NodeID) -> Node? {
        if id == .top { return top }
        return shard(of: id).slots.withLock { $0[id]?.node }
    }

    /// The node at the number `wanted`, if `isSame` knows it, or a new one; with one more reference in either case.
    ///
    /// When the number belongs to another node, the numbers that follow are tried.
    func reference(_ wanted: UInt64, isSame: (Node) -> Bool, make: (NodeID) -> Node) -> Node? {
        for probe in 0..<Self.probesMax {
            let id = NodeID(rawValue: wanted &+ probe)
            guard id.rawValue > 1 else { continue }
            let found: Node? = shard(of: id).slots.withLock { slots in
                if let slot = slots[id] {
                    guard isSame(slot.node) else { return nil }
                    slots[id]?.references += 1
                    return slot.node
                }
                let node = make(id)
                slots[id] = Slot(node: node, references: 1)
                return node
            }
            if let found { return found }
        }
        return nil
    }

    /// Gives back `count` references to a node.
    func forget(_ id: NodeID, count: UInt64) {
        guard id != .top else { return }
        // The node dies outside of the lock: with it may go a long chain of parents.
        let dropped: Node? = shard(of: id).slots.withLock { slots in
            guard var slot = slots[id] else { return nil }
            guard slot.references > count else { return slots.removeValue(forKey: id)?.node }
            slot.references -= count
            slots[id] = slot
            return nil
        }
        _ = dropped
    }

    private func shard(of id: NodeID) -> Shard {
        shards[Int(id.rawValue % Self.shardCount)]
    }
}
