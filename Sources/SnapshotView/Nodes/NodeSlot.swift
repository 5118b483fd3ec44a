import Repository

/// What a node number leads to, in 24 bytes: an object, or the place of an entry that is no directory.
///
/// It holds what it points to until `release`.
struct NodeSlot: BitwiseCopyable, Sendable {
    /// What is found under a number.
    enum Held: Sendable {
        case object(Node)
        /// An entry, the directory it was found in, and how far its node number is from its inode number.
        case leaf(EntryReference, directory: Node, probe: UInt64)
    }

    /// The page of a leaf, or nil for an object.
    private let page: Unmanaged<TreePage>?
    /// The object, or the directory of a leaf.
    private let node: Unmanaged<Node>
    /// References (40 bits), the number of probes (8), the position in the page (16): a page has at most 16,384 entries.
    private var packed: UInt64

    private static let referencesMax: UInt64 = (1 << 40) - 1

    /// Holds an object, with one reference.
    init(_ object: Node) {
        page = nil
        node = Unmanaged.passRetained(object)
        packed = 1 << 24
    }

    /// Holds a leaf, with one reference.
    init(_ reference: EntryReference, in directory: Node, probe: UInt64) {
        page = Unmanaged.passRetained(reference.page)
        node = Unmanaged.passRetained(directory)
        packed = 1 << 24 | (probe & 0xff) << 16 | UInt64(UInt16(reference.position))
    }

    /// Lets go of what it holds; it must not be used any more.
    func release() {
        page?.release()
        node.release()
    }

    /// What it holds.
    var held: Held {
        let node = node.takeUnretainedValue()
        guard let page = page?.takeUnretainedValue() else { return .object(node) }
        return .leaf(EntryReference(page: page, position: position), directory: node, probe: packed >> 16 & 0xff)
    }

    /// Whether it is the leaf of the version at `reference`, where `entry` stands.
    func isLeaf(_ reference: EntryReference, _ entry: PageEntry) -> Bool {
        guard let page = page?.takeUnretainedValue() else { return false }
        if page === reference.page, position == reference.position { return true }
        return EntryReference(page: page, position: position).isSame(as: reference, entry)
    }

    /// Counts one more reference. Nobody can give back more than the counter holds, so it stays there for ever.
    mutating func addReference() {
        if references < Self.referencesMax { packed += 1 << 24 }
    }

    /// Counts references that were given back; true if none is left.
    mutating func dropReferences(_ count: UInt64) -> Bool {
        guard references < Self.referencesMax else { return false }
        guard references > count else { return true }
        packed -= count << 24
        return false
    }

    private var references: UInt64 { packed >> 24 }
    private var position: Int { Int(packed & 0xffff) }
}
