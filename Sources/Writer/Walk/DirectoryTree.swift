import Repository

/// The tree of a directory that is being walked: the parent snapshot's for as long as every entry is the parent's, and
/// one that is written from the first difference on.
///
/// So a directory in which nothing changed costs no page: it is not encoded, not hashed and not looked for.
struct DirectoryTree {
    private let session: WriteSession
    /// The parent's directory while all that was added is its first `keptCount` entries.
    private var kept: TreeDirectory?
    private var keptCount = 0
    private var builder: TreeBuilder?

    /// An empty directory. `keeping` is the parent's, all of whose pages must be in the repository.
    init(session: WriteSession, keeping kept: TreeDirectory?) {
        self.session = session
        self.kept = kept
        builder = kept == nil ? TreeBuilder(session: session) : nil
    }

    /// Takes the entry `index` of the parent's directory as it is; false if that is not the next one.
    mutating func keep(_ index: Int) -> Bool {
        guard kept != nil, index == keptCount else { return false }
        keptCount += 1
        return true
    }

    /// Adds an entry; `before` is what the parent's directory has of this name.
    mutating func add(_ entry: TreeEntry, before: ParentMatch?) throws(RepositoryError) {
        if kept != nil, let before, before.index == keptCount, before.entry == entry {
            keptCount += 1
            return
        }
        try diverge()
        try builder?.add(entry)
    }

    /// The directory's root page.
    mutating func finish() throws(RepositoryError) -> ChunkID {
        if let kept, keptCount == kept.entryCount { return kept.root }
        try diverge()
        var builder = builder ?? TreeBuilder(session: session)
        return try builder.finish()
    }

    /// From here on the directory is another than the parent's: writes what was kept, whole pages as they are.
    private mutating func diverge() throws(RepositoryError) {
        guard let kept else { return }
        self.kept = nil
        var builder = TreeBuilder(session: session)
        for index in 0..<kept.pageCount {
            let leaf = kept.leaf(index)
            guard leaf.firstIndex < keptCount else { break }
            let page = try kept.page(index)
            let end = leaf.firstIndex + leaf.entryCount
            // The last page ends where the directory did, and may go on here.
            if end <= keptCount, end < kept.entryCount {
                try builder.add(page, id: leaf.id)
            } else {
                for entry in page.entries.prefix(keptCount - leaf.firstIndex) { try builder.add(entry) }
            }
        }
        self.builder = builder
    }
}
