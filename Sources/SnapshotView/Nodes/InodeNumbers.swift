import Repository
import SystemInterface

/// Computes inode numbers and node numbers: 64 bits of a hash under the repository's identifier.
///
/// A number depends on the path below the snapshot's root and on all that can be seen of the entry; for a directory its
/// tree's name stands for the whole subtree. So what did not change between two snapshots has the same number in both,
/// and two equal directories of one snapshot do not. Names that share an inode on the source share its number: there
/// the source's device and inode take the place of the path. A snapshot's root has a number of its own.
package struct InodeNumbers: Sendable {
    private let key0: UInt64
    private let key1: UInt64
    private let mode: InodeNumberMode
    private let separatesLinks: Bool

    /// What a hash is of, so that hashes of different things are never of the same message.
    private enum Purpose: UInt64 {
        case path = 1
        case entry = 2
        case hardLink = 3
        case snapshotRoot = 4
        case topDirectory = 5
        case directoryNode = 6
    }

    /// Numbers under a repository's identifier. With `separatesLinks` the names of one symbolic link have numbers of
    /// their own, as they need where its target depends on its place.
    package init(repository: RepositoryID, mode: InodeNumberMode, separatesLinks: Bool = false) {
        var words: [UInt64] = [0, 0]
        for (index, byte) in repository.bytes.enumerated() {
            words[index / 8] |= UInt64(byte) << UInt64(8 * (index % 8))
        }
        self.key0 = words[0]
        self.key1 = words[1]
        self.mode = mode
        self.separatesLinks = separatesLinks
    }

    /// The number of a directory or link that the view adds.
    package func topNumber(parent: UInt64, name: [UInt8]) -> UInt64 {
        var hasher = begin(.topDirectory)
        hasher.append(parent)
        hasher.append(name)
        return usable(hasher.finish())
    }

    /// The number of a snapshot's root where it stands in the directory with the number `parent`.
    package func snapshotRoot(parent: UInt64, snapshot: SnapshotID) -> UInt64 {
        var hasher = begin(.snapshotRoot)
        hasher.append(parent)
        hasher.append(snapshot.bytes.bytes)
        return usable(hasher.finish())
    }

    /// What the paths below a snapshot's root begin with.
    package func rootPath(snapshotRoot number: UInt64) -> UInt64 {
        mode == .unique ? number : 0
    }

    /// What the hashes of all paths below a directory begin with, given the hash of the directory's own.
    package func pathPrefix(parent: UInt64) -> SipHasher {
        var hasher = begin(.path)
        hasher.append(parent)
        return hasher
    }

    /// The hash of a path: of its parent's and its last name.
    package func path(parent: UInt64, name: [UInt8]) -> UInt64 {
        let prefix = pathPrefix(parent: parent)
        return name.withUnsafeBytes { path(prefix, name: $0) }
    }

    /// The hash of a path: of its parent's, as `pathPrefix` gave it, and its last name.
    package func path(_ prefix: SipHasher, name: UnsafeRawBufferPointer) -> UInt64 {
        var hasher = prefix
        hasher.append(name)
        return hasher.finish()
    }

    /// The inode number of `entry`, whose page is `page`.
    ///
    /// - Parameters:
    ///   - bytes: the page's.
    ///   - path: the hash of the entry's path.
    ///   - root: what `rootPath` gave for the snapshot.
    package func number(
        of entry: PageEntry, in page: TreePage, _ bytes: UnsafeRawBufferPointer, path: UInt64, root: UInt64
    ) -> UInt64 {
        var hasher: SipHasher
        if entry.isHardLinked, !(separatesLinks && entry.type == .symbolicLink) {
            hasher = begin(.hardLink)
            hasher.append(root)
            hasher.append(entry.device)
            hasher.append(entry.inode)
        } else {
            hasher = begin(.entry)
            hasher.append(path)
        }
        Self.appendRecord(of: entry, in: page, bytes, to: &hasher)
        return usable(hasher.finish())
    }

    /// The node number that a directory gets: one for each place that it is seen at.
    package func directoryNode(parent: NodeID, number: UInt64) -> UInt64 {
        var hasher = begin(.directoryNode)
        hasher.append(parent.rawValue)
        hasher.append(number)
        return usable(hasher.finish())
    }

    private func begin(_ purpose: Purpose) -> SipHasher {
        var hasher = SipHasher(key0: key0, key1: key1)
        hasher.append(purpose.rawValue)
        return hasher
    }

    /// Everything of an entry that can be seen but its name, with the first 64 bits of each chunk's name for its bytes.
    private static func appendRecord(
        of entry: PageEntry, in page: TreePage, _ bytes: UnsafeRawBufferPointer, to hasher: inout SipHasher
    ) {
        hasher.append(UInt64(entry.type.rawValue) << 32 | UInt64(entry.permissions))
        hasher.append(UInt64(entry.userID) << 32 | UInt64(entry.groupID))
        hasher.append(entry.size)
        hasher.append(UInt64(bitPattern: entry.modified.seconds))
        hasher.append(UInt64(bitPattern: entry.changed.seconds))
        hasher.append(UInt64(entry.modified.nanoseconds) << 32 | UInt64(entry.changed.nanoseconds))
        hasher.append(entry.linkCount)
        if let device = entry.deviceNumber {
            hasher.append(UInt64(device.major) << 32 | UInt64(device.minor))
        }
        hasher.append(UnsafeRawBufferPointer(rebasing: bytes[entry.symbolicLinkTarget]))
        switch entry.attributes {
        case .none: hasher.append(0)
        case .inline(let count, _):
            hasher.append(UInt64(count))
            page.forEachAttribute(of: entry) { name, value in
                hasher.append(UnsafeRawBufferPointer(rebasing: bytes[name]))
                hasher.append(UnsafeRawBufferPointer(rebasing: bytes[value]))
            }
        case .reference(let chunk):
            hasher.append(UInt64.max)
            hasher.append(chunk.bytes.prefix64)
        }
        appendContent(of: entry, in: page, to: &hasher)
    }

    private static func appendContent(of entry: PageEntry, in page: TreePage, to hasher: inout SipHasher) {
        switch entry.content {
        case .none:
            hasher.append(0)
        case .chunk(let chunk):
            hasher.append(1)
            hasher.append(chunk.bytes.prefix64)
        case .segments(let count, _):
            hasher.append(2)
            hasher.append(UInt64(count))
            for segment in page.segments(of: entry) {
                hasher.append(segment.bytes)
                hasher.append(segment.chunk?.bytes.prefix64 ?? 0)
            }
        case .list(let chunk):
            hasher.append(3)
            hasher.append(chunk.bytes.prefix64)
        case .tree(let chunk):
            hasher.append(4)
            hasher.append(chunk.bytes.prefix64)
        case .unreadable:
            hasher.append(5)
        }
    }

    /// Keeps clear of the numbers that mean something else: 0 is no inode, 1 the top, and all ones in 32 bits is
    /// FUSE_UNKNOWN_INO of libfuse.
    private func usable(_ number: UInt64) -> UInt64 {
        number < 2 || number == 0xffff_ffff ? number &+ 0x9e37_79b9_7f4a_7c15 : number
    }
}
