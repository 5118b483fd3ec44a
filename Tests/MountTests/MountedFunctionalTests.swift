import FuseMount
import Glibc
import SystemInterface
import Testing
import TestSupport
import ViewTestSupport

/// The suite of SnapshotViewTests, run through the kernel, and what only a kernel can ask.
@Suite("A mounted view", .timeLimit(.minutes(20)))
struct MountedFunctionalTests {
    private static let shared: Result<MountedTree, any Error> = Result { try MountedTree(SourceTree()) }

    private func mounted() throws -> MountedTree {
        try Self.shared.get()
    }

    @Test("shows the source", arguments: FunctionalCase.all)
    func showsTheSource(_ functionalCase: FunctionalCase) throws {
        let mounted = try mounted()
        try functionalCase.run(mounted.tree, mounted.source)
    }

    @Test("refuses every change", arguments: ChangingCall.all)
    func refusesChanges(_ call: ChangingCall) throws {
        let root = try mounted().tree.root
        let result = call.run(root.description)
        let number = errno
        #expect(result == -1)
        #expect(Errno(rawValue: number) == .readOnlyFileSystem)
    }

    @Test("shows the top directory, hosts, tags and the newest snapshot")
    func showsTheTop() throws {
        let top = KernelTree(try mounted().mountPoint)
        let names = try top.names("").map { String(decoding: $0, as: UTF8.self) }.sorted()
        #expect(names == [".pastfs", "at", "changes", "hosts", "latest", "snapshots", "tags", "versions"])
        #expect(try top.readLink("latest") == Array("snapshots/\(MountedTree.snapshot)".utf8))
        #expect(try top.readLink("hosts/house/latest") == Array(MountedTree.snapshot.utf8))
        #expect(try top.status(FilePath("tags/weekly/\(MountedTree.snapshot)/short")).size == 6)
        #expect(try top.status("latest/short").size == 6)
        try expectError(.noEntry, "a host that is not there") { _ = try top.status("hosts/nobody") }
    }

    @Test("goes on with a listing where it was left")
    func seeksInDirectories() throws {
        let path = try mounted().tree.absolute("many")
        let directory = try #require(opendir(path.description))
        defer { closedir(directory) }
        var names: [String] = []
        var positions: [Int] = []
        func next() -> String? {
            guard let entry = readdir(directory) else { return nil }
            return withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
        }
        while true {
            positions.append(telldir(directory))
            guard let name = next() else { break }
            names.append(name)
        }
        #expect(names.count == SourceTree.manyCount + 2)
        for index in stride(from: names.count - 1, through: 0, by: -997) {
            seekdir(directory, positions[index])
            #expect(next() == names[index])
        }
        rewinddir(directory)
        #expect(next() == ".")
    }

    @Test("maps files into memory")
    func mapsFiles() throws {
        let mounted = try mounted()
        let wanted = try mounted.source.tree.read("many chunks", at: 0, count: 3 << 20)
        let file = try FileDescriptor.open(mounted.tree.absolute("many chunks"), .readOnly)
        let start = try #require(mmap(nil, wanted.count, PROT_READ, MAP_PRIVATE, file.rawValue, 0))
        try #require(start != MAP_FAILED)
        defer { munmap(start, wanted.count) }
        #expect(UnsafeRawBufferPointer(start: start, count: wanted.count).elementsEqual(wanted))
    }

    @Test("tells that it is read-only, and how long names are")
    func tellsStatistics() throws {
        var statistics = statvfs()
        #expect(statvfs(try mounted().mountPoint.description, &statistics) == 0)
        #expect(statistics.f_flag & UInt(ST_RDONLY) != 0)
        #expect(statistics.f_flag & UInt(ST_NOSUID) != 0)
        #expect(statistics.f_namemax == 255)
        #expect(statistics.f_blocks > 0)
        #expect(statistics.f_bfree == 0)
    }

    private static let accessListProgram: FilePath = "/usr/bin/getfacl"

    @Test(
        "shows access control lists to getfacl as the source does",
        .enabled(if: (try? FileSystem.exists(accessListProgram)) == true))
    func showsAccessLists() throws {
        let mounted = try mounted()
        func list(_ tree: KernelTree) throws -> [UInt8] {
            let answer = try ProcessLauncher.output(
                of: Self.accessListProgram,
                arguments: ["getfacl", "--numeric", "--omit-header", "--absolute-names"].map { Array($0.utf8) }
                    + [tree.absolute("listed").bytes],
                atMost: 1 << 16)
            #expect(answer.status == 0)
            return answer.output
        }
        let found = String(decoding: try list(mounted.tree), as: UTF8.self)
        #expect(found == String(decoding: try list(mounted.source.tree), as: UTF8.self))
        #expect(found.contains("user:1234:r--"))
    }

    @Test("says with -o noxattr that there are no extended attributes at all")
    func hidesExtendedAttributes() throws {
        let mounted = try MountedTree(Self.shared.get().source, options: ["noxattr"])
        #expect(try mounted.source.tree.extendedAttributes("attributed").count == 2)
        #expect(try mounted.tree.extendedAttributes("attributed").isEmpty)
        #expect(try mounted.tree.extendedAttributes("listed").isEmpty)
    }

    @Test("answers 32 threads that read at random")
    func answersManyThreads() throws {
        let mounted = try mounted()
        let size = 3 << 20
        let wanted = try mounted.source.tree.read("many chunks", at: 0, count: size)
        let tree = mounted.tree
        let faults = ConditionLock<[String]>([])
        let threads = try (0..<32).map { seed in
            try Thread.spawn(name: "reader") {
                var generator = SeededGenerator(seed: UInt64(seed))
                for _ in 0..<50 {
                    let offset = generator.number(in: 0...size - 1)
                    let count = min(generator.number(in: 1...300_000), size - offset)
                    let found = try? tree.read("many chunks", at: UInt64(offset), count: count)
                    if found != Array(wanted[offset..<offset + count]) {
                        faults.withLock { $0.append("seed \(seed): \(count) bytes at \(offset)") }
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(faults.withLock { $0 } == [])
    }
}
