import Coding

/// Writes a directory: entries come in byte order of their names, pages go to the session.
public struct TreeBuilder {
    private let session: WriteSession
    private var pages: PageTreeBuilder
    private var entries: [TreeEntry] = []
    private var encoded = ByteWriter()
    /// The owners that the open page names, and the bytes that its tables of names have for that.
    private var owners: Set<Owner> = []
    private var ownerBytes = 0
    private var lastName: [UInt8]?

    private enum Owner: Hashable {
        case user(UInt32)
        case group(UInt32)
    }

    /// A builder of one directory.
    public init(session: WriteSession) {
        self.session = session
        pages = PageTreeBuilder(session: session, kind: .treePage)
    }

    /// Adds the next entry.
    ///
    /// Throws `.invalidArgument` for what the format cannot hold, and whatever storing a page throws.
    public mutating func add(_ entry: TreeEntry) throws(RepositoryError) {
        if let fault = TreeEntry.nameFault(entry.name) { throw RepositoryError(.invalidArgument, fault) }
        precondition(lastName?.lexicographicallyPrecedes(entry.name) ?? true, "entries come in order")
        lastName = entry.name
        var entry = entry
        entry.userName = Self.storable(entry.userName)
        entry.groupName = Self.storable(entry.groupName)
        entry.encode(to: &encoded)
        entries.append(entry)
        count(.user(entry.userID), entry.userName)
        count(.group(entry.groupID), entry.groupName)
        let isCut = encoded.count >= Limits.treePageBytesMin && Self.cuts(entry.name)
        let isFull = max(encoded.count, ownerBytes) >= Limits.treePageBytesTarget
        if isCut || isFull { try closePage() }
    }

    /// Adds the entries of a leaf page of another directory, which the repository has as `id`: between two pages only.
    ///
    /// It must not be the page that ends that directory, which no name cut.
    public mutating func add(_ page: TreePage, id: ChunkID) throws(RepositoryError) {
        precondition(entries.isEmpty && page.count > 0, "a page begins where another ends")
        let first = page.name(at: 0)
        precondition(lastName?.lexicographicallyPrecedes(first) ?? true, "entries come in order")
        lastName = page.name(at: page.count - 1)
        try pages.add(PageReference(weight: UInt64(page.count), firstName: first, page: id))
    }

    /// Stores what is left, and returns the directory's root page.
    public mutating func finish() throws(RepositoryError) -> ChunkID {
        if lastName == nil {
            return try session.add(TreePage.encode([], encoded: []).span, .treePage)
        }
        if !entries.isEmpty { try closePage() }
        return try pages.finish()
    }

    /// Counts what the page's tables hold of an owner: five bytes at most of its number, two of the name's length.
    private mutating func count(_ owner: Owner, _ name: String?) {
        guard let name, owners.insert(owner).inserted else { return }
        ownerBytes += 7 + name.utf8.count
    }

    private mutating func closePage() throws(RepositoryError) {
        let page = TreePage.encode(entries, encoded: encoded.bytes)
        guard page.count <= Limits.treePageBytesMax else {
            throw RepositoryError(.invalidArgument, "a page of a directory has \(page.count) bytes")
        }
        let id = try session.add(page.span, .treePage)
        try pages.add(PageReference(weight: UInt64(entries.count), firstName: entries[0].name, page: id))
        entries.removeAll(keepingCapacity: true)
        encoded = ByteWriter(capacity: Limits.treePageBytesTarget)
        owners.removeAll(keepingCapacity: true)
        ownerBytes = 0
    }

    /// Whether a page ends behind `name`: one name in 256, whatever stands around it.
    ///
    /// FNV-1a (Fowler, Noll, Vo; 64 bits), whose low bits are mixed by a multiplication and a shift. It need not be
    /// secret: pages are sealed in bundles, and a name that never cuts is bounded by `treePageBytesTarget`.
    private static func cuts(_ name: [UInt8]) -> Bool {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return (hash &* 0x9E37_79B9_7F4A_7C15) >> 56 == 0
    }

    private static func storable(_ name: String?) -> String? {
        guard let name, !name.isEmpty, name.utf8.count <= Limits.accountNameBytesMax else { return nil }
        return name
    }
}
