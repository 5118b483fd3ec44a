import Repository
import SystemInterface

/// Writes a directory of a real file system into a repository: the smallest writer that keeps everything.
///
/// Chunks are cut at fixed places, so that tests know where they are.
package struct TreeScanner {
    /// The length of a chunk in bytes.
    package static let chunkBytes = 64 << 10

    private let session: WriteSession

    package init(session: WriteSession) {
        self.session = session
    }

    /// Writes the tree below `path` and gives the entry of its root.
    package func root(_ path: FilePath) throws -> TreeEntry {
        try entry(path, name: [])
    }

    private func entry(_ path: FilePath, name: [UInt8]) throws -> TreeEntry {
        let status = try FileSystem.status(path)
        var entry = TreeEntry(
            name: name, type: status.type, permissions: status.permissions, userID: status.userID,
            groupID: status.groupID, modified: status.modified, changed: status.changed, inode: status.inode,
            device: status.device, linkCount: status.type == .directory ? 1 : status.linkCount)
        entry.born = status.born
        let parent = try FileDescriptor.open(path.parent, [.readOnly, .directory])
        let attributes = try ExtendedAttributes.list(at: parent, name: path.lastComponent)
        entry.extendedAttributes = try ExtendedAttributeSet.store(
            attributes.map { ExtendedAttributeRecord(name: $0.name, value: $0.value) }, in: session)
        switch status.type {
        case .directory: entry.content = .tree(try directory(path))
        case .regular:
            entry.size = status.size
            entry.content = try file(path, size: status.size)
        case .symbolicLink: entry.symbolicLinkTarget = try parent.readLinkAt(path.lastComponent)
        case .characterDevice, .blockDevice: entry.deviceNumber = status.rawDevice
        case .fifo, .socket: break
        }
        return entry
    }

    private func directory(_ path: FilePath) throws -> ChunkID {
        let names = try KernelTree(path).names("").sorted { $0.lexicographicallyPrecedes($1) }
        var builder = TreeBuilder(session: session)
        for name in names { try builder.add(try entry(path.appending(name), name: name)) }
        return try builder.finish()
    }

    private func file(_ path: FilePath, size: UInt64) throws -> EntryContent {
        let file = try FileDescriptor.open(path, .readOnly)
        var builder = ContentBuilder(session: session)
        var position: UInt64 = 0
        while position < size {
            let data = try file.nextData(from: position) ?? size
            if data > position {
                builder.addHole(bytes: data - position)
                position = data
                continue
            }
            let end = try file.nextHole(from: position) ?? size
            let bytes = try file.pread(min(Self.chunkBytes, Int(end - position)), at: position)
            try builder.addChunk(try session.add(bytes.span, .content), bytes: bytes.count)
            position += UInt64(bytes.count)
        }
        return try builder.finish()
    }
}
