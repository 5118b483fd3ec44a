import Coding
import Repository
import SystemInterface

/// Pages as somebody with a writer's key can make them: sealed as they must be, and saying whatever he likes.
struct HostilePages {
    let fixture: RepositoryFixture

    init() throws {
        fixture = try RepositoryFixture()
    }

    /// Stores what `build` adds, and gives a way to read it.
    func plant<Value>(_ build: (WriteSession) throws -> Value) throws -> (Value, ChunkSource) {
        let session = try fixture.session()
        let value = try build(session)
        var root = TreeBuilder(session: session)
        let tree = try root.finish()
        _ = try session.commit(
            RepositoryFixture.manifest(root: TreeEntry(name: [], type: .directory, content: .tree(tree))))
        return (value, fixture.repository.makeSource())
    }

    /// An inner page.
    static func inner(level: UInt8, count: UInt64? = nil, _ items: [(UInt64, String, ChunkID)]) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint8(level)
        writer.varint(count ?? UInt64(items.count))
        for (weight, name, page) in items {
            writer.varint(weight)
            writer.text(name)
            writer.bytes32(page.bytes)
        }
        return writer.bytes
    }

    /// A leaf page of fifos of these names.
    static func leaf(_ names: [String], count: UInt64? = nil, users: [(UInt64, String)] = []) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint8(0)
        writer.varint(UInt64(users.count))
        for (number, name) in users {
            writer.varint(number)
            writer.text(name)
        }
        writer.varint(0)
        writer.varint(count ?? UInt64(names.count))
        for name in names { writer.append(fifo(Array(name.utf8))) }
        return writer.bytes
    }

    /// An entry: name, type, flags, permissions, owners, times, inode, device, link count, content.
    static func fifo(_ name: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.sizedBytes(name)
        writer.append([FileType.fifo.rawValue, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0])
        return writer.bytes
    }

    /// A leaf page of a list of chunks.
    static func list(count: UInt64? = nil, _ segments: [(UInt64, ChunkID?)]) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint8(0)
        writer.varint(count ?? UInt64(segments.count))
        for (bytes, chunk) in segments {
            writer.varint(bytes)
            writer.uint8(chunk == nil ? 0 : 1)
            if let chunk { writer.bytes32(chunk.bytes) }
        }
        return writer.bytes
    }

    /// The entries of a directory, after everything that a reader asks of it has been asked.
    static func readAll(_ root: ChunkID, _ source: ChunkSource) throws -> [TreeEntry] {
        let directory = try TreeDirectory(root, source: source)
        var entries: [TreeEntry] = []
        for index in 0..<directory.pageCount { entries += try directory.page(index).entries }
        for entry in entries { _ = try directory.entry(named: entry.name) }
        _ = try directory.entry(named: [0xFF])
        return entries
    }

    /// Asks all that a reader asks of a file of `size` bytes whose list is `root`, but not for its chunks.
    static func runs(_ root: ChunkID, size: UInt64, _ source: ChunkSource) throws -> [ContentSegment] {
        var entry = TreeEntry(name: [97], type: .regular, content: .list(root))
        entry.size = size
        let file = try FileContents(entry, source: source)
        var segments: [ContentSegment] = []
        try file.forEachRun { segments.append($0.segment) }
        for offset in [0, size / 2, size - 1] where offset < size {
            let run = try file.run(at: offset)
            guard run.start <= offset, offset < run.end else {
                throw RepositoryError(.internalFailure, "a run from \(run.start) to \(run.end) for offset \(offset)")
            }
            _ = try file.nextData(from: offset)
            _ = try file.nextHole(from: offset)
        }
        _ = try file.dataBytes()
        return segments
    }

    /// A copy with one to four bytes changed, put in, taken out, or the end cut off.
    static func mutated(_ bytes: [UInt8], using random: inout some RandomNumberGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...5, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 4: bytes.remove(at: place)
            default: bytes.removeLast(min(bytes.count, Int.random(in: 1...40, using: &random)))
            }
        }
        return bytes
    }
}
