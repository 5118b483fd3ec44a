import Coding
import SystemInterface

/// The binary form of an entry, canonical: equal entries have equal bytes, and decoding refuses every other form.
///
/// docs/format.md has the table. Owner and group names are not part of it: they stand once in the page's table.
extension TreeEntry {
    /// Which optional fields follow; the bits that are not named here are 0.
    private enum Flag {
        static let born: UInt8 = 1 << 0
        static let extendedAttributes: UInt8 = 1 << 1
        static let extendedAttributesReference: UInt8 = 1 << 2
        static let all: UInt8 = 0b111
    }

    private enum ContentTag: UInt8 {
        case none = 0
        case chunk = 1
        case segments = 2
        case list = 3
        case tree = 4
        case unreadable = 5
    }

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
        writer.varint(device)
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

    /// Reads an entry; `isRoot` allows the empty name that only a snapshot's root directory has.
    init(decoding reader: inout ByteReader, isRoot: Bool = false) throws(CodingError) {
        let start = reader.position
        let name = try reader.sizedBytes(atMost: Limits.nameBytesMax, "a name")
        if let fault = Self.nameFault(name, isRoot: isRoot) { throw CodingError(fault, offset: start) }
        guard let type = FileType(rawValue: try reader.uint8()) else {
            throw reader.fault("there is no such file type")
        }
        let flags = try reader.uint8()
        guard flags & ~Flag.all == 0, flags & 0b110 != 0b110 else { throw reader.fault("unknown flags \(flags)") }
        let permissions = try reader.uint16()
        guard permissions <= 0o7777 else { throw reader.fault("permissions of more than twelve bits") }
        let userID = UInt32(try reader.varint(atMost: UInt64(UInt32.max), "a user's number"))
        let groupID = UInt32(try reader.varint(atMost: UInt64(UInt32.max), "a group's number"))
        self.init(name: name, type: type, permissions: permissions, userID: userID, groupID: groupID)
        modified = try Self.decodeTimestamp(&reader)
        changed = try Self.decodeTimestamp(&reader)
        if flags & Flag.born != 0 { born = try Self.decodeTimestamp(&reader) }
        inode = try reader.varint()
        device = try reader.varint()
        linkCount = try reader.varint()
        guard linkCount >= 1, type != .directory || linkCount == 1 else { throw reader.fault("a wrong link count") }
        switch type {
        case .regular: size = try reader.varint(atMost: Limits.fileBytesMax, "a file's size")
        case .symbolicLink:
            let target = try reader.sizedBytes(atMost: Limits.symbolicLinkBytesMax, "a symbolic link's target")
            guard !target.isEmpty, !target.contains(0) else { throw reader.fault("an impossible link target") }
            symbolicLinkTarget = target
        case .characterDevice, .blockDevice:
            deviceNumber = DeviceNumber(
                major: UInt32(try reader.varint(atMost: UInt64(UInt32.max), "a device number")),
                minor: UInt32(try reader.varint(atMost: UInt64(UInt32.max), "a device number")))
        case .directory, .fifo, .socket: break
        }
        if flags & Flag.extendedAttributes != 0 {
            let start = reader.position
            extendedAttributes = .inline(try ExtendedAttributeSet.decode(&reader))
            guard reader.position - start <= Limits.inlineExtendedAttributesBytesMax else {
                throw CodingError("attributes that are too long to stand in an entry", offset: start)
            }
        } else if flags & Flag.extendedAttributesReference != 0 {
            extendedAttributes = .reference(ChunkID(try reader.bytes32()))
        }
        content = try Self.decodeContent(&reader, type: type, size: size)
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
        var flags: UInt8 = born == nil ? 0 : Flag.born
        switch extendedAttributes {
        case .inline(let records): if !records.isEmpty { flags |= Flag.extendedAttributes }
        case .reference: flags |= Flag.extendedAttributesReference
        }
        return flags
    }

    private func encodeContent(to writer: inout ByteWriter) {
        func tag(_ tag: ContentTag) { writer.uint8(tag.rawValue) }
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

    private static func decodeContent(
        _ reader: inout ByteReader, type: FileType, size: UInt64
    ) throws(CodingError) -> EntryContent {
        let start = reader.position
        let raw = try reader.uint8()
        let content: EntryContent
        switch ContentTag(rawValue: raw) {
        case .none?: content = .none
        case .chunk?: content = .chunk(ChunkID(try reader.bytes32()))
        case .segments?: content = .segments(try decodeSegments(&reader, size: size))
        case .list?: content = .list(ChunkID(try reader.bytes32()))
        case .tree?: content = .tree(ChunkID(try reader.bytes32()))
        case .unreadable?: content = .unreadable
        case nil: throw CodingError("there is no content of kind \(raw)", offset: start)
        }
        let fits =
            switch (type, content) {
            case (.directory, .tree), (.directory, .unreadable), (.regular, .unreadable): true
            case (.regular, .none): size == 0
            case (.regular, .chunk): size > 0 && size <= UInt64(Limits.chunkBytesMax)
            case (.regular, .segments), (.regular, .list): size > 0
            case (.symbolicLink, .none), (.fifo, .none), (.socket, .none): true
            case (.characterDevice, .none), (.blockDevice, .none): true
            default: false
            }
        guard fits else { throw CodingError("its content does not fit its type and size", offset: start) }
        return content
    }

    private static func decodeSegments(
        _ reader: inout ByteReader, size: UInt64
    ) throws(CodingError) -> [ContentSegment] {
        let count = try reader.varint(atMost: UInt64(Limits.inlineSegmentsMax), "the number of segments")
        var segments: [ContentSegment] = []
        var total: UInt64 = 0
        for _ in 0..<count {
            let segment = try ContentSegment(decoding: &reader)
            let (sum, overflow) = total.addingReportingOverflow(segment.bytes)
            guard !overflow, sum <= size else { throw reader.fault("segments are longer than their file") }
            total = sum
            try ContentSegment.append(segment, to: &segments, reader)
        }
        guard total == size else { throw reader.fault("segments are shorter than their file") }
        return segments
    }

    private static func encode(_ time: Timestamp, to writer: inout ByteWriter) {
        writer.signedVarint(time.seconds)
        writer.varint(UInt64(time.nanoseconds))
    }

    private static func decodeTimestamp(_ reader: inout ByteReader) throws(CodingError) -> Timestamp {
        let seconds = try reader.signedVarint()
        return Timestamp(
            seconds: seconds, nanoseconds: UInt32(try reader.varint(atMost: 999_999_999, "nanoseconds")))
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

    static func decode(_ reader: inout ByteReader) throws(CodingError) -> [ExtendedAttributeRecord] {
        let count = try reader.count(minimumBytes: 3, "the number of extended attributes")
        guard count > 0, count <= Limits.extendedAttributesMax else {
            throw reader.fault("\(count) extended attributes")
        }
        var records: [ExtendedAttributeRecord] = []
        for _ in 0..<count {
            let name = try reader.sizedBytes(atMost: Limits.nameBytesMax, "an attribute's name")
            guard !name.isEmpty, !name.contains(0) else { throw reader.fault("an impossible attribute name") }
            guard records.last.map({ $0.name.lexicographicallyPrecedes(name) }) ?? true else {
                throw reader.fault("attributes are out of order")
            }
            let value = try reader.sizedBytes(
                atMost: Limits.extendedAttributeValueBytesMax, "an attribute's value")
            records.append(ExtendedAttributeRecord(name: name, value: value))
        }
        return records
    }
}
