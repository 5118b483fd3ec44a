import Repository
import SnapshotView
import Storage
import SystemInterface
import TestSupport
import Testing
import ViewTestSupport

@Suite("Presentation")
struct PresentationTests {
    private let fixture: ViewFixture
    private let root = "snapshots/2001-09-09T01-46-40Z"

    init() throws {
        fixture = try ViewFixture()
        try fixture.repository.commit(started: Timestamp(seconds: 1_000_000_000)) { session in
            var below = TreeBuilder(session: session)
            for (name, target) in [("absolute", "/etc/x"), ("relative", "../x"), ("up", "../../../etc")] {
                var link = TreeEntry(
                    name: Array(name.utf8), type: .symbolicLink, permissions: 0o777, inode: 9, device: 1, linkCount: 2)
                link.symbolicLinkTarget = Array(target.utf8)
                try below.add(link)
            }
            var root = TreeBuilder(session: session)
            var directory = TreeEntry(
                name: Array("d".utf8), type: .directory, permissions: 0o775, userID: 5, groupID: 6,
                content: .tree(try below.finish()))
            directory.extendedAttributes = .inline([
                ExtendedAttributeRecord(name: Array("system.posix_acl_access".utf8), value: [2, 0, 0, 0]),
                ExtendedAttributeRecord(name: Array("user.note".utf8), value: [1]),
            ])
            try root.add(directory)
            return TreeEntry(
                name: [], type: .directory, permissions: 0o755, userID: 1, groupID: 1,
                content: .tree(try root.finish()))
        }
    }

    @Test("owner, group and fewer permissions are shown everywhere", arguments: ["", "/d", "/d/absolute"])
    func showsOtherOwners(_ path: String) throws {
        let view = try fixture.view { $0.presentation = Presentation(userID: 50, groupID: 60, umask: 0o027) }
        let plain = try #require(try fixture.view().find(root + path))
        let found = try #require(try view.find(root + path))
        #expect(found.userID == 50 && found.groupID == 60)
        #expect(found.permissions == plain.permissions & ~0o027)
        #expect(found.inode == plain.inode, "the number is of what is stored")
    }

    @Test(
        "comparisons and versions show the same owners and permissions",
        arguments: ["versions/d", "changes/latest..latest/added"])
    func showsOtherOwnersInViews(_ path: String) throws {
        let view = try fixture.view { $0.presentation = Presentation(userID: 50, groupID: 60, umask: 0o077) }
        let found = try #require(try view.find(path))
        #expect(found.userID == 50 && found.groupID == 60 && found.permissions & 0o077 == 0)
    }

    @Test("what a mask takes away is shown of no directory of versions, whoever their owners were")
    func masksVersionsOfSeveralOwners() throws {
        let fixture = try ViewFixture()
        for (second, owner) in [5, 9].enumerated() {
            try fixture.repository.commit(started: Timestamp(seconds: 1_000_000_000 + Int64(second))) { session in
                var below = TreeBuilder(session: session)
                try below.add(TreeEntry(name: Array("file".utf8), type: .fifo, permissions: 0o666))
                let tree = try below.finish()
                var root = TreeBuilder(session: session)
                try root.add(
                    TreeEntry(
                        name: Array("d".utf8), type: .directory, permissions: 0o755, userID: UInt32(owner),
                        content: .tree(tree)))
                return TreeEntry(
                    name: [], type: .directory, permissions: 0o755, userID: UInt32(owner),
                    content: .tree(try root.finish()))
            }
        }
        let view = try fixture.view { $0.presentation = Presentation(umask: 0o066) }
        for path in ["versions", "versions/d", "versions/d/file"] {
            let found = try #require(try view.find(path))
            #expect(found.permissions == 0o511, "\(path)")
            #expect(found.userID == 7, "nobody that a version names owns it")
        }
        for path in ["snapshots", "changes"] {
            #expect(try #require(try view.find(path)).permissions == 0o555, "no snapshot's directory")
        }
    }

    @Test("access control lists are left out where they would undo that, and nothing else is")
    func hidesAccessLists() throws {
        func names(_ presentation: Presentation) throws -> [String] {
            let view = try fixture.view { $0.presentation = presentation }
            let directory = try #require(try view.find("\(root)/d"))
            return try view.extendedAttributes(directory.node).map { String(decoding: $0.name, as: UTF8.self) }
        }
        #expect(try names(Presentation()) == ["system.posix_acl_access", "user.note"])
        #expect(try names(Presentation(symbolicLinks: .inside)) == ["system.posix_acl_access", "user.note"])
        #expect(try names(Presentation(umask: 0o002)) == ["user.note"])
        #expect(try names(Presentation(userID: 1)) == ["user.note"])
    }

