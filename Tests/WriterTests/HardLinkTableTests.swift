import Coding
import Repository
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("What is kept of inodes with several names")
struct HardLinkTableTests {
    private static let roomy = 1 << 20
    private var random = SeededGenerator(seed: 5)

    private mutating func chunk() -> ChunkID {
        let bytes = random.bytes(Bytes32.count)
        return ChunkID(Bytes32(bytes.span) ?? .zero)
    }

    private static func entry(_ inode: UInt64, names: UInt64 = 3, _ content: EntryContent) -> TreeEntry {
        var entry = TreeEntry(
            name: Array("name".utf8), type: .regular, modified: Timestamp(seconds: 1, nanoseconds: 2),
            changed: Timestamp(seconds: 3, nanoseconds: 4), inode: inode, device: 9, linkCount: names, content: content)
        entry.size = content == .none ? 0 : 5_000
        return entry
    }

    @Test("is what one name was saved as, for as many names as there are")
    mutating func comesBack() throws {
        let segments = [ContentSegment(bytes: 4_000, chunk: chunk()), ContentSegment(bytes: 1_000, chunk: nil)]
        let contents: [EntryContent] = [.none, .chunk(chunk()), .list(chunk()), .segments(segments)]
        let note = ExtendedAttributeRecord(name: Array("user.note".utf8), value: [1, 2])
        let attributes: [ExtendedAttributeSet] = [.inline([]), .inline([note]), .reference(chunk())]
        var table = HardLinkTable(inodesMax: 100, detailBytesMax: Self.roomy)
        var entries: [TreeEntry] = []
        for content in contents {
            for set in attributes {
                var saved = Self.entry(UInt64(entries.count), content)
                saved.extendedAttributes = set
                entries.append(saved)
            }
        }
        entries[5].lacksAttributes = true
        entries[5].extendedAttributes = .inline([])
        for entry in entries { table.remember(entry) }
        for _ in 0..<2 {
            for entry in entries {
                let found = table.known(for: entry, size: entry.size)
                let known = try #require(found)
                #expect(known.content == entry.content)
                #expect(known.size == entry.size)
                #expect(known.extendedAttributes == entry.extendedAttributes)
                #expect(known.lacksAttributes == entry.lacksAttributes)
            }
        }
        // That were the three names of each.
        for entry in entries { #expect(table.known(for: entry, size: entry.size) == nil) }
    }

    @Test("is not given to a name that shows another state of the file, nor kept of what has one name or no bytes")
    mutating func differs() throws {
        var table = HardLinkTable(inodesMax: 100, detailBytesMax: Self.roomy)
        let saved = Self.entry(1, .chunk(chunk()))
        table.remember(saved)
        var other = saved
        other.changed = Timestamp(seconds: 3, nanoseconds: 5)
        #expect(table.known(for: other, size: 5_000) == nil)
        other = saved
        other.modified = .zero
        #expect(table.known(for: other, size: 5_000) == nil)
        #expect(table.known(for: saved, size: 5_001) == nil)
        other = saved
        other.device = 10
        #expect(table.known(for: other, size: 5_000) == nil)
        #expect(table.known(for: saved, size: 5_000) != nil)
        for refused in [Self.entry(2, names: 1, .chunk(chunk())), Self.entry(3, .unreadable)] {
            table.remember(refused)
            #expect(table.known(for: refused, size: refused.size) == nil)
        }
    }

    @Test("is limited in number; the first are kept, and one of which all names were met makes room")
    mutating func limitedCount() throws {
        var table = HardLinkTable(inodesMax: 2, detailBytesMax: Self.roomy)
        let entries = (1...4).map { Self.entry($0, names: 2, .chunk(chunk())) }
        for entry in entries[..<3] { table.remember(entry) }
        #expect(table.known(for: entries[2], size: 5_000) == nil)
        #expect(table.known(for: entries[0], size: 5_000) != nil)
        table.remember(entries[3])
        #expect(table.known(for: entries[1], size: 5_000) != nil)
        #expect(table.known(for: entries[3], size: 5_000) != nil)
    }

    @Test("is limited in bytes of lists of segments and of attributes; what needs none of them is kept")
    mutating func limitedBytes() throws {
        var table = HardLinkTable(inodesMax: 1_000, detailBytesMax: 10_000)
        var kept = 0
        var entries: [TreeEntry] = []
        for number in 0..<200 as Range<UInt64> {
            let list = [
                ContentSegment(bytes: 4_000, chunk: chunk()), ContentSegment(bytes: 1_000, chunk: chunk()),
            ]
            entries.append(Self.entry(number, names: 2, .segments(list)))
            table.remember(entries[Int(number)])
        }
        let plain = Self.entry(1_000, names: 2, .chunk(chunk()))
        table.remember(plain)
        var noted = Self.entry(1_001, names: 2, .chunk(chunk()))
        noted.extendedAttributes = .inline([
            ExtendedAttributeRecord(name: Array("user.note".utf8), value: [UInt8](repeating: 1, count: 1_000))
        ])
        table.remember(noted)
        #expect(table.known(for: plain, size: 5_000) != nil)
        #expect(table.known(for: noted, size: 5_000) == nil)
        for entry in entries where table.known(for: entry, size: 5_000)?.content == entry.content { kept += 1 }
        #expect((20..<100).contains(kept), "\(kept)")
        // They were the last to need their lists.
        table.remember(noted)
        #expect(table.known(for: noted, size: 5_000)?.extendedAttributes == noted.extendedAttributes)
    }
}
