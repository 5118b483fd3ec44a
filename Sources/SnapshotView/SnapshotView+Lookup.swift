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
        var isChanging = true
        switch directory.kind {
        case .top: found = TopName(name).flatMap { child($0) }
        case .groupList(let axis): found = child(named: name, of: axis, in: directory)
        case .snapshotList(let group): found = child(named: name, of: group, in: directory)
        case .latest: throw .notDirectory
        case .snapshotRoot, .entry:
            isChanging = false
            found = try child(named: name, inTree: directory)
        }
        if let found { return .found(attributes(of: found)) }
        return .absent(
            validitySeconds: isChanging ? ViewLimits.changingValiditySeconds : ViewLimits.foreverValiditySeconds)
    }

    // MARK: What the view adds

    /// A child of the top directory, with one more reference; nil for `latest` when there is no snapshot.
    func child(_ name: TopName) -> Node? {
        switch name {
        case .latest: latestLink(.all, in: top)
        case .snapshots: added(name.bytes, .snapshotList(.all), in: top)
        case .hosts: added(name.bytes, .groupList(.host), in: top)
        case .tags: added(name.bytes, .groupList(.tag), in: top)
        }
    }

    private func child(named name: [UInt8], of axis: GroupAxis, in directory: Node) -> Node? {
        guard let group = register.current().groups(of: axis).first(where: { $0.name == name }) else { return nil }
        return child(group, of: axis, in: directory)
    }

    /// The directory of a host or a tag, with one more reference.
    func child(_ group: SnapshotTable.Group, of axis: GroupAxis, in directory: Node) -> Node? {
        let text = String(decoding: group.name, as: UTF8.self)
        return added(group.name, .snapshotList(axis.group(text)), in: directory)
    }

    private func child(named name: [UInt8], of group: SnapshotGroup, in directory: Node) -> Node? {
        if name == TopName.latestName, group != .all { return latestLink(group, in: directory) }
        guard let member = register.current().member(named: name, in: group) else { return nil }
        return snapshotRoot(member, in: directory)
    }

    /// The root of a snapshot as it stands in a list, with one more reference.
    func snapshotRoot(_ member: SnapshotTable.Member, in directory: Node) -> Node? {
        let id = member.snapshot.id
        let number = numbers.snapshotRoot(parent: directory.number, snapshot: id)
        let root = numbers.rootPath(snapshotRoot: number)
        return nodes.reference(number) { node in
            guard case .snapshotRoot(let snapshot) = node.kind else { return false }
            return snapshot.id == id && node.parent === directory
        } make: { node in
            Node(
                id: node, parent: directory, name: member.name, kind: .snapshotRoot(member.snapshot), number: number,
                pathHash: root, rootHash: root)
        }
    }

    /// The link to the newest snapshot of a list, with one more reference.
    ///
    /// Another target is another node: whoever caches targets by node never shows an old one.
    func latestLink(_ group: SnapshotGroup, in directory: Node) -> Node? {
        guard let member = register.current().latest(in: group) else { return nil }
        let target = group == .all ? TopName.snapshots.bytes + [UInt8(ascii: "/")] + member.name : member.name
        let parent = numbers.topNumber(parent: directory.number, name: TopName.latestName)
        let number = numbers.topNumber(parent: parent, name: target)
        return nodes.reference(number) { node in
            guard case .latest(let known) = node.kind else { return false }
            return known == target && node.parent === directory
        } make: { node in
            Node(
                id: node, parent: directory, name: TopName.latestName, kind: .latest(target: target), number: number)
        }
    }

    private func added(_ name: [UInt8], _ kind: Node.Kind, in directory: Node) -> Node? {
        let number = numbers.topNumber(parent: directory.number, name: name)
        return nodes.reference(number) { node in
            node.parent === directory && node.name == name
        } make: { node in
            Node(id: node, parent: directory, name: name, kind: kind, number: number)
        }
    }

    // MARK: Below a snapshot's root

    private func child(named name: [UInt8], inTree directory: Node) throws(ViewError) -> Node? {
        let tree = try tree(of: directory)
        let found: EntryReference? = try reading(directory) { () throws(RepositoryError) in
            let opened = try directories.directory(tree)
            guard opened.entryCount > 0 else { return nil }
            let page = try directories.page(opened.pageIndex(ofName: name), of: opened)
            return page.index(named: name).map { EntryReference(entries: page.entries, position: $0) }
        }
        guard let found else { return nil }
        return try child(found, in: directory)
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
    /// under whatever name of a hard link, so that its bytes are cached once.
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
        let wanted = isDirectory ? numbers.directoryNode(parent: directory.id, number: number) : number
        let node = nodes.reference(wanted) { node in
            guard node.number == number, case .entry(let known) = node.kind else { return false }
            if isDirectory { return node.parent === directory && known.isSame(as: reference) }
            return known.isSame(as: reference)
        } make: { id in
            Node(
                id: id, parent: directory, name: entries[position].name, kind: .entry(reference), number: number,
                pathHash: path, rootHash: directory.rootHash, depth: directory.depth + 1)
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
