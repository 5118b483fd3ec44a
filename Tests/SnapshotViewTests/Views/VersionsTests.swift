import Repository
import SnapshotView
import Storage
import SystemInterface
import TestSupport
import Testing
import ViewTestSupport

@Suite("versions")
struct VersionsTests {
    private let fixture: ViewFixture
    private let names = ["2001-09-09T01-46-40Z", "2001-09-09T01-46-41Z", "2001-09-09T01-46-42Z"]

    init() throws {
        fixture = try ViewFixture()
    }

    private func sorted(_ view: SnapshotView, _ path: String) throws -> [String] {
        try view.list(path).dropFirst(2).sorted()
    }

    @Test("equal versions are one, called by the snapshot in which it begins and the file's extension")
    func collapsesEqualVersions() throws {
        try fixture.commit(1_000_000_000, ["home/a.txt": "one", "home/b": "x"])
        try fixture.commit(1_000_000_001, ["home/a.txt": "one", "home/b": "y"])
        try fixture.commit(1_000_000_002, ["home/a.txt": "two", "home/c": "x"])
        let view = try fixture.view()
        #expect(try sorted(view, "versions") == ["home"])
        #expect(try sorted(view, "versions/home") == ["a.txt", "b", "c"])
        #expect(try sorted(view, "versions/home/a.txt") == ["\(names[0]).txt", "\(names[2]).txt"])
        #expect(try sorted(view, "versions/home/b") == [names[0], names[1]])
        let version = try #require(try view.find("versions/home/a.txt/\(names[2]).txt"))
        #expect(try view.text(version.node) == "two")
        #expect(try view.find("versions/home/a.txt/\(names[1]).txt") == nil, "no version begins there")
        #expect(try view.find("versions/home/a.txt/\(names[0])") == nil, "the extension belongs to the name")
        #expect(try view.find("versions/nothing") == nil)
    }

    @Test("a version is the file itself: the same node and inode as in its snapshot")
    func sharesNodes() throws {
        try fixture.commit(1_000_000_000, ["home/a.txt": "one"])
        let view = try fixture.view()
        let version = try #require(try view.find("versions/home/a.txt/\(names[0]).txt"))
        let file = try #require(try view.find("snapshots/\(names[0])/home/a.txt"))
        #expect(version.node == file.node && version.inode == file.inode)
    }

    @Test("a host's versions are counted by themselves, and a snapshot of something else ends none")
    func followsHosts() throws {
        try fixture.commit(1_000_000_000, host: "house", ["etc/hostname": "house"])
        try fixture.commit(1_000_000_001, host: "garden", ["etc/hostname": "garden"])
        try fixture.commit(1_000_000_002, host: "house", ["home/x": "1"])
        try fixture.commit(1_000_000_003, host: "house", ["etc/hostname": "house"])
        let view = try fixture.view()
        #expect(try sorted(view, "versions/etc/hostname") == [names[0], names[1]])
    }

    @Test("a version that came back is listed again, so that the last one is the present one")
    func listsReturns() throws {
        try fixture.commit(1_000_000_000, ["a": "one"])
        try fixture.commit(1_000_000_001, ["a": "two"])
        try fixture.commit(1_000_000_002, ["a": "one"])
        #expect(try sorted(try fixture.view(), "versions/a") == names)
    }

    @Test("a path that was a file and a directory shows versions and children")
    func showsBoth() throws {
        try fixture.commit(1_000_000_000, ["a": "file"])
        try fixture.commit(1_000_000_001, ["a/b": "below"])
        let view = try fixture.view()
        #expect(try sorted(view, "versions/a") == [names[0], "b"])
        #expect(try sorted(view, "versions/a/b") == [names[1]])
    }

    @Test("of a version and a child of one name, the child is shown, once")
    func prefersChildren() throws {
        try fixture.commit(1_000_000_000, ["a": "file"])
        try fixture.commit(1_000_000_001, ["a/\(names[0])/deep": "below"])
        let view = try fixture.view()
        #expect(try sorted(view, "versions/a") == [names[0]])
        #expect(try sorted(view, "versions/a/\(names[0])") == ["deep"])
    }

    @Test("a new snapshot brings its versions, and a forgotten one takes them along")
    func followsTheRepository() throws {
        let first = try fixture.commit(1_000_000_000, ["gone": "1", "a": "one"])
        try fixture.commit(1_000_000_001, ["a": "two"])
        let view = try fixture.view()
        #expect(try sorted(view, "versions") == ["a", "gone"])
        #expect(try sorted(view, "versions/a") == [names[0], names[1]])
        try fixture.commit(1_000_000_002, ["a": "three", "new": "1"])
        try fixture.store.delete(ObjectName(.snapshots, first.id.bytes))
        fixture.clock.advance(seconds: 2)
        #expect(try sorted(view, "versions") == ["a", "new"])
        #expect(try sorted(view, "versions/a") == [names[1], names[2]])
        #expect(try view.find("versions/gone") == nil)
    }

