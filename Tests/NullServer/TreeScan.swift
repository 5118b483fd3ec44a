import CFuse
import Glibc
import SystemInterface

/// Reads a directory into a flat tree, breadth first, so that the children of each directory are neighbours.
struct TreeScan {
    /// For ever, as far as the kernel counts.
    static let validitySeconds = 1e9

    private var entries: [fuse_entry_param] = []
    private var children: [Range<Int>] = []
    private var parents: [Int] = []
    private var targets: [Int: [UInt8]] = [:]
    private var attributes: [Int: [ExtendedAttribute]] = [:]
    private var names: [CChar] = []
    private var nameStarts: [Int] = []

    /// Reads `root` and all below it.
    mutating func run(_ root: FilePath) throws -> FlatTree {
        append(name: [], try FileSystem.status(root, followingLinks: true), parent: 0)
        var paths: [Int: FilePath] = [0: root]
        var next = 0
        while next < entries.count {
            if let path = paths.removeValue(forKey: next) {
                try list(path, number: next, into: &paths)
            }
            next += 1
        }
        return FlatTree(
            entries: entries, children: children, parents: parents, targets: targets, attributes: attributes,
            names: names, nameStarts: nameStarts)
    }

    private mutating func list(_ path: FilePath, number: Int, into paths: inout [Int: FilePath]) throws {
        let directory = try FileDescriptor.open(path, [.readOnly, .directory])
        let names = try directory.directoryEntries().map(\.name).sorted { $0.lexicographicallyPrecedes($1) }
        let first = entries.count
        children[number] = first..<(first + names.count)
        for name in names {
            let status = try directory.statusAt(name)
            let child = append(name: name, status, parent: number)
            switch status.type {
            case .directory: paths[child] = path.appending(name)
            case .symbolicLink: targets[child] = try directory.readLinkAt(name)
            default: break
            }
            let attributes = try ExtendedAttributes.list(at: directory, name: name)
            if !attributes.isEmpty { self.attributes[child] = attributes }
        }
    }

    @discardableResult
    private mutating func append(name: [UInt8], _ status: FileStatus, parent: Int) -> Int {
        let number = entries.count
        nameStarts.append(names.count)
        names += name.map { CChar(bitPattern: $0) } + [0]
        entries.append(Self.entry(status, number: number))
        children.append(0..<0)
        parents.append(parent)
        return number
    }

    private static func entry(_ status: FileStatus, number: Int) -> fuse_entry_param {
        var entry = fuse_entry_param()
        entry.ino = fuse_ino_t(number + 1)
        entry.attr_timeout = validitySeconds
        entry.entry_timeout = validitySeconds
        entry.attr.st_ino = UInt(number + 1)
        entry.attr.st_mode = status.mode
        entry.attr.st_nlink = status.type == .directory ? 1 : UInt(status.linkCount)
        entry.attr.st_uid = status.userID
        entry.attr.st_gid = status.groupID
        entry.attr.st_size = off_t(clamping: status.size)
        entry.attr.st_blocks = blkcnt_t(clamping: status.blocks)
        entry.attr.st_blksize = 4_096
        entry.attr.st_mtim = timespec(
            tv_sec: Int(status.modified.seconds), tv_nsec: Int(status.modified.nanoseconds))
        entry.attr.st_atim = entry.attr.st_mtim
        entry.attr.st_ctim = entry.attr.st_mtim
        return entry
    }
}
