import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A reader whose local catalog another process writes and does not let go", .timeLimit(.minutes(20)))
struct HeldCatalogReadingTests {
    @Test("reads what a collection has moved")
    func readsMovedChunks() throws {
        let directory = try TemporaryDirectory()
        let fixture = try CollectionFixture()
        let wanted = CollectionFixture.bytes(1)
        let whole = try fixture.commit(["a": wanted, "b": CollectionFixture.bytes(2)])
        let rest = try fixture.commit(["a": wanted])
        let reader = try fixture.repository.reopened(cacheDirectory: directory.path)
        guard case .tree(let root) = rest.manifest.root.content else {
            Issue.record("a root is a tree")
            return
        }
        let source = reader.makeSource()
        let entry = try #require(try TreeDirectory(root, source: source).entry(named: Array("a".utf8)))
        let contents = try FileContents(entry, source: source)

        let before = Set(try fixture.store.names(in: .packs))
        try fixture.forget(whole)
        try fixture.collect {
            $0.isConfirmed = true
            $0.unusedShareMax = 0
        }
        try #require(try !before.isSubset(of: fixture.store.names(in: .packs)), "a pack is gone")

        let catalog = reader.cacheDirectory(below: directory.path).appending("catalog.sqlite")
        let holder = try CatalogHolder(catalog)
        var bytes = [UInt8](repeating: 0, count: wanted.count)
        let count = try bytes.withUnsafeMutableBytes { try contents.read(at: 0, into: $0) }
        #expect(count == wanted.count && bytes == wanted)
        #expect(reader.warnings.contains { $0.contains("the local catalog cannot be used") })
        try holder.end()
    }
}

/// A process that has begun to write to a catalog, and goes on until it is told to end.
private final class CatalogHolder {
    private let process: Int32
    private let input: FileDescriptor

    init(_ file: FilePath) throws {
        let input = try FileDescriptor.pipe()
        let output = try FileDescriptor.pipe()
        process = try ProcessLauncher.spawn(
            "sqlite3", arguments: [Array("sqlite3".utf8), file.bytes],
            descriptors: [0: input.readEnd.rawValue, 1: output.writeEnd.rawValue], searchingPath: true)
        self.input = try input.writeEnd.duplicate()
        try input.readEnd.close()
        try input.writeEnd.close()
        try output.writeEnd.close()
        try self.input.write(all: Array("BEGIN IMMEDIATE;\nSELECT 'held';\n".utf8))
        var answer: [UInt8] = []
        while answer.count < 5 {
            let piece = try output.readEnd.read(5 - answer.count)
            if piece.isEmpty { break }
            answer += piece
        }
        try output.readEnd.close()
        try #require(answer == Array("held\n".utf8))
    }

    func end() throws {
        try input.write(all: Array(".quit\n".utf8))
        #expect(try ProcessLauncher.wait(process) == 0)
    }
}
