import Glibc
import Storage
import SystemInterface
import TestSupport
import Testing
import ViewTestSupport

@Suite("A mount that records accesses", .timeLimit(.minutes(20)))
struct AuditTests {
    private static let later = "2001-09-09T02-46-40Z"

    private let file: FilePath
    private let directory: TemporaryDirectory
    private let mounted: MountedTree

    init() throws {
        directory = try TemporaryDirectory()
        file = directory.path.appending("access.log")
        let source = try SourceTree()
        mounted = try MountedTree(source, options: ["audit=\(file)"]) { repository in
            let path = source.directory.path
            let writer = try TestRepository(openedIn: LocalDirectoryStore(at: repository), seed: 2)
            try writer.commit(started: Timestamp(seconds: 1_000_003_600)) { try TreeScanner(session: $0).root(path) }
        }
    }

    private func lines(of operation: String) throws -> [String] {
        let text = String(decoding: try FileSystem.read(file, atMost: 1 << 22), as: UTF8.self)
        return text.split(separator: "\n").map { String($0) }.filter { $0.contains("\"operation\":\"\(operation)\"") }
    }

    private func path(_ name: String, in snapshot: String = MountedTree.snapshot) -> String {
        "\"path\":\"/snapshots/\(snapshot)/\(name)\""
    }

    @Test("has a line for each open of a file, cached or not, with who it was")
    func recordsOpens() throws {
        for _ in 0..<3 { #expect(try mounted.tree.read("short", at: 0, count: 100) == Array("hello\n".utf8)) }
        let lines = try lines(of: "open")
        #expect(lines.count == 3)
        let command = String(decoding: try FileSystem.read("/proc/self/comm", atMost: 100), as: UTF8.self).dropLast()
        let who = #""uid":\#(getuid()),"gid":\#(getgid()),"pid":\#(getpid()),"command":"\#(command)"}"#
        for line in lines { #expect(line.contains(path("short")) && line.hasSuffix(who), "\(line)") }
    }

    @Test("tells snapshots and names apart that show the same file")
    func tellsPlacesApart() throws {
        let names = ["few chunks", "second name", "below/third name"]
        let snapshots = [MountedTree.snapshot, Self.later]
        for snapshot in snapshots {
            let tree = KernelTree(mounted.mountPoint.appending("snapshots").appending(snapshot))
            for name in names { #expect(try tree.read(FilePath(name), at: 0, count: 9).count == 9) }
            #expect(Set(try names.map { try tree.status(FilePath($0)).inode }).count == 1)
        }
        let lines = try lines(of: "open")
        #expect(lines.count == 6)
        for (index, line) in lines.enumerated() {
            #expect(line.contains(path(names[index % 3], in: snapshots[index / 3])))
        }
    }

    @Test("has a line for each listing of a directory, and for names that are not text")
    func recordsListings() throws {
        for _ in 0..<2 { #expect(try mounted.tree.names("names").count == 8) }
        let raw = FilePath(Array("names/".utf8) + [0xff, 0xfe, 0x80])
        #expect(try mounted.tree.read(raw, at: 0, count: 10) == [0xff, 0xfe, 0x80])
        #expect(try lines(of: "opendir").filter { $0.contains(path("names")) }.count == 2)
        #expect(try lines(of: "open").contains { $0.contains("path_b64") })
    }

    @Test("says which version was opened, and of what snapshots something is that is shown in parts")
    func tellsVersionsApart() throws {
        let names = try KernelTree(mounted.mountPoint.appending("snapshots")).names("")
        #expect(names.count == 2)
        let view = KernelTree(mounted.mountPoint)
        let listed = try view.names("versions/short")
        #expect(listed.count == 1)
        let list: FilePath = "versions/short"
        for name in listed { #expect(try view.read(list.appending(name), at: 0, count: 9).count == 6) }
        for name in listed {
            let text = String(decoding: name, as: UTF8.self)
            let wanted = "\"path\":\"/versions/short/\(text)\",\"snapshots\":[]"
            #expect(try lines(of: "open").contains { $0.contains(wanted) })
        }
        _ = try view.names(FilePath("changes/\(MountedTree.snapshot)..\(Self.later)/added"))
        _ = try mounted.tree.names("names")
        let directories = try lines(of: "opendir")
        let compared = try #require(directories.last { $0.contains("\"path\":\"/changes/") })
        let plain = try #require(directories.last { $0.contains(path("names")) })
        func identifiers(_ line: String) -> [Substring] {
            line.split(separator: "\"").filter { $0.count == 64 && $0.allSatisfy(\.isHexDigit) }
        }
        #expect(identifiers(compared).count == 2)
        #expect(identifiers(plain) == Array(identifiers(compared).prefix(1)))
    }

    @Test("refuses to open what it cannot record", .enabled(if: MountedMemory.isPossible))
    func refusesOpens() throws {
        #expect(try mounted.tree.read("short", at: 0, count: 9).count == 6)
        // Another directory takes the name of the file; that is noticed in the next second.
        try FileSystem.remove(file)
        try FileSystem.makeDirectory(file)
        let refusal = Wait.until(seconds: 5) { () -> Errno? in
            do throws(Errno) {
                _ = try mounted.tree.read("short", at: 0, count: 9)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal == .ioFailure)
        #expect(try mounted.log.contains("cannot record accesses"))
        #expect(try mounted.tree.status("short").size == 6)
    }
}
