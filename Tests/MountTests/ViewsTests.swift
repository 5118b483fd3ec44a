import FoundationEssentials
import FuseMount
import Repository
import SystemInterface
import TestSupport
import Testing
import ViewTestSupport

/// The views of a mount, as the kernel and the usual tools see them.
@Suite("The views of a mount", .timeLimit(.minutes(20)))
struct ViewsTests {
    private static let source: Result<SourceTree, any Error> = Result { try SourceTree() }
    private static let names = ["2001-09-09T01-46-40Z", "2001-09-09T01-46-41Z"]

    /// Two snapshots of a tree that was edited between them, mounted.
    private func mount(seed: UInt64, options: [String] = [], variables: [String] = []) throws -> MountedTree {
        try MountedTree(Self.source.get(), options: options, variables: variables) { repository in
            var tree = try EditedTree(seed: seed)
            let path = tree.directory.path
            try tree.directory.directory.symbolicLinkAt(Array("link".utf8), target: Array("/f1.txt".utf8))
            for second in [0, 1] {
                if second > 0 { try tree.edit() }
                try repository.commit(started: Timestamp(seconds: 1_000_000_000 + Int64(second))) {
                    try TreeScanner(session: $0).root(path)
                }
            }
        }
    }

    /// The lines that a program prints.
    private func lines(_ program: FilePath, _ arguments: [String]) throws -> [String] {
        let answer = try ProcessLauncher.output(
            of: program, arguments: ([program.description] + arguments).map { Array($0.utf8) }, atMost: 1 << 20)
        return String(decoding: answer.output, as: UTF8.self).split(separator: "\n").map { String($0) }
    }

    @Test("find in changes prints what diff finds", arguments: 1...4)
    func comparesAsDiffDoes(_ seed: UInt64) throws {
        let mounted = try mount(seed: seed)
        let top = mounted.mountPoint
        let (old, new) = ("\(top)/snapshots/\(Self.names[0])", "\(top)/snapshots/\(Self.names[1])")
        var wanted: [String: Set<String>] = ["added": [], "changed": [], "removed": []]
        for line in try lines("/usr/bin/diff", ["-rq", "--no-dereference", old, new]) {
            if line.hasPrefix("Only in ") {
                let kind = line.contains(new) ? "added" : "removed"
                let path = String(line.dropFirst(8)).replacing(kind == "added" ? new : old, with: "").replacing(
                    ": ", with: "/")
                wanted[kind]?.insert(path.hasPrefix("/") ? path : "/\(path)")
            } else if line.hasSuffix(" differ"), let path = line.split(separator: " ").dropFirst().first {
                wanted["changed"]?.insert(String(path.dropFirst(old.utf8.count)))
            }
        }
        #expect(wanted.values.allSatisfy { !$0.isEmpty }, "seed \(seed) changes too little to tell")
        for (kind, paths) in wanted {
            let root = "\(top)/changes/\(Self.names[0])..\(Self.names[1])/\(kind)"
            let found = Set(try lines("/usr/bin/find", [root, "-mindepth", "1", "-printf", "/%P\n"]))
            #expect(paths.isSubset(of: found), "seed \(seed): \(kind)")
            let others = found.filter { path in
                let isBelow = paths.contains { path.hasPrefix("\($0)/") }
                let isAbove = paths.contains { $0.hasPrefix("\(path)/") }
                return !paths.contains(path) && !isBelow && !isAbove
            }
            #expect(others.isEmpty, "seed \(seed): \(kind)")
        }
    }

