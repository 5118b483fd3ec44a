import Coding
import SystemInterface

/// Writes the binary form of an entry, which `PageEntry` reads: equal entries have equal bytes.
///
/// docs/format.md has the table. Owner and group names are not part of it: they stand once in the page's table.
extension TreeEntry {
    /// The fewest bytes of an entry: a fifo with a name of one byte.
    static let encodedBytesMin = 16

    /// Appends the entry. Programmer errors trap; `validate` tells the errors of data.
    func encode(to writer: inout ByteWriter) {
        writer.sizedBytes(name)
        writer.uint8(type.rawValue)
        writer.uint8(flags)
        writer.uint16(permissions)
        writer.varint(UInt64(userID))
        writer.varint(UInt64(groupID))
        Self.encode(modified, to: &writer)
        Self.encode(changed, to: &writer)
        if let born { Self.encode(born, to: &writer) }
        writer.varint(inode)
        writer.varint(EntryDevice(device, lacksAttributes: lacksAttributes, isPassedThrough: isPassedThrough).number)
        writer.varint(linkCount)
        switch type {
        case .regular: writer.varint(size)
        case .symbolicLink: writer.sizedBytes(symbolicLinkTarget)
        case .characterDevice, .blockDevice:
            writer.varint(UInt64(deviceNumber?.major ?? 0))
            writer.varint(UInt64(deviceNumber?.minor ?? 0))
        case .directory, .fifo, .socket: break
        }
        switch extendedAttributes {
        case .inline(let records):
            if !records.isEmpty { ExtendedAttributeSet.encode(records, to: &writer) }
        case .reference(let id): writer.bytes32(id.bytes)
        }
        encodeContent(to: &writer)
    }

    /// Why `name` cannot be an entry's, or nil.
    static func nameFault(_ name: [UInt8], isRoot: Bool = false) -> String? {
        if isRoot { return name.isEmpty ? nil : "the root has a name" }
        if name.isEmpty { return "a name is empty" }
        if name.count > Limits.nameBytesMax { return "a name has \(name.count) bytes" }
        if name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")] {
            return "a name is \".\" or \"..\""
        }
        if name.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") }) { return "a name holds \"/\" or NUL" }
        return nil
    }

    private var flags: UInt8 {
        var flags: UInt8 = born == nil ? 0 : EntryFlag.born
        switch extendedAttributes {
        case .inline(let records): if !records.isEmpty { flags |= EntryFlag.attributes }
        case .reference: flags |= EntryFlag.attributesReference
        }
        return flags
    }

    private func encodeContent(to writer: inout ByteWriter) {
        func tag(_ tag: EntryContentTag) { writer.uint8(tag.rawValue) }
        switch content {
        case .none: tag(.none)
        case .chunk(let id):
            tag(.chunk)
            writer.bytes32(id.bytes)
        case .segments(let segments):
            tag(.segments)
            writer.varint(UInt64(segments.count))
            for segment in segments { segment.encode(to: &writer) }
        case .list(let id):
            tag(.list)
            writer.bytes32(id.bytes)
        case .tree(let id):
            tag(.tree)
            writer.bytes32(id.bytes)
        case .unreadable: tag(.unreadable)
        }
    }

    private static func encode(_ time: Timestamp, to writer: inout ByteWriter) {
        writer.signedVarint(time.seconds)
        writer.varint(UInt64(time.nanoseconds))
    }
}

extension ContentSegment {
    /// `length (varint) ‖ 1 ‖ identifier (32)` for a chunk, `length (varint) ‖ 0` for a hole.
    func encode(to writer: inout ByteWriter) {
        writer.varint(bytes)
        if let chunk {
            writer.uint8(1)
            writer.bytes32(chunk.bytes)
        } else {
            writer.uint8(0)
        }
    }

    init(decoding reader: inout ByteReader) throws(CodingError) {
        let bytes = try reader.varint(atMost: Limits.fileBytesMax, "a segment's length")
        guard bytes > 0 else { throw reader.fault("an empty segment") }
        switch try reader.uint8() {
        case 0: self.init(bytes: bytes, chunk: nil)
        case 1:
            guard bytes <= UInt64(Limits.chunkBytesMax) else { throw reader.fault("a chunk of \(bytes) bytes") }
            self.init(bytes: bytes, chunk: ChunkID(try reader.bytes32()))
        default: throw reader.fault("there is no such segment")
        }
    }

    /// Appends a decoded segment. Holes that meet are one: two would be a second form, and cost a reader without end.
    static func append(
        _ segment: ContentSegment, to segments: inout [ContentSegment], _ reader: ByteReader
    ) throws(CodingError) {
        if segment.chunk == nil, let last = segments.last, last.chunk == nil {
            throw reader.fault("two holes meet")
        }
        segments.append(segment)
    }
}

extension ExtendedAttributeSet {
    /// `count (varint) ‖ count × (name's length ‖ name ‖ value's length ‖ value)`, ascending by name.
    static func encode(_ records: [ExtendedAttributeRecord], to writer: inout ByteWriter) {
        writer.varint(UInt64(records.count))
        for record in records {
            writer.sizedBytes(record.name)
            writer.sizedBytes(record.value)
        }
    }

    /// Reads past the form, refuses every other, and hands each name's and value's place to `body`; returns the count.
    static func scan(
        _ reader: inout ByteReader, _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void
    ) throws(CodingError) -> Int {
        let count = try reader.count(minimumBytes: 3, "the number of extended attributes")
        guard count > 0, count <= Limits.extendedAttributesMax else {
            throw reader.fault("\(count) extended attributes")
        }
        var last = 0..<0
        for _ in 0..<count {
            let name = try reader.sizedRange(atMost: Limits.nameBytesMax, "an attribute's name")
            guard !name.isEmpty, !reader.contains(0, in: name) else {
                throw reader.fault("an impossible attribute name")
            }
            guard last.isEmpty || reader.precedes(last, name) else { throw reader.fault("attributes are out of order") }
            last = name
            body(name, try reader.sizedRange(atMost: Limits.extendedAttributeValueBytesMax, "an attribute's value"))
        }
        return count
    }

    static func decode(_ reader: inout ByteReader) throws(CodingError) -> [ExtendedAttributeRecord] {
        var places: [(name: Range<Int>, value: Range<Int>)] = []
        _ = try scan(&reader) { places.append(($0, $1)) }
        return places.map { ExtendedAttributeRecord(name: reader.copy($0.name), value: reader.copy($0.value)) }
    }
}
