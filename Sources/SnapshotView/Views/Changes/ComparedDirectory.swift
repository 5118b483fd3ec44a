import Repository
import SystemInterface

/// A directory that both snapshots have, with what differs in one way: what was added or changed as the newer snapshot
/// has it, what was removed as the older one had it.
///
/// It shows a subdirectory of both only if something below differs in that way, so that find(1) prints the differences
/// and the directories that lead to them. A subdirectory that only one snapshot has is shown whole. A directory has
/// itself changed when its owner, permissions or extended attributes did; its times follow from its entries.
///
/// Its attributes are those of the directory that it stands for, access control lists too: what a snapshot keeps from
/// somebody's eyes, a comparison does.
struct ComparedDirectory: AddedNode {
    let kind: ChangeKind
    let old: TreeEntry
    let new: TreeEntry
    let treePlace: TreePlace

    var type: FileType { .directory }
    var place: TreePlace? { treePlace }
    var extendedAttributes: ExtendedAttributeSet? { shown.extendedAttributes }
    var absenceValiditySeconds: Double { ViewLimits.foreverValiditySeconds }

    private var shown: TreeEntry { kind == .removed ? old : new }

    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        var attributes = AddedAttributes(changed: shown.changed)
        attributes.permissions = shown.permissions
        attributes.owner = (shown.userID, shown.groupID)
        attributes.modified = shown.modified
        attributes.validitySeconds = ViewLimits.foreverValiditySeconds
        attributes.nameValiditySeconds = ViewLimits.foreverValiditySeconds
        return attributes
    }

    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        let (left, right) = try opened(node, in: view)
        let difference = try view.reading(node, name: name) { () throws(RepositoryError) in
            TreeDifference(old: try left.entry(named: name), new: try right.entry(named: name))
        }
        return difference.flatMap { child($0, in: view) }
    }

    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError) {
        let (left, right) = try opened(node, in: view)
        var comparison = TreeComparison(old: left, new: right, from: Self.place(at: position))
        while true {
            let difference = try view.reading(node) { () throws(RepositoryError) in try comparison.next() }
            guard let difference else { return }
            guard let child = child(difference, in: view) else { continue }
            guard try offer(difference.name, child, Self.position(behind: comparison.position)) else { return }
        }
    }

    private func opened(
        _ node: Node, in view: SnapshotView
    ) throws(ViewError) -> (old: TreeDirectory, new: TreeDirectory) {
        let trees = try view.reading(node) { () throws(RepositoryError) in (try Self.tree(old), try Self.tree(new)) }
        return try view.reading(node) { () throws(RepositoryError) in
            (try Self.directory(trees.0, in: view), try Self.directory(trees.1, in: view))
        }
    }

    /// A directory whose every position can be told: pages that both share are counted and not read, so that somebody may
    /// claim any number of entries.
    private static func directory(_ tree: ChunkID, in view: SnapshotView) throws(RepositoryError) -> TreeDirectory {
        let directory = try view.directories.directory(tree)
        guard directory.entryCount <= ViewLimits.comparedEntriesMax else {
            throw RepositoryError(
                .damaged,
                "directory \(tree) says that it has \(directory.entryCount) entries; "
                    + "up to \(ViewLimits.comparedEntriesMax) are compared")
        }
        return directory
    }

    static func tree(_ entry: TreeEntry) throws(RepositoryError) -> ChunkID {
        guard case .tree(let tree) = entry.content else {
            throw RepositoryError(.notSaved, "the directory could not be read when the backup was made")
        }
        return tree
    }

    /// What a difference looks like here, or nil if it is of another kind.
    private func child(_ difference: TreeDifference, in view: SnapshotView) -> AddedChild? {
        switch (difference, kind) {
        case (.added(let entry), .added), (.replaced(_, let entry), .added): Self.entry(entry, in: new)
        case (.removed(let entry), .removed), (.replaced(let entry, _), .removed): Self.entry(entry, in: old)
        case (.changed(_, let entry), .changed): Self.entry(entry, in: new)
        case (.directories(let old, let new), _): directory(old, new, in: view)
        default: nil
        }
    }

    private static func entry(_ entry: TreeEntry, in directory: TreeEntry) -> AddedChild? {
        guard case .tree(let tree) = directory.content else { return nil }
        return .entry(TreeLocation(tree: tree, name: entry.name, isOfNode: false))
    }

    private func directory(_ old: TreeEntry, _ new: TreeEntry, in view: SnapshotView) -> AddedChild? {
        let isChanged = kind == .changed && !old.isSameDirectory(as: new)
        guard isChanged || view.comparisons.mayDiffer(old, new, by: kind) else { return nil }
        let path = view.numbers.path(parent: treePlace.pathHash, name: new.name)
        let place = TreePlace(pathHash: path, rootHash: treePlace.rootHash, depth: treePlace.depth + 1)
        return .added(ComparedDirectory(kind: kind, old: old, new: new, treePlace: place))
    }

    // MARK: Positions

    /// How many bits of a position are the newer directory's; the older one's are above.
    private static var bits: UInt64 { UInt64(ViewLimits.comparedEntryBits) }

    private static func position(behind place: TreeComparison.Position) -> UInt64 {
        UInt64(place.old) << bits | UInt64(place.new)
    }

    private static func place(at position: UInt64) -> TreeComparison.Position {
        TreeComparison.Position(old: Int(position >> bits), new: Int(position & (1 << bits - 1)))
    }
}
