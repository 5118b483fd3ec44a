import Repository

/// A place between the entries of a directory, as a walk in the order of listings meets it.
public struct WalkPosition: Hashable, Sendable {
    /// The directory.
    public var directory: NodeID
    /// How many of its entries lie before the place.
    public var index: Int

    /// The place in `directory` behind so many entries.
    public init(_ directory: NodeID, _ index: Int) {
        self.directory = directory
        self.index = index
    }
}

/// A regular file that a walk will meet, and that somebody holds a reference to.
public struct FileAhead: Hashable, Sendable {
    /// The file.
    public var node: NodeID
    /// Its size in bytes, at least 1.
    public var size: UInt64
    /// The place before it.
    public var position: WalkPosition

    /// Describes a file.
    public init(node: NodeID, size: UInt64, position: WalkPosition) {
        self.node = node
        self.size = size
        self.position = position
    }
}

/// A stretch of a walk.
public struct WalkStretch: Sendable {
    /// The files that were met, in order.
    public var files: [FileAhead]
    /// Where the walk goes on.
    public var end: WalkPosition
    /// Whether what comes next is not referred to by anybody yet: its directory has not been listed.
    public var isBlocked: Bool
}

/// What comes behind a file: for those who read ahead. Nothing here fails or is logged; whoever reads what is damaged
/// meets it there.
extension SnapshotView {
    /// The place before an entry below a snapshot's root; nil for everything else.
    public func walkPosition(of id: NodeID) -> WalkPosition? {
        guard let node = nodes.node(id), let parent = node.parent, case .entry(let reference) = node.kind,
            let opened = openedDirectory(parent)
        else { return nil }
        guard opened.pageCount > 1 else { return WalkPosition(parent.id, reference.position) }
        let name = reference.page.name(at: reference.position)
        guard let page = try? directories.page(opened.pageIndex(ofName: name), of: opened),
            let index = page.index(named: name)
        else { return nil }
        return WalkPosition(parent.id, page.firstIndex + index)
    }

    /// The regular files with bytes that a walk meets from `start` on: entries in the order of listings, a directory's
    /// own where it stands, and behind the end of a directory what follows it in its parent.
    ///
    /// Gives up to `countMax` files, after a look at up to `entriesMax` entries. It stops before the first entry that
    /// nobody refers to: who asks by node cannot know it.
    public func filesAhead(from start: WalkPosition, countMax: Int, entriesMax: Int) -> WalkStretch {
        var walk = WalkStretch(files: [], end: start, isBlocked: false)
        var entriesLeft = entriesMax
        while entriesLeft > 0, walk.files.count < countMax, !walk.isBlocked {
            entriesLeft -= 1
            guard let directory = nodes.node(walk.end.directory), let opened = openedDirectory(directory) else {
                walk.isBlocked = true
                break
            }
            if walk.end.index < opened.entryCount {
                goOn(&walk, in: directory, opened, countMax: countMax, entriesLeft: &entriesLeft)
            } else if let place = walkPosition(of: directory.id) {
                walk.end = WalkPosition(place.directory, place.index + 1)
            } else {
                walk.isBlocked = true
            }
        }
        return walk
    }

    /// Goes through the rest of a page, or to the first directory in it.
    private func goOn(
        _ walk: inout WalkStretch, in directory: Node, _ opened: TreeDirectory, countMax: Int, entriesLeft: inout Int
    ) {
        guard let page = try? directories.page(opened.pageIndex(ofEntry: walk.end.index), of: opened),
            (0..<page.count).contains(walk.end.index - page.firstIndex)
        else { return walk.isBlocked = true }
        while walk.end.index - page.firstIndex < page.count, entriesLeft > 0, walk.files.count < countMax {
            let position = walk.end.index - page.firstIndex
            let entry = page.entry(at: position)
            if entry.type == .directory || entry.hasBytes {
                guard let id = heldNode(of: entry, in: page, directory) else {
                    return walk.isBlocked = true
                }
                if entry.type == .directory { return walk.end = WalkPosition(id, 0) }
                walk.files.append(FileAhead(node: id, size: entry.size, position: walk.end))
            }
            walk.end.index += 1
            entriesLeft -= 1
        }
    }

    private func openedDirectory(_ directory: Node) -> TreeDirectory? {
        guard case .tree(let tree) = directory.content else { return nil }
        return try? directories.directory(tree)
    }

    /// The node of an entry, if somebody refers to it. No reference is added.
    private func heldNode(of entry: PageEntry, in page: TreePage, _ directory: Node) -> NodeID? {
        let prefix = numbers.pathPrefix(parent: directory.pathHash)
        let number = page.withUnsafeBytes { bytes in
            let path = numbers.path(prefix, name: UnsafeRawBufferPointer(rebasing: bytes[entry.name]))
            return numbers.number(of: entry, in: page, bytes, path: path, root: directory.rootHash)
        }
        let isDirectory = entry.type == .directory
        let id = NodeID(rawValue: isDirectory ? numbers.directoryNode(parent: directory.id, number: number) : number)
        // Where two numbers met, it is another's node, or that of a directory elsewhere: then this is not read ahead.
        guard let node = nodes.node(id), node.number == number, !isDirectory || node.parent === directory else {
            return nil
        }
        return id
    }
}

extension PageEntry {
    /// Whether it is a regular file that can be read and is not empty.
    fileprivate var hasBytes: Bool { type == .regular && size > 0 && content != .unreadable }
}
