import Repository
import SystemInterface

/// What was saved of inodes that have further names, so that their bytes are read once.
///
/// An inode of which names lie outside of the sources is kept to the end of the run, and in a tree of copies that are
/// made of hard links that may be every file. So what is kept of one is small, and there are limits. An inode beyond them
/// is not kept, and each of its names is saved by itself: compared with the parent's, or read. Those that are kept stay,
/// since the names of a copy come in the order of the one before it, and the one kept last would be asked for last.
/// Either way all its names have its number, which is what makes hard links of them again.
package struct HardLinkTable {
    /// What one name of an inode was saved as, and another can be.
    package struct Known {
        package let size: UInt64
        package let content: EntryContent
        package let extendedAttributes: ExtendedAttributeSet
        package let lacksAttributes: Bool
    }

    private struct Inode: Hashable {
        let device: UInt64
        let number: UInt64

        init(_ entry: TreeEntry) {
            device = entry.device
            number = entry.inode
        }
    }

    /// In an order that leaves no gaps.
    private struct Saved {
        let size: UInt64
        let modified: Timestamp
        var namesLeft: UInt32
        let changed: Timestamp
        /// The number of its attributes in `attributeSets`.
        let attributes: UInt32
        let content: SavedContent
    }

    private enum SavedContent {
        case none
        case chunk(ChunkID)
        case list(ChunkID)
        /// They stand in `segments`.
        case segments
    }

    private let inodesMax: Int
    private let detailBytesMax: Int
    private var saved: [Inode: Saved] = [:]
    /// The contents that are too large to stand in `saved`.
    private var segments: [Inode: [ContentSegment]] = [:]
    /// Attributes that inodes have; many have the same. The first are those of an inode that lacks them.
    private var attributeSets: [ExtendedAttributeSet] = [.inline([]), .inline([])]
    private var attributeNumbers: [ExtendedAttributeSet: UInt32] = [.inline([]): 1]
    private var detailBytes = 0

    init() {
        self.init(
            inodesMax: WriterLimits.hardLinkedInodesMax, detailBytesMax: WriterLimits.hardLinkDetailBytesMax)
    }

    /// A table of so many inodes at most, and so many bytes of what does not stand in one of its places.
    package init(inodesMax: Int, detailBytesMax: Int) {
        self.inodesMax = inodesMax
        self.detailBytesMax = detailBytesMax
    }

    /// What another name of the inode of `entry` was saved as, if the file, now of `size` bytes, has not changed since.
    package mutating func known(for entry: TreeEntry, size: UInt64) -> Known? {
        let inode = Inode(entry)
        guard var found = saved[inode], found.size == size, found.modified == entry.modified,
            found.changed == entry.changed
        else { return nil }
        let known = Known(
            size: found.size, content: content(found, of: inode),
            extendedAttributes: attributeSets[Int(found.attributes)], lacksAttributes: found.attributes == 0)
        found.namesLeft -= 1
        if found.namesLeft > 0 {
            saved[inode] = found
        } else {
            saved[inode] = nil
            if let list = segments.removeValue(forKey: inode) { detailBytes -= Self.bytes(of: list) }
        }
        return known
    }

    /// Keeps an entry until all names of its inode have been met.
    package mutating func remember(_ entry: TreeEntry) {
        let inode = Inode(entry)
        guard entry.isHardLinked, saved.count < inodesMax, saved[inode] == nil,
            let attributes = number(of: entry), let content = keep(entry.content, of: inode)
        else { return }
        saved[inode] = Saved(
            size: entry.size, modified: entry.modified, namesLeft: UInt32(clamping: entry.linkCount - 1),
            changed: entry.changed, attributes: attributes, content: content)
    }

    private func content(_ found: Saved, of inode: Inode) -> EntryContent {
        switch found.content {
        case .none: .none
        case .chunk(let id): .chunk(id)
        case .list(let id): .list(id)
        case .segments: .segments(segments[inode] ?? [])
        }
    }

    /// The form of a content in `saved`; nil for one that is not to be kept, or for which there is no room.
    private mutating func keep(_ content: EntryContent, of inode: Inode) -> SavedContent? {
        switch content {
        case .none: return SavedContent.none
        case .chunk(let id): return .chunk(id)
        case .list(let id): return .list(id)
        case .segments(let list):
            guard takeRoom(Self.bytes(of: list)) else { return nil }
            segments[inode] = list
            return .segments
        case .tree, .unreadable: return nil
        }
    }

    /// The number of an entry's attributes; nil where there is no room for them.
    private mutating func number(of entry: TreeEntry) -> UInt32? {
        if entry.lacksAttributes { return 0 }
        if let number = attributeNumbers[entry.extendedAttributes] { return number }
        guard takeRoom(Self.bytes(of: entry.extendedAttributes)) else { return nil }
        let number = UInt32(attributeSets.count)
        attributeSets.append(entry.extendedAttributes)
        attributeNumbers[entry.extendedAttributes] = number
        return number
    }

    private mutating func takeRoom(_ bytes: Int) -> Bool {
        guard detailBytes + bytes <= detailBytesMax else { return false }
        detailBytes += bytes
        return true
    }

    // What is kept beside the bytes that count: places in dictionaries, and what the heap adds to an array.
    private static let placeBytes = 96
    private static let arrayBytes = 48

    private static func bytes(of list: [ContentSegment]) -> Int {
        placeBytes + arrayBytes + list.count * MemoryLayout<ContentSegment>.stride
    }

    private static func bytes(of attributes: ExtendedAttributeSet) -> Int {
        guard case .inline(let records) = attributes else { return placeBytes }
        return records.reduce(placeBytes + arrayBytes) {
            $0 + MemoryLayout<ExtendedAttributeRecord>.stride + 2 * arrayBytes + $1.name.count + $1.value.count
        }
    }
}
