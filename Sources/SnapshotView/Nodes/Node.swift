import Repository
import SystemInterface

/// One thing that can be seen: a place in the tree of the view.
///
/// A node keeps its parent alive, so its path is always known. It refers to its entry inside the directory's page that
/// all its neighbours share, rather than keeping a copy. Of what is no directory below a snapshot there is an object only
/// while somebody works with it: `NodeTable` keeps no more than where the entry stands.
final class Node: Sendable {
    /// What a node is.
    enum Kind: Sendable {
        /// What the view adds.
        case added(any AddedNode)
        /// The root of a snapshot.
        case snapshotRoot(Snapshot)
        /// An entry below a snapshot's root.
        case entry(EntryReference)
    }

    let id: NodeID
    let parent: Node?
    let name: [UInt8]
    /// Of a file found in its list of versions, and not shared with other places, its name there: then the path goes on
    /// behind `name`, which is the list's.
    let versionName: [UInt8]?
    let kind: Kind
    /// The inode number.
    let number: UInt64
    /// The hash of the path below the snapshot's root, for a directory below one.
    let pathHash: UInt64
    /// What the paths of this snapshot begin with.
    let rootHash: UInt64
    /// How many directories lie between this node and its snapshot's root.
    let depth: Int

    init(
        id: NodeID, parent: Node?, name: [UInt8], versionName: [UInt8]? = nil, kind: Kind, number: UInt64,
        place: TreePlace? = nil
    ) {
        self.id = id
        self.parent = parent
        self.name = name
        self.versionName = versionName
        self.kind = kind
        self.number = number
        self.pathHash = place?.pathHash ?? 0
        self.rootHash = place?.rootHash ?? 0
        self.depth = place?.depth ?? 0
    }

    /// The node of an entry that is no directory.
    convenience init(leaf id: NodeID, _ reference: EntryReference, in directory: Node, number: UInt64) {
        self.init(
            id: id, parent: directory, name: reference.page.name(at: reference.position), kind: .entry(reference),
            number: number, place: TreePlace(pathHash: 0, rootHash: directory.rootHash, depth: directory.depth + 1))
    }

    /// The path in the view, beginning with a slash.
    var path: [UInt8] {
        var names: [[UInt8]] = versionName.map { [$0] } ?? []
        var node = self
        while let parent = node.parent {
            names.append(node.name)
            node = parent
        }
        guard !names.isEmpty else { return [UInt8(ascii: "/")] }
        return names.reversed().reduce(into: []) { path, name in
            path.append(UInt8(ascii: "/"))
            path += name
        }
    }

    /// The snapshots that it is of: one below a snapshot's root, the older and the newer one of a comparison below that,
    /// and none elsewhere.
    var snapshots: [SnapshotID] {
        var node = self
        while true {
            switch node.kind {
            case .snapshotRoot(let snapshot): return [snapshot.id]
            case .added(let added as SnapshotChanges): return [added.old.id, added.new.id]
            case .added, .entry: break
            }
            guard let parent = node.parent else { return [] }
            node = parent
        }
    }

    /// What it is.
    var type: FileType {
        switch kind {
        case .added(let added): added.type
        case .snapshotRoot: .directory
        case .entry(let reference): reference.entry.type
        }
    }

    /// Where its bytes or entries are; `none` for what the view adds.
    var content: EntryContent {
        switch kind {
        case .snapshotRoot(let snapshot): snapshot.manifest.root.content
        case .entry(let reference): reference.page.content(of: reference.entry)
        default: .none
        }
    }

    /// Its extended attributes, or nil for what has none of its own.
    var extendedAttributes: ExtendedAttributeSet? {
        switch kind {
        case .snapshotRoot(let snapshot): snapshot.manifest.root.extendedAttributes
        case .entry(let reference): reference.page.extendedAttributes(of: reference.entry)
        case .added(let added): added.extendedAttributes
        }
    }
}

/// A list of snapshots. Hosts and tags are bytes, as names in a file system are: texts count as equal that Unicode
/// calls canonically equivalent, and two such names are two directories.
enum SnapshotGroup: Hashable, Sendable {
    case all
    case host([UInt8])
    case tag([UInt8])
}

/// What snapshots are grouped by.
enum GroupAxis: Hashable, Sendable {
    case host
    case tag

    /// The list of the snapshots of one group.
    func group(_ name: [UInt8]) -> SnapshotGroup {
        switch self {
        case .host: .host(name)
        case .tag: .tag(name)
        }
    }
}
