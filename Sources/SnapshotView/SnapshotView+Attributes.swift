import Repository
import SystemInterface

extension SnapshotView {
    /// What stat(2) says of a node.
    public func attributes(_ id: NodeID) throws(ViewError) -> NodeAttributes {
        attributes(of: try node(id))
    }

    /// Attributes never fail: what a broken list of chunks hides is only how sparse a file is, and that is logged.
    func attributes(of node: Node) -> NodeAttributes {
        switch node.kind {
        case .added(let added): attributes(of: node, added)
        case .snapshotRoot(let snapshot): attributes(of: node, root: snapshot.manifest.root)
        case .entry(let reference):
            attributes(
                of: reference.entry, in: reference.page, at: node.parent ?? top, node: node.id, inode: node.number)
        }
    }

    /// What stat(2) says of an entry in `directory`.
    func attributes(
        of entry: PageEntry, in page: TreePage, at directory: Node, node: NodeID, inode: UInt64
    ) -> NodeAttributes {
        let size = shownSize(of: entry, in: page, depth: directory.depth + 1)
        let presentation = options.presentation
        return NodeAttributes(
            node: node, inode: inode, type: entry.type, permissions: entry.permissions & ~presentation.umask,
            linkCount: entry.linkCount, userID: presentation.userID ?? entry.userID,
            groupID: presentation.groupID ?? entry.groupID, size: size,
            blocks: blocks(of: entry, in: page, at: directory, size: size), deviceNumber: entry.deviceNumber,
            modified: entry.modified, changed: entry.changed, born: entry.born,
            validitySeconds: ViewLimits.foreverValiditySeconds,
            nameValiditySeconds: ViewLimits.foreverValiditySeconds)
    }

    private func attributes(of node: Node, root: TreeEntry) -> NodeAttributes {
        let presentation = options.presentation
        return NodeAttributes(
            node: node.id, inode: node.number, type: .directory,
            permissions: root.permissions & ~presentation.umask, linkCount: 1,
            userID: presentation.userID ?? root.userID, groupID: presentation.groupID ?? root.groupID,
            size: ViewLimits.directoryBytes, blocks: Self.blocks(ofBytes: ViewLimits.directoryBytes),
            deviceNumber: nil, modified: root.modified, changed: root.changed, born: root.born,
            validitySeconds: ViewLimits.foreverValiditySeconds,
            nameValiditySeconds: ViewLimits.changingValiditySeconds)
    }

    private func shownSize(of entry: PageEntry, in page: TreePage, depth: Int) -> UInt64 {
        switch entry.type {
        case .directory: ViewLimits.directoryBytes
        case .symbolicLink:
            options.presentation.symbolicLinks == .stored
                ? UInt64(entry.symbolicLinkTarget.count)
                : UInt64(shownTarget(page.copy(entry.symbolicLinkTarget), depth: depth).count)
        // Who sees an empty file does not read it, and would never meet the error that this file is.
        case .regular: entry.content == .unreadable ? max(1, entry.size) : entry.size
        default: 0
        }
    }

    /// What a symbolic link shows that stands so many directories below its snapshot's root, itself counted.
    func shownTarget(_ target: [UInt8], depth: Int) -> [UInt8] {
        switch options.presentation.symbolicLinks {
        case .stored: target
        case .inside: ContainedLink.target(target, depth: max(0, depth - 1))
        }
    }

    private func blocks(
        of entry: PageEntry, in page: TreePage, at directory: Node, size: UInt64
    ) -> UInt64 {
        switch entry.content {
        case .none: return entry.type == .directory ? Self.blocks(ofBytes: size) : 0
        case .chunk, .tree, .unreadable: return Self.blocks(ofBytes: size)
        case .segments: return Self.blocks(ofBytes: entry.segmentDataBytes)
        case .list(let root):
            let name = entry.name
            let data: UInt64? = try? reading(directory, name: page.copy(name)) { () throws(RepositoryError) in
                try files.dataBytes(list: root, size: size)
            }
            return Self.blocks(ofBytes: data ?? size)
        }
    }

    /// The 512-byte blocks that so many bytes of data take on a disk.
    static func blocks(ofBytes bytes: UInt64) -> UInt64 {
        let whole = bytes / ViewLimits.blockBytes + (bytes % ViewLimits.blockBytes == 0 ? 0 : 1)
        return whole * (ViewLimits.blockBytes / 512)
    }

    /// Whether a node has extended attributes; costs nothing more than finding the node.
    public func hasExtendedAttributes(_ id: NodeID) throws(ViewError) -> Bool {
        guard let set = try node(id).extendedAttributes else { return false }
        return !set.isEmpty
    }

    /// The extended attributes of a node, POSIX ACLs among them, sorted by name.
    public func extendedAttributes(_ id: NodeID) throws(ViewError) -> [ExtendedAttributeRecord] {
        let node = try node(id)
        guard let set = node.extendedAttributes, !set.isEmpty else { return [] }
        let records = try reading(node) { () throws(RepositoryError) in try attributeSets.records(set) }
        guard options.presentation.hidesAccessLists else { return records }
        return records.filter { !Presentation.isAccessList($0.name) }
    }

    /// The target of a symbolic link.
    public func readLink(_ id: NodeID) throws(ViewError) -> [UInt8] {
        let node = try node(id)
        switch node.kind {
        case .added(let added): return try added.target()
        case .entry(let reference):
            let entry = reference.entry
            guard entry.type == .symbolicLink else { throw .wrongType }
            return shownTarget(reference.page.copy(entry.symbolicLinkTarget), depth: node.depth)
        default: throw .wrongType
        }
    }

    /// What statvfs(3) says: how much the repository holds, and that there is no room.
    public func statistics() throws(ViewError) -> ViewStatistics {
        let statistics = try reading(top) { () throws(RepositoryError) in try repository.statistics() }
        let bytes = UInt64(statistics.chunkBytes)
        return ViewStatistics(
            blockBytes: ViewLimits.blockBytes,
            blocks: bytes / ViewLimits.blockBytes + (bytes % ViewLimits.blockBytes == 0 ? 0 : 1),
            nameBytesMax: UInt64(Limits.nameBytesMax))
    }
}

/// The figures of the file system as a whole.
public struct ViewStatistics: Hashable, Sendable {
    /// The size of a block in bytes.
    public var blockBytes: UInt64
    /// How many blocks the repository's different data would fill, uncompressed. None are free.
    public var blocks: UInt64
    /// The longest name in bytes.
    public var nameBytesMax: UInt64
}