    @Test(
        "links lead into the snapshot, and their size is that of what they show",
        arguments: [("absolute", "../etc/x"), ("relative", "../x"), ("up", "../etc")])
    func containsLinks(_ name: String, target: String) throws {
        let view = try fixture.view { $0.presentation = Presentation(symbolicLinks: .inside) }
        let link = try #require(try view.find("\(root)/d/\(name)"))
        #expect(String(decoding: try view.readLink(link.node), as: UTF8.self) == target)
        #expect(link.size == UInt64(target.utf8.count))
    }

    @Test(
        "a target is changed no more than it must be",
        arguments: [
            ("x/y", 0, "x/y"), ("x//y/", 3, "x//y/"), ("./x", 0, "./x"), ("..", 0, "."), ("..", 1, ".."), ("/", 0, "."),
            ("/", 2, "../.."), ("/a/../../b", 1, "../b"), ("x/../../y", 1, "../y"), ("x/../../y", 0, "y"),
            ("../../..", 2, "../.."), ("//a//b", 1, "../a/b"), ("...", 0, "..."), ("a/..", 5, "."),
        ])
    func rewritesTargets(_ target: String, depth: Int, shown: String) {
        #expect(String(decoding: ContainedLink.target(Array(target.utf8), depth: depth), as: UTF8.self) == shown)
    }

    @Test("no way through rewritten links leads out of the root", arguments: 1...40)
    func neverLeavesTheRoot(_ seed: UInt64) {
        var world = LinkWorld(seed: seed)
        for _ in 0..<300 { world.walk() }
        #expect(world.escapes == 0, "seed \(seed)")
        #expect(world.steps > 0)
    }
}

/// A tree of directories and links with random targets, and a resolver of paths that counts the ways out of it
/// (path_resolution(7)).
private struct LinkWorld {
    private enum Item {
        case directory([String: Int])
        case link([UInt8])
    }

    private var generator: SeededGenerator
    private var items: [Item] = [.directory([:])]
    private var parents = [0]
    private(set) var escapes = 0
    private(set) var steps = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        var depths = [0]
        for number in 1...30 {
            let parent = generator.number(in: 0...items.count - 1)
            guard case .directory(var names) = items[parent] else { continue }
            names["n\(number % 7)"] = items.count
            items[parent] = .directory(names)
            parents.append(parent)
            depths.append(depths[parent] + 1)
            if generator.number(in: 0...1) == 0 {
                items.append(.directory([:]))
            } else {
                items.append(.link(ContainedLink.target(randomTarget(), depth: depths[parent])))
            }
        }
    }

    private mutating func randomTarget() -> [UInt8] {
        let parts = (0...generator.number(in: 0...5)).map { _ in
            generator.number(in: 0...1) == 0 ? ".." : "n\(generator.number(in: 0...6))"
        }
        return Array(((generator.number(in: 0...2) == 0 ? "/" : "") + parts.joined(separator: "/")).utf8)
    }

    /// Follows a link at random from where it stands.
    mutating func walk() {
        let start = generator.number(in: 0...items.count - 1)
        guard case .link(let target) = items[start] else { return }
        var links = 0
        _ = resolve(target, from: parents[start], &links)
    }

    private mutating func resolve(_ path: [UInt8], from start: Int, _ links: inout Int) -> Int? {
        guard path.first != UInt8(ascii: "/") else {
            escapes += 1
            return nil
        }
        var place = start
        for part in path.split(separator: UInt8(ascii: "/")).map({ String(decoding: $0, as: UTF8.self) }) {
            steps += 1
            if part == "." { continue }
            if part == ".." {
                if place == 0 { escapes += 1 }
                place = parents[place]
                continue
            }
            guard case .directory(let names) = items[place], let next = names[part] else { return nil }
            guard case .link(let target) = items[next] else {
                place = next
                continue
            }
            links += 1
            guard links < 40, let end = resolve(target, from: place, &links) else { return nil }
            place = end
        }
        return place
    }
}
