import Repository

/// Writes the tree of one snapshot again without what is lost in it; what has lost nothing is taken over as it is.
///
/// Directories are kept on a stack of their own: a tree may be deeper than a thread's stack.
struct TreeRepair {
    private struct Frame {
        /// The directory as it was.
        var entry: TreeEntry
        let root: ChunkID
        let directory: TreeDirectory
        var builder: TreeBuilder
        var nextPage = 0
        var pending: ArraySlice<TreeEntry> = []
    }

    private let source: ChunkSource
    /// What was written for a directory that has lost something, by its root page; while that is going on, unreadable: no
    /// directory lies in itself.
    private var written: [ChunkID: EntryContent] = [:]

    init(repository: Repository) {
        source = repository.makeSource()
    }

    /// `root`, a directory, with all below it, as `session` has stored it without what `walk` says is lost. Throws where
    /// something else cannot be read: nobody would be told of it.
    mutating func repaired(
        _ root: TreeEntry, _ walk: inout TreeCheck, _ session: WriteSession
    ) throws(RepositoryError) -> TreeEntry {
        var stack: [Frame] = []
        guard let frame = try open(root, &walk, session) else { return try repairedItself(root, &walk) }
        stack.append(frame)
        while var frame = stack.popLast() {
            if let entry = frame.pending.popFirst() {
                // The walk does not go deeper, either.
                if stack.count < Limits.treeDepthMax, let below = try open(entry, &walk, session) {
                    stack.append(frame)
                    stack.append(below)
                } else {
                    try frame.builder.add(try repairedItself(entry, &walk))
                    stack.append(frame)
                }
            } else if frame.nextPage < frame.directory.pageCount {
                frame.pending = (try readable(frame.directory, frame.nextPage, walk))[...]
                frame.nextPage += 1
                stack.append(frame)
            } else {
                let content = EntryContent.tree(try frame.builder.finish())
                written[frame.root] = content
                let entry = try repairedItself(frame.entry, &walk)
                guard var parent = stack.popLast() else { return entry }
                try parent.builder.add(entry)
                stack.append(parent)
            }
        }
        return root
    }

    /// The directory that `entry` is, if something below it is lost, it was not written yet, and it can be read at all.
    private mutating func open(
        _ entry: TreeEntry, _ walk: inout TreeCheck, _ session: WriteSession
    ) throws(RepositoryError) -> Frame? {
        guard case .tree(let id) = entry.content, written[id] == nil, walk.hasLosses(below: id) else { return nil }
        written[id] = .unreadable
        do {
            return Frame(
                entry: entry, root: id, directory: try TreeDirectory(id, source: source),
                builder: TreeBuilder(session: session))
        } catch {
            guard error.isFinding, walk.hasLost(nil, of: id) else { throw Self.unexpected(error) }
            return nil
        }
    }

    /// The entry without what is lost of itself; a directory as it was written.
    private mutating func repairedItself(
        _ entry: TreeEntry, _ walk: inout TreeCheck
    ) throws(RepositoryError) -> TreeEntry {
        var entry = entry
        if try !walk.lossesOfEntryItself(entry).isEmpty { entry.extendedAttributes = .inline([]) }
        if case .tree(let id) = entry.content {
            // What has lost something and was not written lies too deep.
            entry.content = written[id] ?? (walk.hasLosses(below: id) ? .unreadable : entry.content)
        } else if try !walk.lossesOfContent(entry).isEmpty {
            entry.content = .unreadable
        }
        return entry
    }

    /// The entries of a page; none of one that is lost, whose names nobody knows.
    private func readable(
        _ directory: TreeDirectory, _ page: Int, _ walk: TreeCheck
    ) throws(RepositoryError) -> [TreeEntry] {
        do {
            return try directory.page(page).entries
        } catch {
            guard error.isFinding, walk.hasLost(page, of: directory.root) else { throw Self.unexpected(error) }
            return []
        }
    }

    private static func unexpected(_ error: RepositoryError) -> RepositoryError {
        guard error.isFinding else { return error }
        return RepositoryError(
            error.code, object: error.object,
            "\(error.reason); a moment ago it could be read, so no copy is made without it: repeat the repair")
    }
}
