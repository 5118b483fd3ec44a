import SnapshotView
import Testing
import ViewTestSupport

@Suite("Inode numbers and nodes")
struct InodeNumberTests {
    private let fixture: ViewFixture
    private let first = "snapshots/2001-09-09T01-46-40Z"
    private let second = "snapshots/2001-09-09T01-46-41Z"

    init() throws {
        fixture = try ViewFixture()
        try fixture.commit(1_000_000_000, ["same/a": "1", "changed/a": "1", "changed/b": "2", "twin/a": "1"])
        try fixture.commit(1_000_000_001, ["same/a": "1", "changed/a": "1", "changed/b": "other", "twin/a": "1"])
    }

    private func pair(_ path: String, in view: SnapshotView) throws -> (NodeAttributes, NodeAttributes) {
        (try #require(try view.find("\(first)/\(path)")), try #require(try view.find("\(second)/\(path)")))
    }

    @Test("what did not change has one number in both snapshots", arguments: ["same", "same/a", "changed/a"])
    func keepsNumbers(_ path: String) throws {
        let (old, new) = try pair(path, in: fixture.view())
        #expect(old.inode == new.inode)
    }

    @Test("what changed has another number", arguments: ["", "changed", "changed/b"])
    func changesNumbers(_ path: String) throws {
        let (old, new) = try pair(path, in: fixture.view())
        #expect(old.inode != new.inode)
    }

    @Test("equal directories of one snapshot differ, and so do equal files in them")
    func tellsTwinsApart() throws {
        let view = try fixture.view()
        #expect(try view.find("\(first)/same")?.inode != view.find("\(first)/twin")?.inode)
        #expect(try view.find("\(first)/same/a")?.inode != view.find("\(first)/twin/a")?.inode)
    }

    @Test("files of one version share a node, directories never do")
    func sharesNodes() throws {
        let view = try fixture.view()
        let files = try pair("same/a", in: view)
        #expect(files.0.node == files.1.node)
        let directories = try pair("same", in: view)
        #expect(directories.0.node != directories.1.node)
    }

    @Test("unique numbers differ between snapshots, and are the same in every view")
    func givesUniqueNumbers() throws {
        let view = try fixture.view(.unique)
        for path in ["same", "same/a", "changed/a"] {
            let (old, new) = try pair(path, in: view)
            #expect(old.inode != new.inode)
            #expect(old.node != new.node)
            #expect(try pair(path, in: fixture.view(.unique)).0.inode == old.inode)
        }
    }

    @Test("one snapshot under several names has several roots")
    func separatesRoots() throws {
        let view = try fixture.view()
        let roots = try [first, "hosts/house/2001-09-09T01-46-40Z"].map { try #require(try view.find($0)) }
        #expect(Set(roots.map(\.inode)).count == 2)
        #expect(Set(roots.map(\.node)).count == 2)
    }

    @Test("a node lives as long as somebody refers to it")
    func countsReferences() throws {
        let view = try fixture.view()
        let path = Array("a".utf8)
        let directory = try #require(try view.find("\(first)/same"))
        let held = view.nodeCount
        let file = try #require(try view.find("\(first)/same/a"))
        _ = try view.lookup(path, in: directory.node)
        _ = try view.lookup(path, in: directory.node)
        #expect(view.nodeCount == held + 1)
        view.forget(file.node, count: 2)
        #expect(try view.attributes(file.node).inode == file.inode)
        view.forget(file.node)
        #expect(view.nodeCount == held)
        #expect(throws: ViewError.unknownNode) { try view.attributes(file.node) }
        #expect(try view.find("\(first)/same/a")?.node == file.node)
    }

    @Test("a listing refers to what was taken, and to nothing else")
    func countsListedReferences() throws {
        let view = try fixture.view()
        let directory = try #require(try view.find("\(first)/changed"))
        let held = view.nodeCount
        try view.readDirectory(directory.node, from: 0, mode: .namesOnly) { _ in true }
        #expect(view.nodeCount == held)
        try view.readDirectory(directory.node, from: 0, mode: .withReferences) { $0.nameBytes != Array("b".utf8) }
        #expect(view.nodeCount == held + 1)
    }

    /// The reference's own test vectors (vectors.h of the authors' implementation): key 00 01 … 0f, message 00 01 …
    @Test(
        "the hash is SipHash-2-4",
        arguments: [
            (0, 0x726f_db47_dd0e_0e31), (1, 0x93f5_f579_9a93_2462), (2, 0x3f2a_cc7f_57c2_9bdb),
        ] as [(Int, UInt64)])
    func hashes(_ wordCount: Int, _ wanted: UInt64) {
        var hasher = SipHasher(key0: 0x0706_0504_0302_0100, key1: 0x0f0e_0d0c_0b0a_0908)
        let words: [UInt64] = [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908]
        for word in words.prefix(wordCount) { hasher.append(word) }
        #expect(hasher.finish() == wanted)
    }
}
