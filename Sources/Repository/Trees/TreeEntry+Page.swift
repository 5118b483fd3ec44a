import Coding

extension TreeEntry {
    /// Reads an entry; `isRoot` allows the empty name that only a snapshot's root directory has.
    init(decoding reader: inout ByteReader, isRoot: Bool = false) throws(CodingError) {
        self.init(try PageEntry(decoding: &reader, isRoot: isRoot), in: reader)
    }

    /// Copies what `entry` says and where it points to in the reader's bytes; account names stand elsewhere.
    init(_ entry: PageEntry, in reader: ByteReader) {
        self.init(
            name: reader.copy(entry.name), type: entry.type, permissions: entry.permissions, userID: entry.userID,
            groupID: entry.groupID, modified: entry.modified, changed: entry.changed, inode: entry.inode,
            device: entry.device, linkCount: entry.linkCount, content: reader.content(of: entry))
        size = entry.size
        born = entry.born
        deviceNumber = entry.deviceNumber
        symbolicLinkTarget = reader.copy(entry.symbolicLinkTarget)
        extendedAttributes = reader.extendedAttributes(of: entry)
        lacksAttributes = entry.lacksAttributes
        isPassedThrough = entry.isPassedThrough
    }
}

extension ByteReader {
    /// The content of an entry that was decoded from these bytes.
    func content(of entry: PageEntry) -> EntryContent {
        switch entry.content {
        case .none: .none
        case .chunk(let id): .chunk(id)
        case .list(let id): .list(id)
        case .tree(let id): .tree(id)
        case .unreadable: .unreadable
        case .segments(let count, let start): .segments(segments(count, from: start))
        }
    }

    /// The extended attributes of an entry that was decoded from these bytes.
    func extendedAttributes(of entry: PageEntry) -> ExtendedAttributeSet {
        switch entry.attributes {
        case .none: return .inline([])
        case .reference(let id): return .reference(id)
        case .inline(_, let start):
            var reader = self
            reader.move(to: start)
            guard let records = try? ExtendedAttributeSet.decode(&reader) else {
                preconditionFailure("attributes were checked, and are now others")
            }
            return .inline(records)
        }
    }

    private func segments(_ count: Int, from start: Int) -> [ContentSegment] {
        var reader = self
        reader.move(to: start)
        return (0..<count).map { _ in
            guard let segment = try? ContentSegment(decoding: &reader) else {
                preconditionFailure("a segment was checked, and is now another")
            }
            return segment
        }
    }
}
