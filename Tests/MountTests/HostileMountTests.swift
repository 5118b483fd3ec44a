import Storage
import SystemInterface
import TestSupport
import Testing
import ViewTestSupport

/// Snapshots of somebody with a writer's key, mounted, and walked through with the tools that people use.
@Suite("A mount of hostile snapshots", .timeLimit(.minutes(20)))
struct HostileMountTests {
    /// What the mount may need besides its cache, in bytes, whatever it is shown.
    private static let memoryBytesMax = 400 << 20

    /// One mount of all of them: each is the one snapshot of a host that is named by its number.
    private static let shared: Result<MountedTree, any Error> = Result {
        try MountedTree(SourceTree(), options: ["cache=32M"]) { repository in
            let writer = try TestRepository(openedIn: LocalDirectoryStore(at: repository), seed: 2)
            for (number, tree) in all.enumerated() {
                try writer.commit(started: Timestamp(seconds: 1_100_000_000 + Int64(number)), host: "\(number)") {
                    try tree.write($0)
                }
            }
        }
    }

    private static let all = HostileTree.refused + HostileTree.deceptive + [HostileTree.bomb]

    private static func root(of tree: HostileTree) throws -> KernelTree {
        let mounted = try shared.get()
        let number = try #require(all.firstIndex { $0.description == tree.description })
        let host = mounted.mountPoint.appending("hosts").appending("\(number)")
        let snapshot = try #require(try KernelTree(host).names("").first { $0 != Array("latest".utf8) })
        return KernelTree(host.appending(snapshot))
    }

    @Test("refuses a directory that lies with an error and a line in the log", arguments: HostileTree.refused)
    func refuses(_ tree: HostileTree) throws {
        let root = try Self.root(of: tree)
        #expect(throws: Errno.ioFailure) { try root.names("") }
        #expect(throws: Errno.ioFailure) { try root.status("a") }
        let mounted = try Self.shared.get()
        let path = root.root.bytes.dropFirst(mounted.mountPoint.bytes.count)
        #expect(try mounted.log.contains("cannot read \(FilePath(Array(path)))"))
        #expect(try mounted.tree.status("short").size == 6)
        #expect(try mounted.peakMemoryBytes < Self.memoryBytesMax)
    }

    /// A command of the shell that walks through the directory it is in; `$TARGET` is an empty one.
    private static let walks = [
        "find . -printf '%p %s\\n'", "ls -lR .", "du -a .", "tar -cSf - --xattrs . | cat", "cp -a . \"$TARGET\"",
        "getfattr -R -d -m - .", "grep -r x .",
    ]

    @Test("lets tools walk to an end, and needs little memory for it", arguments: HostileTree.deceptive, walks)
    func endsWalks(_ tree: HostileTree, _ walk: String) throws {
        let status = try Self.run(walk, in: try Self.root(of: tree).root, seconds: 600)
        // 124 is timeout(1)'s; tools that meet errors end with others.
        #expect(status != 124 && status < 128, "\(walk) ended with \(status)")
        let mounted = try Self.shared.get()
        #expect(try mounted.peakMemoryBytes < Self.memoryBytesMax)
        #expect(try mounted.tree.status("short").size == 6)
    }

    @Test("answers a comparison of directories that claim 2^32 entries with an error, and lives on")
    func refusesVastComparisons() throws {
        let mounted = try MountedTree(SourceTree(), options: ["cache=32M"]) { repository in
            let writer = try TestRepository(openedIn: LocalDirectoryStore(at: repository), seed: 2)
            for (number, tree) in HostileTree.vastPair.enumerated() {
                try writer.commit(started: Timestamp(seconds: 1_100_000_000 + Int64(number))) { try tree.write($0) }
            }
        }
        for kind in ["added", "changed", "removed"] {
            let changes = KernelTree(mounted.mountPoint.appending("changes/latest~1..latest/\(kind)"))
            #expect(throws: Errno.ioFailure) { try changes.names("") }
        }
        #expect(try mounted.tree.status("short").size == 6)
        #expect(try mounted.peakMemoryBytes < Self.memoryBytesMax)
    }

    @Test("does not grow while somebody walks through what has no end")
    func survivesBombs() throws {
        let root = try Self.root(of: HostileTree.bomb)
        let mounted = try Self.shared.get()
        #expect(try root.names("0/1/2/3/4/5/6/7").count == 10)
        #expect(try Self.run("find .", in: root.root, seconds: 5) == 124)
        #expect(try mounted.tree.status("short").size == 6)
        #expect(try mounted.peakMemoryBytes < Self.memoryBytesMax)
    }

    @Test("ends directories that lie in themselves where it says in the log")
    func endsDepth() throws {
        let root = try Self.root(of: HostileTree.deceptive[0])
        var directory = try FileDescriptor.open(root.root, [.readOnly, .directory])
        var depth = 0
        let error = #expect(throws: SystemError.self) {
            while true {
                directory = try directory.openAt(Array("loop".utf8), [.readOnly, .directory])
                depth += 1
            }
        }
        #expect(error?.errno == .ioFailure)
        #expect(depth == 4_096)
        #expect(try Self.shared.get().log.contains("nested deeper than 4096"))
    }

    @Test("reads the longest file as zeros at both ends")
    func readsLongestFile() throws {
        let tree = try #require(HostileTree.deceptive.first { $0.description.hasPrefix("the longest file") })
        let root = try Self.root(of: tree)
        #expect(try root.read("a", at: 0, count: 3) == [0, 0, 0])
        #expect(try root.read("a", at: UInt64(Int64.max) - 3, count: 3) == [0, 0, 0])
        #expect(try root.nextData("a", from: 0) == nil)
    }

    private static func run(_ walk: String, in directory: FilePath, seconds: Int) throws -> Int32 {
        let target = try TemporaryDirectory()
        let script = """
            export TARGET="$2"; cd "$1" || exit 125
            timeout \(seconds) bash -c "$3" > /dev/null 2>&1
            status=$?; rm -rf "$TARGET"/* ; exit $status
            """
        let child = try ProcessLauncher.spawn(
            "/bin/bash",
            arguments: ["bash", "-c", script, "bash"].map { Array($0.utf8) } + [
                directory.bytes, target.path.bytes, Array(walk.utf8),
            ])
        return try ProcessLauncher.wait(child)
    }
}
