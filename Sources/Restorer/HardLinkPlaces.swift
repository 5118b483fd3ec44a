import Repository
import Synchronization

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

    init(_ entry: TreeEntry, path: [UInt8]) {
        self.entry = entry
        self.path = path
    }

    var state: State {
        get { stored.load(ordering: .acquiring) }
        set { stored.store(newValue, ordering: .releasing) }
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
