import Coding
import SystemInterface

/// An entry of a directory as it stands in its page: numbers by value, the rest as places in the page's bytes.
///
/// Reading one touches no heap. `TreeEntry` is the form that owns what it says.
public struct PageEntry: Sendable {
    /// Where the bytes of a file, or the entries of a directory, are; see `EntryContent`.
    public enum Content: Equatable, Sendable {
        case none
        case chunk(ChunkID)
        /// So many segments, from this place on.
        case segments(count: Int, start: Int)
        case list(ChunkID)
        case tree(ChunkID)
        case unreadable
    }

    /// The extended attributes; see `ExtendedAttributeSet`.
    public enum Attributes: Equatable, Sendable {
        case none
        /// So many attributes, from this place on.
        case inline(count: Int, start: Int)
        case reference(ChunkID)
    }

    /// The place of the name.
    public let name: Range<Int>
    /// What it is.
    public let type: FileType
    /// The lower twelve bits of the mode.
    public let permissions: UInt16
    /// The owner.
    public let userID: UInt32
    /// The owning group.
    public let groupID: UInt32
    /// When the content changed last.
    public let modified: Timestamp
    /// When the inode changed last.
    public let changed: Timestamp
    /// When the file was created, where the file system told.
    public let born: Timestamp?
    /// The inode's number on the host that was backed up.
    public let inode: UInt64
    /// The device of that inode.
    public let device: UInt64
    /// How many names the inode had; 1 for a directory.
    public let linkCount: UInt64
    /// Bytes of a regular file's content; 0 for everything else.
    public let size: UInt64
    /// The device that a device node stands for.
    public let deviceNumber: DeviceNumber?
    /// The place of a symbolic link's target; empty for everything else.
    public let symbolicLinkTarget: Range<Int>
    /// The extended attributes.
    public let attributes: Attributes
    /// Whether the source has attributes that could not be saved.
    public let lacksAttributes: Bool
    /// Whether a directory had more than the snapshot has: see `TreeEntry.isPassedThrough`.
    public let isPassedThrough: Bool
    /// Where the content is.
    public let content: Content
    /// How many bytes of a file with segments are not in holes.
    public let segmentDataBytes: UInt64

    /// Whether several names of the source shared this inode.
    public var isHardLinked: Bool { type != .directory && linkCount > 1 }
}

/// The binary form, canonical: equal entries have equal bytes, and decoding refuses every other form.
///
/// `TreeEntry` writes it, and docs/format.md has the table.
extension PageEntry {
    /// Reads an entry; `isRoot` allows the empty name that only a snapshot's root directory has.
    init(decoding reader: inout ByteReader, isRoot: Bool = false) throws(CodingError) {
        let start = reader.position
        name = try reader.sizedRange(atMost: Limits.nameBytesMax, "a name")
        if let fault = Self.nameFault(name, in: reader, isRoot: isRoot) { throw CodingError(fault, offset: start) }
        guard let type = FileType(rawValue: try reader.uint8()) else {
            throw reader.fault("there is no such file type")
        }
        self.type = type
        let flags = try reader.uint8()
        guard flags & ~EntryFlag.all == 0, flags & EntryFlag.anyAttributes != EntryFlag.anyAttributes else {
            throw reader.fault("unknown flags \(flags)")
        }
        permissions = try reader.uint16()
        guard permissions <= 0o7777 else { throw reader.fault("permissions of more than twelve bits") }
        userID = UInt32(try reader.varint(atMost: UInt64(UInt32.max), "a user's number"))
        groupID = UInt32(try reader.varint(atMost: UInt64(UInt32.max), "a group's number"))
        modified = try Self.timestamp(&reader)
        changed = try Self.timestamp(&reader)
        born = flags & EntryFlag.born != 0 ? try Self.timestamp(&reader) : nil
        inode = try reader.varint()
        let source = EntryDevice(decoding: try reader.varint())
        (device, lacksAttributes, isPassedThrough) = (source.device, source.lacksAttributes, source.isPassedThrough)
        linkCount = try reader.varint()
        guard linkCount >= 1, type != .directory || linkCount == 1 else { throw reader.fault("a wrong link count") }
        size = type == .regular ? try reader.varint(atMost: Limits.fileBytesMax, "a file's size") : 0
        symbolicLinkTarget = type == .symbolicLink ? try Self.linkTarget(&reader) : 0..<0
        deviceNumber =
            type == .characterDevice || type == .blockDevice
            ? DeviceNumber(
                major: UInt32(try reader.varint(atMost: UInt64(UInt32.max), "a device number")),
                minor: UInt32(try reader.varint(atMost: UInt64(UInt32.max), "a device number"))) : nil
        if flags & EntryFlag.attributes != 0 {
            attributes = try Self.inlineAttributes(&reader)
        } else if flags & EntryFlag.attributesReference != 0 {
            attributes = .reference(ChunkID(try reader.bytes32()))
        } else {
            attributes = .none
        }
        (content, segmentDataBytes) = try Self.content(&reader, type: type, size: size)
    }

