import SnapshotView
import SystemInterface

/// A directory of a view, asked in process: every path is looked up from the top, and every reference given back.
package struct ViewTree: FileSystemUnderTest {
    /// The view.
    package let view: SnapshotView
    private let root: FilePath

    /// The directory `root` of `view`.
    package init(_ view: SnapshotView, root: FilePath) {
        self.view = view
        self.root = root
    }

    package func status(_ path: FilePath) throws(Errno) -> FileFacts {
        try at(path) { (node) throws(ViewError) in
            let attributes = try view.attributes(node)
            return FileFacts(
                type: attributes.type, permissions: attributes.permissions, linkCount: attributes.linkCount,
                userID: attributes.userID, groupID: attributes.groupID, size: attributes.size,
                blocks: attributes.blocks, inode: attributes.inode, device: attributes.deviceNumber,
                modified: attributes.modified, changed: attributes.changed)
        }
    }

    package func names(_ path: FilePath) throws(Errno) -> [[UInt8]] {
        try at(path) { (node) throws(ViewError) in
            var names: [[UInt8]] = []
            try view.readDirectory(node, from: 0, mode: .namesOnly) { entry in
                names.append(entry.nameBytes)
                return true
            }
            return Array(names.dropFirst(2))
        }
    }

    package func readLink(_ path: FilePath) throws(Errno) -> [UInt8] {
        try at(path) { (node) throws(ViewError) in try view.readLink(node) }
    }

    package func read(_ path: FilePath, at offset: UInt64, count: Int) throws(Errno) -> [UInt8] {
        try at(path) { (node) throws(ViewError) in
            var failure: ViewError?
            let copied = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                do throws(ViewError) {
                    filled = try view.read(node, at: offset, into: UnsafeMutableRawBufferPointer(buffer))
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            return copied
        }
    }

    package func nextData(_ path: FilePath, from offset: UInt64) throws(Errno) -> UInt64? {
        try seek(path, from: offset, to: .data)
    }

    package func nextHole(_ path: FilePath, from offset: UInt64) throws(Errno) -> UInt64? {
        try seek(path, from: offset, to: .hole)
    }

    private func seek(_ path: FilePath, from offset: UInt64, to target: SeekTarget) throws(Errno) -> UInt64? {
        try at(path) { (node) throws(ViewError) in
            do throws(ViewError) {
                return try view.seek(node, from: offset, to: target)
            } catch .noSuchOffset {
                return nil
            }
        }
    }

    package func extendedAttributes(_ path: FilePath) throws(Errno) -> [ExtendedAttribute] {
        try at(path) { (node) throws(ViewError) in
            try view.extendedAttributes(node).map { ExtendedAttribute(name: $0.name, value: $0.value) }
        }
    }

    /// Looks a path up, lends its node to `body`, and gives all references back.
    package func at<Value>(
        _ path: FilePath, _ body: (NodeID) throws(ViewError) -> Value
    ) throws(Errno) -> Value {
        var held: [NodeID] = []
        defer {
            for node in held { view.forget(node) }
        }
        do throws(ViewError) {
            var node = NodeID.top
            for name in root.components + path.components {
                guard case .found(let attributes) = try view.lookup(name, in: node) else { throw .notFound }
                node = attributes.node
                held.append(node)
            }
            return try body(node)
        } catch {
            throw Self.number(error)
        }
    }

    private static func number(_ error: ViewError) -> Errno {
        switch error {
        case .notFound: .noEntry
        case .unknownNode: .staleHandle
        case .notDirectory: .notDirectory
        case .isDirectory: .isDirectory
        case .wrongType: .invalidArgument
        case .nameTooLong: .nameTooLong
        case .noSuchOffset: .noSuchAddress
        case .damaged: .ioFailure
        }
    }
}
