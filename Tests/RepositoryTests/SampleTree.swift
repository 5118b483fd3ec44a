import Coding
import Repository
import SystemInterface
import TestSupport

/// Entries of every kind, drawn with a seed.
enum SampleTree {
    /// An entry that the format can hold, of any type but directory, with content that refers to chunks that need not be.
    static func entry(_ index: Int, using random: inout SeededGenerator) -> TreeEntry {
        let types = FileType.allCases.filter { $0 != .directory }
        var entry = TreeEntry(
            name: name(index, using: &random), type: types[random.number(in: 0...types.count - 1)],
            permissions: UInt16(random.number(in: 0...0o7777)),
            userID: UInt32.random(in: 0...UInt32.max, using: &random),
            groupID: UInt32(random.number(in: 0...3)), modified: time(using: &random), changed: time(using: &random),
            inode: UInt64.random(in: 0...UInt64.max, using: &random), device: UInt64(random.number(in: 0...9)),
            linkCount: UInt64(random.number(in: 1...4)))
        entry.groupName = ["root", "staff", nil, "users"][Int(entry.groupID)]
        if Bool.random(using: &random) { entry.born = time(using: &random) }
        switch entry.type {
        case .regular: fillRegular(&entry, using: &random)
        case .symbolicLink: entry.symbolicLinkTarget = random.bytes(random.number(in: 1...4_095)).map { max($0, 1) }
        case .characterDevice, .blockDevice:
            entry.deviceNumber = DeviceNumber(major: UInt32(random.number(in: 0...4_095)), minor: 7)
        case .directory, .fifo, .socket: break
        }
        switch random.number(in: 0...3) {
        case 0:
            entry.extendedAttributes = .inline([
                ExtendedAttributeRecord(name: Array("user.a".utf8), value: []),
                ExtendedAttributeRecord(name: Array("user.b".utf8), value: random.bytes(90)),
            ])
        case 1: entry.extendedAttributes = .reference(id(using: &random))
        default: break
        }
        return entry
    }

    static func id(using random: inout SeededGenerator) -> ChunkID {
        ChunkID(Bytes32(random.bytes(32)) ?? .zero)
    }

    private static func fillRegular(_ entry: inout TreeEntry, using random: inout SeededGenerator) {
        switch random.number(in: 0...4) {
        case 0: entry.size = 0
        case 1:
            entry.size = UInt64(random.number(in: 1...Limits.chunkBytesMax))
            entry.content = .chunk(id(using: &random))
        case 2:
            var segments: [ContentSegment] = []
            for _ in 0..<random.number(in: 1...Limits.inlineSegmentsMax) {
                // Two holes that meet would be one.
                let isHole = segments.last?.chunk != nil && Bool.random(using: &random)
                segments.append(
                    ContentSegment(
                        bytes: UInt64(random.number(in: 1...1 << 20)), chunk: isHole ? nil : id(using: &random)))
            }
            entry.size = segments.reduce(0) { $0 + $1.bytes }
            entry.content = .segments(segments)
        case 3:
            entry.size = UInt64.random(in: 1...Limits.fileBytesMax, using: &random)
            entry.content = .list(id(using: &random))
        default:
            entry.size = UInt64(random.number(in: 0...1_000))
            entry.content = .unreadable
        }
    }

    private static func name(_ index: Int, using random: inout SeededGenerator) -> [UInt8] {
        // The number in front keeps names unique and in order.
        let digits = Array(String(1_000_000 + index).utf8)
        let rest = random.bytes(random.number(in: 0...248)).map { $0 == 0 || $0 == UInt8(ascii: "/") ? 0xFF : $0 }
        return digits + rest
    }

    private static func time(using random: inout SeededGenerator) -> Timestamp {
        Timestamp(
            seconds: Int64.random(in: -10_000_000_000...10_000_000_000, using: &random),
            nanoseconds: UInt32(random.number(in: 0...999_999_999)))
    }
}
