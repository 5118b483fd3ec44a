import Repository

/// Where inodes that have further names were restored.
struct HardLinkPlaces {
    /// One restored name.
    struct Place {
        /// The names that lead to it from the destination.
        let names: [[UInt8]]
        /// What it was restored from.
        let entry: TreeEntry
    }

    private struct Inode: Hashable {
        let device: UInt64
        let number: UInt64
    }

    private var places: [Inode: Place] = [:]

    /// Where the inode of `entry` is, if the same bytes were saved under both names.
    func place(for entry: TreeEntry) -> Place? {
        guard let place = places[Inode(device: entry.device, number: entry.inode)], place.entry.type == entry.type,
            place.entry.content == entry.content, place.entry.size == entry.size
        else { return nil }
        return place
    }

    /// Remembers where an inode was restored last.
    mutating func remember(_ entry: TreeEntry, at names: [[UInt8]]) {
        places[Inode(device: entry.device, number: entry.inode)] = Place(names: names, entry: entry)
    }
}
