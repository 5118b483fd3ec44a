import Coding
import Repository
import SystemInterface
import TestSupport
import Testing

@Suite("Directories")
struct TreeTests {
    @Test("Entries of every kind come back as they were", arguments: [0, 1, 2, 17, 900] as [Int])
    func everyKind(count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let entries = (0..<count).map { SampleTree.entry($0, using: &random) }
        let fixture = try RepositoryFixture()
        let session = try fixture.session()
        var builder = TreeBuilder(session: session)
        for entry in entries { try builder.add(entry) }
        let tree = try builder.finish()
        let root = TreeEntry(name: [], type: .directory, content: .tree(tree))
        _ = try session.commit(RepositoryFixture.manifest(root: root))

        let directory = try TreeDirectory(tree, source: fixture.repository.makeSource())
        var found: [TreeEntry] = []
        try directory.forEachEntry { found.append($0) }
        #expect(found == entries)
        #expect(directory.entryCount == count)
        #expect(count < 900 || directory.pageCount > 3, "a large directory has several pages")
        for index in stride(from: 0, to: count, by: 7) {
            #expect(try directory.entry(named: entries[index].name) == entries[index])
            let page = try directory.page(directory.pageIndex(ofEntry: index))
            #expect(page.entries[index - page.firstIndex] == entries[index])
            expect(page, at: index - page.firstIndex, shows: entries[index])
        }
        #expect(try directory.entry(named: Array("no such name".utf8)) == nil)
    }

    /// Checks what a page says of an entry without decoding it into memory of its own.
    private func expect(_ page: TreePage, at position: Int, shows wanted: TreeEntry) {
        let entry = page.entry(at: position)
        #expect(page.treeEntry(at: position) == wanted)
        #expect(page.name(at: position) == wanted.name)
        #expect(page.copy(entry.name) == wanted.name)
        #expect(page.index(named: wanted.name) == position)
        #expect(page.copy(entry.symbolicLinkTarget) == wanted.symbolicLinkTarget)
        #expect(page.content(of: entry) == wanted.content)
        #expect(page.extendedAttributes(of: entry) == wanted.extendedAttributes)
        #expect(entry.isHardLinked == wanted.isHardLinked)
        var attributes: [ExtendedAttributeRecord] = []
        page.forEachAttribute(of: entry) { name, value in
            attributes.append(ExtendedAttributeRecord(name: page.copy(name), value: page.copy(value)))
        }
        if case .inline(let records) = wanted.extendedAttributes { #expect(attributes == records) }
        guard case .segments(let segments) = wanted.content else { return #expect(entry.segmentDataBytes == 0) }
        #expect(page.segments(of: entry) == segments)
        #expect(entry.segmentDataBytes == segments.filter { $0.chunk != nil }.reduce(0) { $0 + $1.bytes })
    }

    @Test(
        "An entry that lacks its attributes, or was only passed through, says so, and has its device all the same",
        arguments: [0, 64_769, .max >> 2] as [UInt64])
    func lacksAttributes(device: UInt64) throws {
        let fixture = try RepositoryFixture()
        let session = try fixture.session()
        var builder = TreeBuilder(session: session)
        let entries = [true, false].map { lacks in
            var entry = TreeEntry(name: [lacks ? 65 : 66], type: .fifo, inode: .max, device: device, linkCount: 2)
            (entry.lacksAttributes, entry.isPassedThrough) = (lacks, !lacks)
            return entry
        }
        for entry in entries { try builder.add(entry) }
        var root = TreeEntry(name: [], type: .directory, device: device, content: .tree(try builder.finish()))
        root.lacksAttributes = true
        let snapshot = try session.commit(RepositoryFixture.manifest(root: root))
        let reopened = try RepositoryFixture.open(fixture.store)
        #expect(reopened.snapshots().first?.manifest.root == root)
        #expect(snapshot.manifest.root == root)
        let page = try TreeDirectory(root, source: reopened.makeSource()).page(0)
        #expect(page.entries == entries)
        for (index, entry) in entries.enumerated() {
            #expect(page.entry(at: index).lacksAttributes == entry.lacksAttributes)
            #expect(page.entry(at: index).isPassedThrough == entry.isPassedThrough)
            #expect(page.entry(at: index).device == device)
        }
    }

    @Test("A page counts its directories, and knows whether a file has a list")
    func countsKinds() throws {
        let fixture = try RepositoryFixture()
        let session = try fixture.session()
        var builder = TreeBuilder(session: session)
        let empty = try builder.finish()
        builder = TreeBuilder(session: session)
        try builder.add(TreeEntry(name: [65], type: .directory, content: .tree(empty)))
        try builder.add(TreeEntry(name: [66], type: .directory, content: .unreadable))
        try builder.add(TreeEntry(name: [67], type: .fifo))
        let tree = try builder.finish()
        _ = try session.commit(
            RepositoryFixture.manifest(root: TreeEntry(name: [], type: .directory, content: .tree(tree))))
        let page = try TreeDirectory(tree, source: fixture.repository.makeSource()).page(0)
        #expect(page.count == 3)
        #expect(page.directoryCount == 2)
        #expect(!page.hasLists)
    }

    @Test("One more name in a huge directory changes few pages")
    func pagesAreStable() throws {
        let fixture = try RepositoryFixture()
        let names = (0..<60_000).map { "file \(1_000_000 + $0 * 2)" }
        func write(_ names: [String]) throws -> WriteCounters {
            let session = try fixture.session()
            var builder = TreeBuilder(session: session)
            for name in names { try builder.add(TreeEntry(name: Array(name.utf8), type: .fifo)) }
            let tree = try builder.finish()
            let before = session.counters
            let root = TreeEntry(name: [], type: .directory, content: .tree(tree))
            _ = try session.commit(RepositoryFixture.manifest(root: root))
            #expect(try TreeDirectory(tree, source: fixture.repository.makeSource()).entryCount == names.count)
            return before
        }
        let first = try write(names)
        var more = names
        more.insert("file 1060001", at: 30_001)
        let second = try write(more)
        #expect(first.chunksNew > 20)
        #expect((1...4).contains(second.chunksNew), "\(second.chunksNew) new pages of \(first.chunksNew)")
    }

    @Test("Equal directories have equal names, and different ones do not")
    func equalTrees() throws {
        let fixture = try RepositoryFixture()
        let session = try fixture.session()
        func tree(_ permissions: UInt16) throws -> ChunkID {
            var builder = TreeBuilder(session: session)
            try builder.add(TreeEntry(name: [65], type: .fifo, permissions: permissions))
            return try builder.finish()
        }
        #expect(try tree(0o600) == tree(0o600))
        #expect(try tree(0o600) != tree(0o601))
        session.abandon()
    }

    @Test(
        "A name that cannot be is refused",
        arguments: [[], [46], [46, 46], [97, 47], [97, 0], [UInt8](repeating: 97, count: 256)] as [[UInt8]])
    func impossibleNames(name: [UInt8]) throws {
        let session = try RepositoryFixture().session()
        var builder = TreeBuilder(session: session)
        let error = #expect(throws: RepositoryError.self) { try builder.add(TreeEntry(name: name, type: .fifo)) }
        #expect(error?.code == .invalidArgument)
        session.abandon()
    }
}
