import Coding
import Cryptography
import Repository
import Storage
import SystemInterface
import TestSupport

/// The repository of format version 1 that is kept for ever in `Golden/version-1`: what it must hold, and how it was made.
///
/// It has every kind of object, entry and content: inline and paged directories and lists, holes, inline and separate
/// attributes, unreadable items, problems, two snapshots.
enum GoldenRepository {
    static let passphrase = SecretBytes(Array("golden".utf8))
    /// Small chunks, so that a list of several pages stays a small file.
    private static let chunkBytes = 5

    static var path: FilePath {
        FilePath(#filePath).parent.appending("Golden").appending("version-1")
    }

    /// What the tree of a golden snapshot holds: entries as they must be read, and the bytes of its files by path.
    struct Expected {
        var entries: [FilePath: TreeEntry] = [:]
        var bytes: [FilePath: [UInt8]] = [:]
        var attributes: [FilePath: [ExtendedAttributeRecord]] = [:]
    }

    /// Writes the repository into `store` and returns what it must hold, snapshot by snapshot.
    static func write(into store: any ObjectStore) throws -> [Expected] {
        let entropy = SeededEntropy(seed: 1)
        guard let cost = PassphraseCost(logN: 10) else { return [] }
        try Repository.create(in: store, passphrase: passphrase, passphraseCost: cost, entropy: entropy)
        let repository = try Repository.open(store, passphrase: passphrase, cacheDirectory: nil)
        var parent: SnapshotID?
        return try [1_000_000_000, 1_000_086_400].map { seconds in
            let session = try repository.makeWriteSession(WriteSessionOptions(workers: 1), entropy: entropy)
            var author = Author(session: session, random: SeededGenerator(seed: UInt64(seconds)))
            let root = try author.writeRoot()
            var manifest = SnapshotManifest(
                started: Timestamp(seconds: Int64(seconds), nanoseconds: 123_456_789),
                finished: Timestamp(seconds: Int64(seconds) + 60), host: "golden", userName: "nobody",
                program: "pastfs golden", paths: ["/", FilePath([0x2F, 0xFF, 0x0A])], tags: ["first", "zweite"],
                excludes: ["*.tmp"], parent: parent, kind: parent == nil ? .full : .differential, root: root)
            manifest.isPartial = parent != nil
            manifest.problemCount = 2
            manifest.problems = [SnapshotProblem(path: "/unreadable", reason: "permission denied")]
            manifest.statistics.files = 7
            parent = try session.commit(manifest).id
            return author.expected
        }
    }

    private struct Author {
        let session: WriteSession
        var random: SeededGenerator
        var expected = Expected()

        mutating func writeRoot() throws -> TreeEntry {
            var entries: [TreeEntry] = []
            for (name, size) in [("empty", 0), ("one chunk", 4), ("segments", 30), ("list", 12_000)] {
                entries.append(try file(name, bytes: size))
            }
            entries.append(try special("fifo", .fifo))
            entries.append(try special("socket", .socket))
            entries.append(try special("char", .characterDevice))
            entries.append(try special("block", .blockDevice))
            entries.append(try special("link", .symbolicLink))
            entries.append(try special("unreadable", .regular))
            entries.append(try directory("empty directory", names: []))
            entries.append(try directory("huge directory", names: (0..<2_000).map { "name \(10_000 + $0)" }))
            entries.sort { $0.name.lexicographicallyPrecedes($1.name) }
            var builder = TreeBuilder(session: session)
            for entry in entries {
                try builder.add(entry)
                expected.entries[FilePath("/").appending(entry.name)] = entry
            }
            return TreeEntry(
                name: [], type: .directory, permissions: 0o755, modified: Timestamp(seconds: -5, nanoseconds: 999),
                content: .tree(try builder.finish()))
        }

        private mutating func file(_ name: String, bytes count: Int) throws -> TreeEntry {
            var entry = base(name, .regular)
            var contents = ContentBuilder(session: session)
            var bytes: [UInt8] = []
            while bytes.count < count {
                let piece = random.bytes(min(GoldenRepository.chunkBytes, count - bytes.count))
                if bytes.count % 20 == 15 {
                    contents.addHole(bytes: UInt64(piece.count))
                    bytes += [UInt8](repeating: 0, count: piece.count)
                } else {
                    try contents.addChunk(try session.add(piece.span, .content), bytes: piece.count)
                    bytes += piece
                }
            }
            entry.size = UInt64(count)
            entry.content = try contents.finish()
            let values = (0..<3).map {
                ExtendedAttributeRecord(name: Array("user.\($0)".utf8), value: random.bytes($0))
            }
            let large = values + [ExtendedAttributeRecord(name: Array("user.large".utf8), value: random.bytes(3_000))]
            let attributes = count == 4 ? values : count == 30 ? large : []
            entry.extendedAttributes = try ExtendedAttributeSet.store(attributes, in: session)
            let path = FilePath("/").appending(name)
            expected.attributes[path] = attributes
            expected.bytes[path] = bytes
            return entry
        }

        private mutating func special(_ name: String, _ type: FileType) throws -> TreeEntry {
            var entry = base(name, type)
            switch type {
            case .symbolicLink: entry.symbolicLinkTarget = Array("../target \u{E9}".utf8)
            case .characterDevice, .blockDevice: entry.deviceNumber = DeviceNumber(major: 259, minor: 1_048_575)
            case .regular: entry.content = .unreadable
            default: break
            }
            return entry
        }

        private mutating func directory(_ name: String, names: [String]) throws -> TreeEntry {
            var entry = base(name, .directory)
            var builder = TreeBuilder(session: session)
            for child in names {
                let item = TreeEntry(name: Array(child.utf8), type: .fifo, permissions: 0o600, inode: 5, linkCount: 2)
                try builder.add(item)
                expected.entries[FilePath("/").appending(name).appending(child)] = item
            }
            entry.content = .tree(try builder.finish())
            return entry
        }

        private mutating func base(_ name: String, _ type: FileType) -> TreeEntry {
            var entry = TreeEntry(
                name: Array(name.utf8), type: type, permissions: UInt16(random.number(in: 0...0o7777)),
                userID: UInt32.max - 1, groupID: 7,
                modified: Timestamp(seconds: -10_000_000_000, nanoseconds: 999_999_999),
                changed: Timestamp(seconds: 10_000_000_000, nanoseconds: 1), inode: random.next(), device: 64_769)
            entry.userName = "somebody"
            entry.born = Timestamp(seconds: 1, nanoseconds: 2)
            return entry
        }
    }
}
