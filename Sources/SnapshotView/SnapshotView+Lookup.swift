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
            return page.index(named: name).map { EntryReference(page: page, position: $0) }
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
    ///
    /// - Parameter versionName: what a list of versions calls it, for an entry that was found by that.
    func child(
        _ reference: EntryReference, in directory: Node, versionName: [UInt8]? = nil
    ) throws(ViewError) -> Node {
        try checkDepth(below: directory)
        let entry = reference.entry
        let prefix = numbers.pathPrefix(parent: directory.pathHash)
        let (path, number) = reference.page.withUnsafeBytes { bytes in
            let path = numbers.path(prefix, name: UnsafeRawBufferPointer(rebasing: bytes[entry.name]))
            return (path, numbers.number(of: entry, in: reference.page, bytes, path: path, root: directory.rootHash))
        }
        if entry.type == .directory || !options.sharesNodes {
            return try childPlace(
                reference, entry, in: directory, versionName: versionName, number: number, path: path)
        }
        guard let id = nodes.referenceLeaf(number, reference, entry, in: directory) else { throw .damaged }
        return Node(leaf: id, reference, in: directory, number: number)
    }

    /// Refuses a directory whose entries would lie too deep.
    func checkDepth(below directory: Node) throws(ViewError) {
        guard directory.depth >= Limits.treeDepthMax else { return }
        log.report(directory.path, reason: "directories are nested deeper than \(Limits.treeDepthMax)")
        throw .damaged
    }

    /// The node of an entry that has one for each place that it is seen at, with one more reference.
    func childPlace(
        _ reference: EntryReference, _ entry: PageEntry, in directory: Node, versionName: [UInt8]? = nil,
        number: UInt64, path: UInt64
    ) throws(ViewError) -> Node {
        // Two names of one file in one directory have equal numbers, two versions of one name have equal paths, and a
        // version that came back has both and another name in the list.
        var place = entry.type == .directory ? number : number ^ path
        if let versionName { place = numbers.path(parent: place, name: versionName) }
        let node = nodes.reference(numbers.directoryNode(parent: directory.id, number: place)) { node in
            guard node.number == number, case .entry(let known) = node.kind else { return false }
            guard known.isSame(as: reference, entry), node.parent === directory else { return false }
            return node.name == reference.page.copy(entry.name) && node.versionName == versionName
        } make: { id in
            Node(
                id: id, parent: directory, name: reference.page.copy(entry.name), versionName: versionName,
                kind: .entry(reference), number: number,
                place: TreePlace(pathHash: path, rootHash: directory.rootHash, depth: directory.depth + 1))
        }
        guard let node else { throw .damaged }
        return node
    }
}
