import Repository
import Synchronization

/// The nodes that somebody holds a reference to, by number.
///
/// It holds what the kernel holds and nothing else: a node leaves with its last reference. Numbers are computed from
/// what a node is, so a node that comes back has its old number. A directory is an object. Everything else below a
/// snapshot, of which there are many, is 32 bytes that say where its entry stands; its object is made for who asks.
/// Thread-safe; the table is divided, so that threads seldom wait for each other.
final class NodeTable: Sendable {
    private final class Shard: Sendable {
        let slots = Mutex(FlatTable<NodeSlot>())

        deinit {
            slots.withLock { slots in slots.forEach { $0.release() } }
        }
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
        let found: NodeSlot.Held? = shard(of: id).slots.withLock { slots in
            slots.position(of: id.rawValue).map { slots[$0].held }
        }
        switch found {
        case nil: return nil
        case .object(let node)?: return node
        case .leaf(let reference, let directory, let probe)?:
            return Node(leaf: id, reference, in: directory, number: id.rawValue &- probe)
        }
    }

    /// The node at the number `wanted`, if `isSame` knows it, or a new one; with one more reference in either case.
    ///
    /// When the number belongs to another node, the numbers that follow are tried.
    func reference(_ wanted: UInt64, isSame: (Node) -> Bool, make: (NodeID) -> Node) -> Node? {
        for probe in 0..<Self.probesMax {
            let id = NodeID(rawValue: wanted &+ probe)
            guard id.rawValue > 1 else { continue }
            let found: Node? = shard(of: id).slots.withLock { slots in
                if let position = slots.position(of: id.rawValue) {
                    guard case .object(let node) = slots[position].held, isSame(node) else { return nil }
                    slots[position].addReference()
                    return node
                }
                let node = make(id)
                slots.insert(NodeSlot(node), for: id.rawValue)
                return node
            }
            if let found { return found }
        }
        return nil
    }

    /// The number of the entry at `reference`, which is no directory; with one more reference. nil if none is free.
    ///
    /// - Parameters:
    ///   - wanted: its inode number.
    ///   - entry: what stands at `reference`.
    func referenceLeaf(
        _ wanted: UInt64, _ reference: EntryReference, _ entry: PageEntry, in directory: Node
    ) -> NodeID? {
        for probe in 0..<Self.probesMax {
            let id = NodeID(rawValue: wanted &+ probe)
            guard id.rawValue > 1 else { continue }
            let isHeld = shard(of: id).slots.withLock { slots in
                if let position = slots.position(of: id.rawValue) {
                    guard slots[position].isLeaf(reference, entry) else { return false }
                    slots[position].addReference()
                    return true
                }
                slots.insert(NodeSlot(reference, in: directory, probe: probe), for: id.rawValue)
                return true
            }
            if isHeld { return id }
        }
        return nil
    }

    /// Gives back `count` references to a node.
    func forget(_ id: NodeID, count: UInt64) {
        guard id != .top else { return }
        // What the slot holds dies outside of the lock: with it may go a long chain of parents.
        let dropped: NodeSlot? = shard(of: id).slots.withLock { slots in
            guard let position = slots.position(of: id.rawValue) else { return nil }
            guard slots[position].dropReferences(count) else { return nil }
            let slot = slots[position]
            slots.remove(at: position)
            return slot
        }
        dropped?.release()
    }

    private func shard(of id: NodeID) -> Shard {
        shards[Int(id.rawValue % Self.shardCount)]
    }
}
