import SystemInterface

/// A tree of files that is asked through system calls.
package struct KernelTree: FileSystemUnderTest {
    /// The tree's root.
    package let root: FilePath

    package init(_ root: FilePath) {
        self.root = root
    }

    /// The absolute path of something in the tree.
    package func absolute(_ path: FilePath) -> FilePath {
        path.bytes.isEmpty ? root : root.appending(path.bytes)
    }

    package func status(_ path: FilePath) throws(Errno) -> FileFacts {
        try calling { () throws(SystemError) in
            let status = try FileSystem.status(absolute(path))
            return FileFacts(
                type: status.type, permissions: status.permissions, linkCount: status.linkCount,
                userID: status.userID, groupID: status.groupID, size: status.size, blocks: status.blocks,
                inode: status.inode, device: status.type.isDevice ? status.rawDevice : nil,
                modified: status.modified, changed: status.changed)
        }
    }

    package func names(_ path: FilePath) throws(Errno) -> [[UInt8]] {
        try calling { () throws(SystemError) in
            let directory = try FileDescriptor.open(absolute(path), [.readOnly, .directory])
            return try directory.directoryEntries().map(\.name)
        }
    }

    package func readLink(_ path: FilePath) throws(Errno) -> [UInt8] {
        try calling { () throws(SystemError) in try FileDescriptor.workingDirectory.readLinkAt(absolute(path).bytes) }
    }

    package func read(_ path: FilePath, at offset: UInt64, count: Int) throws(Errno) -> [UInt8] {
        try calling { () throws(SystemError) in
            let file = try FileDescriptor.open(absolute(path), [.readOnly, .noFollow])
            var failure: SystemError?
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                do throws(SystemError) {
                    filled = try file.preadFully(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            return bytes
        }
    }

    package func nextData(_ path: FilePath, from offset: UInt64) throws(Errno) -> UInt64? {
        try calling { () throws(SystemError) in
            try FileDescriptor.open(absolute(path), [.readOnly, .noFollow]).nextData(from: offset)
        }
    }

    package func nextHole(_ path: FilePath, from offset: UInt64) throws(Errno) -> UInt64? {
        try calling { () throws(SystemError) in
            try FileDescriptor.open(absolute(path), [.readOnly, .noFollow]).nextHole(from: offset)
        }
    }

    package func extendedAttributes(_ path: FilePath) throws(Errno) -> [ExtendedAttribute] {
        try calling { () throws(SystemError) in
            let all = absolute(path)
            let directory = try FileDescriptor.open(all.parent, [.readOnly, .directory])
            return try ExtendedAttributes.list(at: directory, name: all.lastComponent)
        }
    }

    private func calling<Value>(_ body: () throws(SystemError) -> Value) throws(Errno) -> Value {
        do throws(SystemError) {
            return try body()
        } catch {
            throw error.errno
        }
    }
}
