import Coding

/// The leaves below a root page, in order, found by reading inner pages only.
struct PageTree: Sendable {
    /// A leaf, and how much lies before it.
    struct Leaf: Sendable {
        let start: UInt64
        let weight: UInt64
        let firstName: [UInt8]
        let page: ChunkID
    }

    let leaves: [Leaf]
    /// The pages above the leaves.
    let innerPages: [ChunkID]
    /// The weight of all leaves; nil when the root itself is a leaf, which alone knows its weight.
    let weight: UInt64?

    /// Reads the inner pages below `root`.
    init(root: ChunkID, kind: ChunkKind, source: ChunkSource) throws(RepositoryError) {
        let page = try source.chunk(root, kind)
        guard let rootLevel = page.first, rootLevel > 0 else {
            leaves = [Leaf(start: 0, weight: 0, firstName: [], page: root)]
            innerPages = []
            weight = nil
            return
        }
        var level = Int(rootLevel)
        var references = [PageReference(weight: 0, firstName: [], page: root)]
        var innerPages: [ChunkID] = []
        while level > 0 {
            innerPages += references.map(\.page)
            var below: [PageReference] = []
            for reference in references {
                let items = try Self.innerPage(reference, level: level, kind: kind, source: source)
                guard below.count + items.count <= Limits.treeLeafPagesMax else {
                    throw RepositoryError(.damaged, "page \(root) has more than \(Limits.treeLeafPagesMax) leaves")
                }
                below += items
            }
            references = below
            level -= 1
        }
        var leaves: [Leaf] = []
        leaves.reserveCapacity(references.count)
        var start: UInt64 = 0
        for reference in references {
            leaves.append(
                Leaf(start: start, weight: reference.weight, firstName: reference.firstName, page: reference.page))
            let (end, overflow) = start.addingReportingOverflow(reference.weight)
            guard !overflow, end <= Limits.fileBytesMax else {
                throw RepositoryError(.damaged, "the pages below page \(root) hold more than a file can")
            }
            start = end
        }
        if let fault = Self.fault(in: leaves, kind: kind) {
            throw RepositoryError(.damaged, "the pages below page \(root) are damaged: \(fault)")
        }
        self.leaves = leaves
        self.innerPages = innerPages
        weight = start
    }

    /// The name that ends what the leaf `index` may hold: the first of the next leaf, or nil for the last leaf.
    func firstName(behind index: Int) -> [UInt8]? {
        index + 1 < leaves.count ? leaves[index + 1].firstName : nil
    }

    /// What no writer writes, or nil: names out of order would hide entries or show them twice.
    private static func fault(in leaves: [Leaf], kind: ChunkKind) -> String? {
        guard kind == .treePage else {
            return leaves.allSatisfy(\.firstName.isEmpty) ? nil : "a list of chunks has a name"
        }
        var last: [UInt8]?
        for leaf in leaves {
            guard leaf.weight <= UInt64(Limits.treePageEntriesMax) else { return "a page of \(leaf.weight) entries" }
            guard last?.lexicographicallyPrecedes(leaf.firstName) ?? !leaf.firstName.isEmpty else {
                return "their names are out of order"
            }
            last = leaf.firstName
        }
        return nil
    }

    /// The number of the leaf that holds `position`, which must be below the tree's weight.
    func leafIndex(holding position: UInt64) -> Int {
        var low = 0
        var high = leaves.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if leaves[middle].start <= position { low = middle } else { high = middle }
        }
        return low
    }

    /// The number of the only leaf that may hold `name`.
    func leafIndex(holding name: [UInt8]) -> Int {
        var low = 0
        var high = leaves.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if name.lexicographicallyPrecedes(leaves[middle].firstName) { high = middle } else { low = middle }
        }
        return low
    }

    private static func innerPage(
        _ reference: PageReference, level: Int, kind: ChunkKind, source: ChunkSource
    ) throws(RepositoryError) -> [PageReference] {
        let page = try source.chunk(reference.page, kind)
        func damaged(_ reason: String) -> RepositoryError {
            RepositoryError(.damaged, "page \(reference.page) is damaged: \(reason)")
        }
        guard level <= Limits.pageLevelsMax else { throw damaged("level \(level)") }
        do {
            var reader = page.reader()
            guard try reader.uint8() == UInt8(level) else { throw reader.fault("it is not of level \(level)") }
            let items = try InnerPage.decode(&reader)
            // The root's own reference knows no weight and no name.
            if reference.weight != 0 {
                guard items.reduce(0, { $0 &+ $1.weight }) == reference.weight,
                    items[0].firstName == reference.firstName
                else { throw reader.fault("it does not hold what its parent says") }
            }
            return items
        } catch {
            throw damaged("\(error)")
        }
    }
}
