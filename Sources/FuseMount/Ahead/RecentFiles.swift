import SnapshotView

/// The files whose bytes the kernel was given last, and so has in its page cache, unless it needed the memory.
struct RecentFiles {
    private let countMax: Int
    private var nodes: Set<NodeID> = []
    private var order: [NodeID] = []
    private var oldest = 0

    /// Remembers up to `countMax` files, at least 1.
    init(countMax: Int) {
        self.countMax = countMax
    }

    func contains(_ node: NodeID) -> Bool {
        nodes.contains(node)
    }

    /// Adds a file, in the place of the one that was added first if there are too many. Returns whether it is new.
    mutating func insert(_ node: NodeID) -> Bool {
        guard nodes.insert(node).inserted else { return false }
        if order.count < countMax {
            order.append(node)
        } else {
            nodes.remove(order[oldest])
            order[oldest] = node
            oldest = (oldest + 1) % countMax
        }
        return true
    }

    /// Forgets all of them: the kernel has.
    mutating func removeAll() {
        self = RecentFiles(countMax: countMax)
    }
}
