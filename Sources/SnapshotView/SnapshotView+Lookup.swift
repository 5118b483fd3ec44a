import Repository
import SystemInterface

extension SnapshotView {
    /// The node of a name in a directory, with one more reference, or that the name is not there.
    ///
    /// Throws `.notDirectory` below something else and `.damaged` where the directory cannot be read: then nobody knows
    /// whether the name is there.
    public func lookup(_ name: [UInt8], in parent: NodeID) throws(ViewError) -> LookupResult {
        let directory = try node(parent)
        guard name.count <= Limits.nameBytesMax else { throw .nameTooLong }
        let found: Node?
        var absenceSeconds = ViewLimits.foreverValiditySeconds
        switch directory.kind {
        case .added(let added):
            let child = try added.child(named: name, of: directory, in: self)
            absenceSeconds = added.absenceValiditySeconds
            found = if let child { try node(of: child, named: name, in: directory) } else { nil }
        case .snapshotRoot, .entry:
            found = try child(named: name, inTree: directory)
        }
        if let found { return .found(attributes(of: found)) }
        return .absent(validitySeconds: absenceSeconds)
    }

    // MARK: Below a snapshot's root

    private func child(named name: [UInt8], inTree directory: Node) throws(ViewError) -> Node? {
        guard let found = try entry(named: name, inTree: try tree(of: directory), of: directory) else { return nil }
        return try child(found, in: directory)
    }

    /// The entry of a name in a tree that is read for `node`, or nil.
    func entry(
        named name: [UInt8], inTree tree: ChunkID, of node: Node
    ) throws(ViewError) -> EntryReference? {
        try reading(node) { () throws(RepositoryError) in
            let opened = try directories.directory(tree)
            guard opened.entryCount > 0 else { return nil }
            let page = try directories.page(opened.pageIndex(ofName: name), of: opened)
            return page.index(named: name).map { EntryReference(entries: page.entries, position: $0) }
        }
    }

    /// The tree of a directory.
    func tree(of directory: Node) throws(ViewError) -> ChunkID {
        guard directory.type == .directory else { throw .notDirectory }
        switch directory.content {
        case .tree(let tree): return tree
        case .unreadable:
            log.report(directory.path, reason: "the directory could not be read when the backup was made")
            throw .damaged
        default:
            log.report(directory.path, reason: "the directory has no tree")
            throw .damaged
        }
    }

    /// The node of an entry, with one more reference.
    ///
    /// Directories have a node for each place. Everything else of one version shares a node, in whatever snapshot and
    /// under whatever name of a hard link, so that its bytes are cached once; unless the options say that nothing is
    /// shared: then each name has a node.
    func child(_ reference: EntryReference, in directory: Node) throws(ViewError) -> Node {
        let entries = reference.entries
        let position = reference.position
        let isDirectory = entries[position].type == .directory
        guard directory.depth < Limits.treeDepthMax else {
            log.report(directory.path, reason: "directories are nested deeper than \(Limits.treeDepthMax)")
            throw .damaged
        }
        let path = numbers.path(parent: directory.pathHash, name: entries[position].name)
        let number = numbers.number(of: entries[position], path: path, root: directory.rootHash)
        let isPlace = isDirectory || !options.sharesNodes
        // Two names of one file in one directory have equal numbers, two versions of one name have equal paths.
        let place = isDirectory ? number : number ^ path
        let wanted = isPlace ? numbers.directoryNode(parent: directory.id, number: place) : number
        let node = nodes.reference(wanted) { node in
            guard node.number == number, case .entry(let known) = node.kind else { return false }
            guard known.isSame(as: reference) else { return false }
            return !isPlace || node.parent === directory && node.name == entries[position].name
        } make: { id in
            Node(
                id: id, parent: directory, name: entries[position].name, kind: .entry(reference), number: number,
                place: TreePlace(pathHash: path, rootHash: directory.rootHash, depth: directory.depth + 1))
        }
        guard let node else { throw .damaged }
        return node
    }
}

extension EntryReference {
    /// Whether both are of one version, given that their numbers are equal: a hash may collide, and then bytes of one
    /// file must not be shown as another's.
    fileprivate func isSame(as other: EntryReference) -> Bool {
        let (left, right) = (entries[position], other.entries[other.position])
        return left.type == right.type && left.size == right.size && left.content == right.content
            && left.symbolicLinkTarget == right.symbolicLinkTarget && left.permissions == right.permissions
            && left.userID == right.userID && left.groupID == right.groupID
    }
}
