import Repository
import SystemInterface

extension SnapshotView {
    /// The node of what stands under `name` in a directory that the view adds, with one more reference.
    func node(
        of child: AddedChild, named name: [UInt8], in directory: Node
    ) throws(ViewError) -> Node? {
        switch child {
        case .added(let added): node(of: added, named: name, in: directory)
        case .snapshot(let member): snapshotRoot(member, in: directory)
        case .entry(let location):
            try self.child(
                try entry(at: location, of: directory),
                in: location.isOfNode ? directory.parent ?? directory : directory,
                versionName: location.isOfNode ? name : nil)
        }
    }

    private func entry(at location: TreeLocation, of directory: Node) throws(ViewError) -> EntryReference {
        let found = try entry(named: location.name, inTree: location.tree, of: directory)
        guard let found else {
            log.report(directory.path, reason: "directory \(location.tree) has lost an entry")
            throw .damaged
        }
        return found
    }

    private func node(of added: any AddedNode, named name: [UInt8], in directory: Node) -> Node? {
        let identity = added.identity
        var number = numbers.topNumber(parent: directory.number, name: name)
        if !identity.isEmpty { number = numbers.topNumber(parent: number, name: identity) }
        return nodes.reference(number) { node in
            guard case .added(let known) = node.kind else { return false }
            return node.parent === directory && node.name == name && known.identity == identity
        } make: { id in
            Node(id: id, parent: directory, name: name, kind: .added(added), number: number, place: added.place)
        }
    }

    /// The root of a snapshot as it stands in a list, with one more reference.
    private func snapshotRoot(_ member: SnapshotTable.Member, in directory: Node) -> Node? {
        let id = member.snapshot.id
        let number = numbers.snapshotRoot(parent: directory.number, snapshot: id)
        let root = numbers.rootPath(snapshotRoot: number)
        return nodes.reference(number) { node in
            guard case .snapshotRoot(let snapshot) = node.kind else { return false }
            return snapshot.id == id && node.parent === directory
        } make: { node in
            Node(
                id: node, parent: directory, name: member.name, kind: .snapshotRoot(member.snapshot), number: number,
                place: TreePlace(pathHash: root, rootHash: root, depth: 0))
        }
    }

    /// What the paths of a snapshot begin with below `snapshots`, and wherever else it is shown in parts.
    func rootHash(of snapshot: Snapshot) -> UInt64 {
        let list = numbers.topNumber(parent: top.number, name: TopName.snapshots.bytes)
        return numbers.rootPath(snapshotRoot: numbers.snapshotRoot(parent: list, snapshot: snapshot.id))
    }

    /// What paths below `versions` begin with: it counts as a snapshot of its own.
    var versionsPlace: TreePlace {
        let number = numbers.topNumber(parent: top.number, name: TopName.versions.bytes)
        let root = numbers.rootPath(snapshotRoot: number)
        return TreePlace(pathHash: root, rootHash: root, depth: 0)
    }

    /// What stat(2) says of something that the view adds.
    func attributes(of node: Node, _ added: any AddedNode) -> NodeAttributes {
        var own = added.attributes(of: node, in: self)
        // What is of the view alone belongs to who mounts, or to the user of `uid=`, whatever is shown of snapshots.
        if added.place != nil { options.presentation.apply(to: &own) }
        return NodeAttributes(
            node: node.id, inode: node.number, type: added.type, permissions: own.permissions, linkCount: 1,
            userID: own.owner?.userID ?? options.userID, groupID: own.owner?.groupID ?? options.groupID,
            size: own.size, blocks: added.type == .symbolicLink ? 0 : Self.blocks(ofBytes: own.size),
            deviceNumber: nil, modified: own.modified, changed: own.changed, born: nil,
            validitySeconds: own.validitySeconds, nameValiditySeconds: own.nameValiditySeconds)
    }
}
