import Repository
import Synchronization
import SystemInterface

/// Where an inode with several names was restored first, or is being restored.
final class HardLinkPlace: Sendable {
    enum State: UInt8, AtomicRepresentable {
        case pending
        /// It is there, and may be given further names.
        case restored
        /// It is not, or is not known to be what the snapshot has.
        case missing
    }

    /// What it is restored from.
    let entry: TreeEntry
    /// The path that leads to it from the destination.
    let path: [UInt8]
    private let stored = Atomic(State.pending)
    private let synced = Atomic(false)
    /// The inode that was made or found right.
    private let inode = Mutex<(device: UInt64, number: UInt64)?>(nil)

    init(_ entry: TreeEntry, path: [UInt8]) {
        self.entry = entry
        self.path = path
    }

    var state: State { stored.load(ordering: .acquiring) }

    /// Whether its bytes were waited for until they were on the disk.
    var isSynced: Bool { synced.load(ordering: .relaxed) }

    /// Says that they were.
    func setSynced() {
        synced.store(true, ordering: .relaxed)
    }

    /// Says what it is restored as, or nil where it is not.
    func settle(_ status: FileStatus?) {
        inode.withLock { $0 = status.map { ($0.device, $0.inode) } }
        stored.store(status == nil ? .missing : .restored, ordering: .releasing)
    }

    /// Whether `status` is that of what was restored, and not of what somebody has put under its name since.
    func isInode(of status: FileStatus) -> Bool {
        inode.withLock { $0.map { $0 == (status.device, status.inode) } ?? false }
    }

    /// The path of its directory, empty for the destination itself, and its name there.
    var split: (directory: [UInt8], name: [UInt8]) {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return ([], path) }
        return (Array(path[..<slash]), Array(path[(slash + 1)...]))
    }
}

/// The inodes that have names which are still to come.
struct HardLinkPlaces {
    private struct Inode: Hashable {
        let device: UInt64
        let number: UInt64

        init(_ entry: TreeEntry) {
            device = entry.device
            number = entry.inode
        }
    }

    private struct Known {
        var place: HardLinkPlace
        var namesLeft: UInt64
    }

    private var known: [Inode: Known] = [:]

    /// Where the inode of `entry` is, if the same bytes were saved under both names. Counts as one of its names.
    mutating func place(for entry: TreeEntry) -> HardLinkPlace? {
        let inode = Inode(entry)
        guard var found = known[inode], found.place.entry.type == entry.type,
            found.place.entry.content == entry.content, found.place.entry.size == entry.size
        else { return nil }
        found.namesLeft -= 1
        // Whoever has found all names of an inode needs it no more.
        known[inode] = found.namesLeft == 0 ? nil : found
        return found.place
    }

    /// Remembers where an inode is restored that has other names.
    mutating func remember(_ entry: TreeEntry, at path: [UInt8]) -> HardLinkPlace {
        let place = HardLinkPlace(entry, path: path)
        known[Inode(entry)] = Known(place: place, namesLeft: max(1, entry.linkCount - 1))
        return place
    }
}
