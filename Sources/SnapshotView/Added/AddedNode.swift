import Repository
import SystemInterface

/// Something that the view shows and no snapshot holds: a list, a link or a small text. A further view is a further
/// type of this kind, and a name that leads to it.
///
/// Its node is found by where it stands and by its `identity`. A node never changes what it is: whoever remembers a
/// target or text by node must never see an old one. What it shows may change, for `attributes` say how long they hold.
protocol AddedNode: Sendable {
    /// A directory, a symbolic link or a regular file.
    var type: FileType { get }
    /// What tells it from others that stand under its name at other times; empty for what is always the same.
    var identity: [UInt8] { get }
    /// Where in a snapshot's tree it is, for a directory that stands for one of a snapshot.
    var place: TreePlace? { get }
    /// How long a name that is not in this directory is not there, in seconds.
    var absenceValiditySeconds: Double { get }
    /// Extended attributes, of a directory that stands for one of a snapshot: its access control lists must hold.
    var extendedAttributes: ExtendedAttributeSet? { get }

    /// What stat(2) says, but for what follows from the node.
    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes

    /// What stands under a name in this directory, or nil.
    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild?

    /// Hands what stands in this directory to `offer` with the position behind it, from `position` on, 0 being the
    /// beginning, until it returns false. A position is below 2^62, and keeps its meaning as long as the view lives.
    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError)

    /// The target of this link.
    func target() throws(ViewError) -> [UInt8]

    /// The text of this file: what its `attributes` gave the size of, until they are asked again.
    func text(in view: SnapshotView) throws(ViewError) -> [UInt8]
}

/// What a directory that the view adds holds under a name.
enum AddedChild: Sendable {
    /// More that the view adds.
    case added(any AddedNode)
    /// A snapshot's root.
    case snapshot(SnapshotTable.Member)
    /// An entry of a snapshot's directory.
    case entry(TreeLocation)
}

/// An entry where it is stored.
struct TreeLocation: Sendable {
    /// The directory that holds it.
    let tree: ChunkID
    /// Its name there, which may be another than the one that the view shows.
    let name: [UInt8]
    /// Whether the node that shows it stands for the entry itself (as a file's list of versions does) and not for the
    /// directory that holds it.
    let isOfNode: Bool
}

/// A place in a snapshot's tree, from which the numbers of what lies below are computed.
struct TreePlace: Sendable {
    /// The hash of the path below the snapshot's root.
    let pathHash: UInt64
    /// What the paths of the snapshot begin with.
    let rootHash: UInt64
    /// How many directories lie between the place and the snapshot's root.
    let depth: Int
}

/// What stat(2) says of what the view adds.
struct AddedAttributes: Sendable {
    var permissions: UInt16 = 0o555
    /// The owner and the group; nil for who mounts.
    var owner: (userID: UInt32, groupID: UInt32)?
    var size: UInt64 = ViewLimits.directoryBytes
    var modified: Timestamp
    var changed: Timestamp
    var validitySeconds = ViewLimits.changingValiditySeconds
    var nameValiditySeconds = ViewLimits.changingValiditySeconds

    /// Something that came into being or changed at `moment`.
    init(changed moment: Timestamp) {
        modified = moment
        changed = moment
    }
}

extension AddedNode {
    var identity: [UInt8] { [] }
    var place: TreePlace? { nil }
    var extendedAttributes: ExtendedAttributeSet? { nil }
    var absenceValiditySeconds: Double { ViewLimits.changingValiditySeconds }

    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        throw .notDirectory
    }

    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError) {
        throw .notDirectory
    }

    func target() throws(ViewError) -> [UInt8] { throw .wrongType }

    func text(in view: SnapshotView) throws(ViewError) -> [UInt8] {
        throw type == .directory ? .isDirectory : .wrongType
    }
}
