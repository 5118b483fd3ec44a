import Repository
import SnapshotView
import Storage
import SystemInterface
import TestSupport
import Testing
import ViewTestSupport

@Suite("changes")
struct ChangesTests {
    private let fixture: ViewFixture
    private let names = ["2001-09-09T01-46-40Z", "2001-09-09T01-46-41Z"]

    init() throws {
        fixture = try ViewFixture()
    }

    /// Every path below a directory of the view, sorted.
    private func find(_ view: SnapshotView, _ path: String) throws -> [String] {
        try TreeModel(scanning: ViewTree(view, root: FilePath(path))).items.keys.map(\.description).sorted()
    }

    private func commitTwo() throws {
        try fixture.commit(
            1_000_000_000, ["same/x": "1", "etc/a": "1", "etc/gone": "1", "old/deep/x": "1", "kind": "f"])
        try fixture.commit(
            1_000_000_001, ["same/x": "1", "etc/a": "2", "etc/new": "1", "fresh/deep/x": "1", "kind/d": "1"])
    }

    @Test("each kind of change has its tree, and directories without such a change are not in it")
    func showsChanges() throws {
        try commitTwo()
        let view = try fixture.view()
        let pair = "changes/\(names[0])..\(names[1])"
        #expect(try view.list(pair) == [".", "..", "added", "changed", "removed"])
        #expect(
            try find(view, "\(pair)/added") == [
                "etc", "etc/new", "fresh", "fresh/deep", "fresh/deep/x", "kind", "kind/d",
            ])
        #expect(try find(view, "\(pair)/changed") == ["etc", "etc/a"])
        #expect(try find(view, "\(pair)/removed") == ["etc", "etc/gone", "kind", "old", "old/deep", "old/deep/x"])
        let changed = try #require(try view.find("\(pair)/changed/etc/a"))
        #expect(try view.text(changed.node) == "2")
        #expect(try view.find("\(pair)/changed/etc/new") == nil)
        #expect(try view.find("\(pair)/removed/kind")?.type == .regular)
        #expect(try view.find("\(pair)/added/same") == nil)
    }

    @Test("snapshots may be called by anything that names them", arguments: ["latest~1..latest", "1000000w..now"])
    func takesSelectors(_ text: String) throws {
        try commitTwo()
        let view = try fixture.view()
        let isKnown = text.hasPrefix("latest")
        #expect((try view.find("changes/\(text)/added/etc/new") != nil) == isKnown)
        #expect(try view.list("changes") == [".", ".."])
    }

    @Test(
        "what names no pair of snapshots is not there",
        arguments: ["", "latest", "latest..", "..latest", "a..b", "latest~9..latest"])
    func refusesOtherNames(_ text: String) throws {
        try commitTwo()
        guard !text.isEmpty else { return }
        #expect(try fixture.view().find("changes/\(text)") == nil)
    }

    @Test("a name that comes to mean other snapshots is another node")
    func followsLatest() throws {
        try commitTwo()
        let view = try fixture.view()
        let before = try #require(try view.find("changes/latest~1..latest"))
        try fixture.commit(1_000_000_002, ["only": "1"])
        fixture.clock.advance(seconds: 2)
        let after = try #require(try view.find("changes/latest~1..latest"))
        #expect(before.node != after.node)
        #expect(try view.list("changes/latest~1..latest/added").dropFirst(2) == ["only"])
    }

    @Test("damage below is an error there, and does not hide other changes")
    func reportsDamage() throws {
        try fixture.commit(1_000_000_000, ["a/b/x": "1", "c/y": "1"])
        let before = Set(try fixture.store.list(.packs).map(\.name))
        try fixture.commit(1_000_000_001, ["a/b/x": "2", "c/y": "1"])
        let mine = Set(try fixture.store.list(.packs).map(\.name)).subtracting(before)
        try fixture.commit(1_000_000_002, ["a/b/x": "2", "c/y": "2"])
        for pack in mine { try fixture.store.delete(pack) }
        let view = try fixture.view()
        // The root of the newest snapshot is whole; the directory that it shares with the damaged one is lost.
        #expect(try view.list("changes/latest~2..latest/changed").dropFirst(2).sorted() == ["a", "c"])
        #expect(throws: ViewError.damaged) { try view.list("changes/latest~2..latest/changed/a/b") }
        #expect(fixture.log.contains { $0.contains("changed/a") })
        #expect(try view.list("changes/latest~2..latest/changed/c").dropFirst(2) == ["y"])
    }

    @Test("differences as deep as is searched for them fit on half the stack of a thread that answers requests")
    func comparesDeepTrees() throws {
        let depth = ViewLimits.comparedDepthMax + 10
        try fixture.commitChain(1_000_000_000, depth: depth, text: "1")
        try fixture.commitChain(1_000_000_001, depth: depth, text: "2")
        let view = try fixture.view()
        let thread = try Thread.spawn(name: "fuse", stackBytes: Thread.standardStackBytes / 2) {
            do {
                #expect(try view.list("changes/latest~1..latest/added").dropFirst(2) == ["d"], "perhaps")
                let path = [String](repeating: "d", count: 10).joined(separator: "/")
                #expect(try view.list("changes/latest~1..latest/changed/\(path)").dropFirst(2) == ["d"])
                #expect(try view.list("changes/latest~1..latest/removed/\(path)").dropFirst(2).isEmpty)
            } catch {
                Issue.record(error)
            }
        }
        thread.join()
    }

    @Test("directories that claim more entries than a position can tell are an error")
    func refusesVastDirectories() throws {
        for (second, tree) in HostileTree.vastPair.enumerated() {
            try fixture.repository.commit(started: Timestamp(seconds: 1_000_000_000 + Int64(second))) {
                try tree.write($0)
            }
        }
        let view = try fixture.view()
        for kind in ["added", "changed", "removed"] {
            let directory = try #require(try view.find("changes/latest~1..latest/\(kind)"))
            #expect(throws: ViewError.damaged) {
                try view.readDirectory(directory.node, from: 0, mode: .namesOnly) { entry in
                    #expect(Int64(exactly: entry.nextCookie) != nil)
                    return true
                }
            }
        }
        #expect(fixture.log.contains { $0.contains("entries") })
    }

    @Test("shows exactly what differs in a random tree, both ways", arguments: 1...8)
    func matchesTheModel(_ seed: UInt64) throws {
        let history = try RandomHistory(seed: seed)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<4 {
            let old = history.moments[generator.number(in: 0...history.moments.count - 1)]
            let new = history.moments[generator.number(in: 0...history.moments.count - 1)]
            let pair = "changes/\(old.name)..\(new.name)"
            for (kind, wanted) in Self.differences(old.model, new.model) {
                let shown = try TreeModel(scanning: ViewTree(history.view, root: FilePath("\(pair)/\(kind)")))
                let source = kind == "removed" ? old.model : new.model
                #expect(Set(shown.items.keys) == Self.withParents(wanted), "seed \(seed): \(pair)/\(kind)")
                for (path, item) in shown.items {
                    #expect(item == source.items[path], "seed \(seed): \(pair)/\(kind)/\(path)")
                }
            }
        }
    }

    private static func differences(_ old: TreeModel, _ new: TreeModel) -> [(String, Set<FilePath>)] {
        func missing(_ items: TreeModel, in other: TreeModel) -> Set<FilePath> {
            Set(items.items.filter { other.items[$0.key]?.facts.type != $0.value.facts.type }.keys)
        }
        let changed = new.items.filter { path, item in
            guard let before = old.items[path], before.facts.type == item.facts.type else { return false }
            return before != item
        }
        return [("added", missing(new, in: old)), ("removed", missing(old, in: new)), ("changed", Set(changed.keys))]
    }

    private static func withParents(_ paths: Set<FilePath>) -> Set<FilePath> {
        paths.reduce(into: paths) { all, path in
            let names = path.components
            for count in names.indices.dropFirst() {
                all.insert(FilePath(Array(names[..<count].joined(separator: [UInt8(ascii: "/")]))))
            }
        }
    }
}