    @Test("versions are copied, listed and compared by the usual tools")
    func servesVersions() throws {
        let mounted = try mount(seed: 5)
        let top = KernelTree(mounted.mountPoint)
        let changed = try lines(
            "/usr/bin/find",
            ["\(mounted.mountPoint)/changes/latest~1..latest/changed", "-type", "f", "-printf", "%P\n"])
        let path = try #require(changed.first)
        let versions = try top.names(FilePath("versions/\(path)")).map { String(decoding: $0, as: UTF8.self) }.sorted()
        #expect(versions == Self.names.map { "\($0).txt" })
        for (version, name) in zip(versions, Self.names) {
            let shown = try top.status(FilePath("versions/\(path)/\(version)"))
            let stored = try top.status(FilePath("snapshots/\(name)/\(path)"))
            #expect(shown == stored)
            #expect(
                try top.read(FilePath("versions/\(path)/\(version)"), at: 0, count: 100)
                    == top.read(FilePath("snapshots/\(name)/\(path)"), at: 0, count: 100))
        }
        try expectError(.noEntry, "a version that never was") { _ = try top.status(FilePath("versions/\(path)/x")) }
    }

    @Test("at leads to snapshots by time")
    func leadsToTimes() throws {
        let mounted = try mount(seed: 6)
        let top = KernelTree(mounted.mountPoint)
        #expect(try top.readLink("at/now") == Array("../snapshots/\(Self.names[1])".utf8))
        #expect(try top.readLink("at/2001-09-09T01-46-40") == Array("../snapshots/\(Self.names[0])".utf8))
        #expect(try top.status("at/1s/link").type == .symbolicLink)
        #expect(try top.names("at").isEmpty)
        try expectError(.noEntry, "a time before all snapshots") { _ = try top.status("at/1999") }
    }

    @Test(
        "snapshots are called by the place's time",
        arguments: [
            ("Asia/Kathmandu", "2001-09-09T07-31-40+0545"), ("XYZ+3:30", "2001-09-08T22-16-40-0330"),
            ("UTC", "2001-09-09T01-46-40+0000"),
        ])
    func namesByLocalTime(_ zone: String, name: String) throws {
        let mounted = try mount(seed: 7, options: ["names=local"], variables: ["TZ=\(zone)"])
        let names = try KernelTree(mounted.mountPoint).names("snapshots").map { String(decoding: $0, as: UTF8.self) }
        #expect(names.contains(name), "\(names)")
    }

    @Test("another owner, fewer permissions, and links that stay inside")
    func presentsOtherwise() throws {
        let mounted = try mount(seed: 8, options: ["uid=1234,gid=1235,umask=077,symlinks=inside"])
        let snapshot = KernelTree(mounted.mountPoint.appending("latest/."))
        let root = try snapshot.status(FilePath([]))
        #expect(root.userID == 1234 && root.groupID == 1235 && root.permissions & 0o077 == 0)
        #expect(try snapshot.readLink("link") == Array("f1.txt".utf8))
        #expect(try snapshot.status("link").size == 6)
    }

    private struct Report: Decodable {
        let requests: [String: Int]
        let options: [String: Value]

        enum Value: Decodable {
            case any

            init(from decoder: any Decoder) throws { self = .any }
        }
    }

    @Test("the report is whole JSON each time that it is read, and moves on")
    func reportsStatus() throws {
        let mounted = try mount(seed: 9)
        let path = mounted.mountPoint.appending(".pastfs/status.json")
        func lookups() throws -> Int {
            // It may be made anew, with another length, between the two.
            let report = try #require(
                try Wait.until(seconds: 60) {
                    let bytes = try FileSystem.read(path, atMost: 1 << 16)
                    let report = try JSONDecoder().decode(Report.self, from: Data(bytes))
                    return try FileSystem.status(path).size == bytes.count ? report : nil
                })
            return report.requests["lookup"] ?? -1
        }
        let first = try lookups()
        let tree = KernelTree(mounted.mountPoint)
        for number in 0..<100 { #expect(throws: Errno.noEntry) { try tree.status(FilePath("at/none-\(number)")) } }
        // While it is read all the time, it is made anew every few seconds only.
        let tick = ConditionLock(())
        var last = first
        for _ in 0..<40 where last < first + 100 {
            _ = tick.wait(seconds: 0.25) { _ in Optional<Void>.none }
            last = try lookups()
        }
        #expect(last >= first + 100)
        #expect(try tree.names(".pastfs").count == 2)
    }

    @Test("faults are in errors.log, whose size and text belong together")
    func logsErrors() throws {
        let mounted = try mount(seed: 10)
        let path = mounted.mountPoint.appending(".pastfs/errors.log")
        #expect(try FileSystem.read(path, atMost: 1 << 16).isEmpty)
        for pack in try packs(mounted) { try FileSystem.remove(pack) }
        let tree = KernelTree(mounted.mountPoint.appending("latest/."))
        #expect(throws: Errno.ioFailure) { try tree.names(FilePath([])) }
        let tick = ConditionLock(())
        var text = ""
        for _ in 0..<40 where text.isEmpty {
            _ = tick.wait(seconds: 0.25) { _ in Optional<Void>.none }
            text = String(decoding: try FileSystem.read(path, atMost: 1 << 16), as: UTF8.self)
        }
        #expect(text.contains("cannot read /snapshots/\(Self.names[1])"))
        #expect(text.hasSuffix("\n"))
    }

    private func packs(_ mounted: MountedTree) throws -> [FilePath] {
        let folder = mounted.repository.appending("packs")
        return try KernelTree(folder).names("").flatMap { shard in
            let path = folder.appending(shard)
            return try KernelTree(path).names("").map { path.appending($0) }
        }
    }
}