    @Test("what one damaged snapshot hides is an error with a line, and everything else is shown")
    func reportsDamage() throws {
        try fixture.commit(1_000_000_000, ["a/file": "one", "b": "1"])
        let before = Set(try fixture.store.list(.packs).map(\.name))
        try fixture.commit(1_000_000_001, ["a/file": "two", "a/more": "2", "b": "1"])
        for pack in try fixture.store.list(.packs) where !before.contains(pack.name) {
            try fixture.store.delete(pack.name)
        }
        let view = try fixture.view()
        let directory = try #require(try view.find("versions/a/file"))
        var listed: [String] = []
        #expect(throws: ViewError.damaged) {
            try view.readDirectory(directory.node, from: 0, mode: .namesOnly) { entry in
                listed.append(String(decoding: entry.name, as: UTF8.self))
                return true
            }
        }
        #expect(listed == [".", "..", names[0]])
        #expect(fixture.log.count == 1)
        #expect(throws: ViewError.damaged) { try view.find("versions/perhaps") }
        let version = try #require(try view.find("versions/a/file/\(names[0])"))
        #expect(try view.text(version.node) == "one")
    }

    @Test("a directory grants no more than any of its versions")
    func grantsNoMore() throws {
        func commit(_ second: Int64, _ change: (inout TreeEntry) -> Void) throws {
            try fixture.repository.commit(started: Timestamp(seconds: 1_000_000_000 + second)) { session in
                var below = TreeBuilder(session: session)
                try below.add(TreeEntry(name: Array("s".utf8), type: .fifo, permissions: 0o600))
                var directory = TreeEntry(
                    name: Array("d".utf8), type: .directory, permissions: 0o755, userID: 5, groupID: 6,
                    content: .tree(try below.finish()))
                change(&directory)
                var root = TreeBuilder(session: session)
                try root.add(directory)
                return TreeEntry(
                    name: [], type: .directory, permissions: 0o755, content: .tree(try root.finish()))
            }
        }
        func attributes() throws -> NodeAttributes { try #require(try fixture.view().find("versions/d")) }
        try commit(0) { _ in }
        #expect(try attributes().permissions == 0o555)
        #expect(try attributes().userID == 5)
        try commit(1) { $0.permissions = 0o710 }
        #expect(try attributes().permissions == 0o510)
        try commit(2) {
            let list = ExtendedAttributeRecord(name: Array("system.posix_acl_access".utf8), value: [2, 0, 0, 0])
            $0.extendedAttributes = .inline([list])
        }
        #expect(try attributes().permissions == 0o500)
        try commit(3) { $0.userID = 9 }
        #expect(try attributes().permissions == 0)
        #expect(try attributes().userID == 7, "nobody that a version names owns it")
    }

    @Test("a directory of which nobody knows for now what it grants lets nobody in but its owner, or who mounts")
    func grantsNothingUnknown() throws {
        let roots = try (0..<2).map { try fixture.commit(1_000_000_000 + $0, ["d/a": "\($0)"]).manifest.root }
        guard case .tree(let one) = roots[0].content else { throw ViewError.damaged }
        let above = PathHistory(roots: roots)
        func grant(_ find: (ChunkID) throws(RepositoryError) -> TreeEntry?) -> DirectoryGrant {
            DirectoryGrant(of: above.child(lookUp: find))
        }
        let passing = RepositoryError(.damaged, "it cannot be read now")
        let none = grant { (_) throws(RepositoryError) in throw passing }
        #expect(none.permissions == 0o500 && none.owner == nil)
        let some = grant { (tree) throws(RepositoryError) in
            guard tree == one else { throw passing }
            return TreeEntry(name: [0x64], type: .directory, permissions: 0o755, userID: 5, groupID: 6)
        }
        #expect(some.permissions == 0o500 && some.owner?.userID == 5)
        // What was never saved does not come back, and hides nothing.
        let unread = TreeEntry(name: [], type: .directory, permissions: 0o755, content: .unreadable)
        let unsaved = DirectoryGrant(of: PathHistory(roots: [unread]).child { _ in nil })
        #expect(unsaved.permissions == 0o555)
    }

    @Test("where nodes are not shared, a version's path says which it is, also of one that came back")
    func namesVersions() throws {
        for (second, text) in ["one", "two", "one"].enumerated() {
            try fixture.commit(1_000_000_000 + Int64(second), ["home/a.txt": text])
        }
        let view = try fixture.view { $0.sharesNodes = false }
        var nodes: Set<NodeID> = []
        for name in names {
            let version = try #require(try view.find("versions/home/a.txt/\(name).txt"))
            #expect(view.path(of: version.node) == FilePath("/versions/home/a.txt/\(name).txt"))
            #expect(try view.find("snapshots/\(name)/home/a.txt")?.inode == version.inode)
            nodes.insert(version.node)
        }
        #expect(nodes.count == 3)
        let listed = try #require(try view.find("versions/home/a.txt"))
        try view.readDirectory(listed.node, from: 2, mode: .withReferences) { entry in
            nodes.remove(entry.attributes.node)
            return true
        }
        #expect(nodes.isEmpty, "a listing gives the nodes that a look-up does")
    }

    @Test("shows exactly the versions of a random tree, with their contents", arguments: 1...6)
    func matchesTheModel(_ seed: UInt64) throws {
        let history = try RandomHistory(seed: seed)
        let tree = ViewTree(history.view, root: "versions")
        for path in history.paths {
            let extensionBytes = Self.fileExtension(path.lastComponent)
            var last: [String: TreeModel.Item] = [:]
            var wanted: [[UInt8]: TreeModel.Item] = [:]
            for moment in history.moments {
                guard let item = moment.model.items[path], item.facts.type != .directory else { continue }
                if last[moment.host] != item { wanted[Array(moment.name.utf8) + extensionBytes] = item }
                last[moment.host] = item
            }
            let below = history.moments.reduce(into: Set<[UInt8]>()) { $0.formUnion($1.model.names(path)) }
            let listed = try tree.names(path)
            #expect(Set(listed) == below.union(wanted.keys), "seed \(seed): \(path)")
            #expect(Set(listed).count == listed.count, "seed \(seed): \(path)")
            for (name, item) in wanted {
                #expect(try TreeModel.item(tree, path.appending(name)) == item, "seed \(seed): \(path)")
            }
        }
    }

    private static func fileExtension(_ name: [UInt8]) -> [UInt8] {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0, name.count - dot <= 32 else { return [] }
        return Array(name[dot...])
    }

    @Test("a listing in pieces gives every version once, where a snapshot came later than newer ones")
    func listsLateSnapshotsInPieces() throws {
        try fixture.commit(1_000_000_000, ["a": "1"])
        try fixture.commit(1_000_000_001, ["a": "2"])
        let view = try fixture.view()
        #expect(try sorted(view, "versions/a") == [names[0], names[1]])
        try fixture.commit(999_999_999, ["a": "0"])
        view.refresh()
        let directory = try #require(try view.find("versions/a"))
        var listed: [String] = []
        var positions: [UInt64] = [0]
        while true {
            let count = listed.count
            try view.readDirectory(directory.node, from: positions.last ?? 0, mode: .namesOnly) { entry in
                guard listed.count == count else { return false }
                listed.append(String(decoding: entry.name, as: UTF8.self))
                positions.append(entry.nextCookie)
                return true
            }
            guard listed.count > count, listed.count < 20 else { break }
        }
        #expect(listed == [".", "..", names[0], names[1], "2001-09-09T01-46-39Z"])
        #expect(positions == Array(Set(positions)).sorted(), "each is higher than the one before")
    }

    @Test("the deepest path is found again after a new snapshot, on the stack of a thread that answers requests")
    func findsTheDeepestPath() throws {
        let depth = 4_000
        let path = [String](repeating: "d", count: depth)
        try fixture.commitChain(1_000_000_000, depth: depth, text: "1")
        let view = try fixture.view()
        let thread = try Thread.spawn(name: "fuse") { [self] in
            do {
                var nodes = [try #require(try view.find("versions")).node]
                for name in path {
                    guard let last = nodes.last, case .found(let next) = try view.lookup(Array(name.utf8), in: last)
                    else { break }
                    nodes.append(next.node)
                }
                #expect(nodes.count == depth + 1)
                let bottom = try #require(nodes.last)
                guard case .absent = try view.lookup(Array("new".utf8), in: bottom) else {
                    Issue.record("what no snapshot has is found")
                    return
                }
                try fixture.commitChain(1_000_000_001, depth: depth, text: "2", name: "new")
                view.refresh()
                guard case .found(let found) = try view.lookup(Array("new".utf8), in: bottom) else {
                    Issue.record("what the new snapshot has is not found")
                    return
                }
                #expect(found.type == .directory)
            } catch {
                Issue.record(error)
            }
        }
        thread.join()
    }

    @Test("a listing in pieces gives every name once", arguments: 1...3)
    func listsInPieces(_ seed: UInt64) throws {
        let history = try RandomHistory(seed: seed, snapshots: 3)
        let directory = try #require(try history.view.find("versions"))
        var names: [[UInt8]] = []
        var position: UInt64 = 0
        while true {
            var taken = 0
            try history.view.readDirectory(directory.node, from: position, mode: .namesOnly) { entry in
                guard taken < 3 else { return false }
                names.append(entry.nameBytes)
                position = entry.nextCookie
                taken += 1
                return true
            }
            if taken == 0 { break }
        }
        let whole = try ViewTree(history.view, root: "versions").names(FilePath([]))
        #expect(Array(names.dropFirst(2)) == whole, "seed \(seed)")
    }
}