    private static func nameFault(_ name: Range<Int>, in reader: ByteReader, isRoot: Bool) -> String? {
        reader.lend(name) { bytes in
            if isRoot { return bytes.isEmpty ? nil : "the root has a name" }
            if bytes.isEmpty { return "a name is empty" }
            let dot = UInt8(ascii: ".")
            if bytes[0] == dot, bytes.count == 1 || bytes.count == 2 && bytes[1] == dot {
                return "a name is \".\" or \"..\""
            }
            for byte in bytes where byte == 0 || byte == UInt8(ascii: "/") { return "a name holds \"/\" or NUL" }
            return nil
        }
    }

    private static func timestamp(_ reader: inout ByteReader) throws(CodingError) -> Timestamp {
        let seconds = try reader.signedVarint()
        return Timestamp(
            seconds: seconds, nanoseconds: UInt32(try reader.varint(atMost: 999_999_999, "nanoseconds")))
    }

    private static func linkTarget(_ reader: inout ByteReader) throws(CodingError) -> Range<Int> {
        let target = try reader.sizedRange(atMost: Limits.symbolicLinkBytesMax, "a symbolic link's target")
        guard !target.isEmpty, !reader.contains(0, in: target) else { throw reader.fault("an impossible link target") }
        return target
    }

    private static func inlineAttributes(_ reader: inout ByteReader) throws(CodingError) -> Attributes {
        let start = reader.position
        let count = try ExtendedAttributeSet.scan(&reader) { _, _ in }
        guard reader.position - start <= Limits.inlineExtendedAttributesBytesMax else {
            throw CodingError("attributes that are too long to stand in an entry", offset: start)
        }
        return .inline(count: count, start: start)
    }

    private static func content(
        _ reader: inout ByteReader, type: FileType, size: UInt64
    ) throws(CodingError) -> (Content, dataBytes: UInt64) {
        let start = reader.position
        let raw = try reader.uint8()
        let content: Content
        var dataBytes: UInt64 = 0
        switch EntryContentTag(rawValue: raw) {
        case .none?: content = .none
        case .chunk?: content = .chunk(ChunkID(try reader.bytes32()))
        case .segments?: (content, dataBytes) = try segments(&reader, size: size)
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
        return (content, dataBytes)
    }

    private static func segments(
        _ reader: inout ByteReader, size: UInt64
    ) throws(CodingError) -> (Content, dataBytes: UInt64) {
        let count = Int(try reader.varint(atMost: UInt64(Limits.inlineSegmentsMax), "the number of segments"))
        let start = reader.position
        var total: UInt64 = 0
        var dataBytes: UInt64 = 0
        var isAfterHole = false
        for _ in 0..<count {
            let segment = try ContentSegment(decoding: &reader)
            let (sum, overflow) = total.addingReportingOverflow(segment.bytes)
            guard !overflow, sum <= size else { throw reader.fault("segments are longer than their file") }
            total = sum
            // Holes that meet are one: two would be a second form.
            guard !isAfterHole || segment.chunk != nil else { throw reader.fault("two holes meet") }
            isAfterHole = segment.chunk == nil
            if !isAfterHole { dataBytes += segment.bytes }
        }
        guard total == size else { throw reader.fault("segments are shorter than their file") }
        return (.segments(count: count, start: start), dataBytes)
    }
}

/// Which optional fields of an entry follow; the bits that are not named here are 0.
enum EntryFlag {
    static let born: UInt8 = 1 << 0
    static let attributes: UInt8 = 1 << 1
    static let attributesReference: UInt8 = 1 << 2
    static let anyAttributes: UInt8 = attributes | attributesReference
    static let all: UInt8 = 0b111
}

/// The device of an entry's source, and what stands with it in one number: no device has a number with one of the two highest
/// bits, and readers that know nothing of this take it for one more device.
struct EntryDevice {
    private static let lacksAttributes: UInt64 = 1 << 63
    private static let isPassedThrough: UInt64 = 1 << 62

    let device: UInt64
    let lacksAttributes: Bool
    let isPassedThrough: Bool

    init(_ device: UInt64, lacksAttributes: Bool, isPassedThrough: Bool) {
        self.device = device & ~(Self.lacksAttributes | Self.isPassedThrough)
        self.lacksAttributes = lacksAttributes
        self.isPassedThrough = isPassedThrough
    }

    init(decoding number: UInt64) {
        self.init(
            number, lacksAttributes: number & Self.lacksAttributes != 0,
            isPassedThrough: number & Self.isPassedThrough != 0)
    }

    /// What is stored.
    var number: UInt64 {
        device | (lacksAttributes ? Self.lacksAttributes : 0) | (isPassedThrough ? Self.isPassedThrough : 0)
    }
}

/// How an entry says of which kind its content is.
enum EntryContentTag: UInt8 {
    case none = 0
    case chunk = 1
    case segments = 2
    case list = 3
    case tree = 4
    case unreadable = 5
}
