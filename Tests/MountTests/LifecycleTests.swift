import FuseMount
import Glibc
import SystemInterface
import Testing
import TestSupport
import ViewTestSupport

@Suite("A mount", .timeLimit(.minutes(20)))
struct LifecycleTests {
    /// A small source: these tests mount often.
    private static let source: Result<SourceTree, any Error> = Result { try SourceTree() }

    private func mount(change: (FilePath) throws -> Void = { _ in }) throws -> MountedTree {
        try MountedTree(Self.source.get(), change: change)
    }

    @Test("ends with a signal, and leaves nothing", arguments: [Signal.interrupt, .terminate])
    func endsWithASignal(_ signal: Signal) throws {
        let mounted = try mount()
        #expect(mounted.isMounted)
        #expect(try mounted.end(signal) == 0)
        #expect(!mounted.isMounted)
    }

    @Test("ends with a signal while files are open")
    func endsWhileBusy() throws {
        let mounted = try mount()
        let file = try FileDescriptor.open(mounted.tree.absolute("short"), .readOnly)
        #expect(try mounted.end(.terminate) == 0)
        #expect(!mounted.isMounted)
        #expect(throws: SystemError.self) { try file.pread(6, at: 0) }
    }

    @Test(
        "that was detached while files are open leaves alone what is mounted in its place",
        .enabled(if: Host.effectiveUserID == 0, "needs the right to unmount"))
    func leavesAnotherMount() throws {
        let mounted = try mount()
        let file = try FileDescriptor.open(mounted.tree.absolute("short"), .readOnly)
        #expect(mounted.mountPoint.withCString { umount2($0, Int32(MNT_DETACH)) } == 0)
        let other = try MountedTree(Self.source.get(), at: mounted.mountPoint)
        #expect(try file.status().size == 6, "the first one still answers")
        #expect(try mounted.end(.terminate) == 0)
        #expect(other.isMounted)
        #expect(try other.tree.status("short").size == 6)
        try file.close()
        #expect(try other.end(.terminate) == 0)
        #expect(!other.isMounted)
    }

    @Test("ends with a signal though a directory above it was renamed, and leaves nothing", arguments: [false, true])
    func endsWhereItWasMoved(_ isBusy: Bool) throws {
        let directory = try TemporaryDirectory()
        let mounted = try MountedTree(Self.source.get(), at: try directory.makeDirectory("before/mount"))
        let file = try FileDescriptor.open(isBusy ? mounted.tree.absolute("short") : directory.path, .readOnly)
        try directory.directory.renameAt(
            Array("before".utf8), to: directory.directory, Array("after".utf8), replacing: false)
        let moved = directory.path.appending("after/mount")
        #expect(try MountTable.entries().contains { $0.mountPoint == moved })
        #expect(try mounted.end(.terminate) == 0)
        let remains = try MountTable.entries().contains { $0.mountPoint == moved }
        #expect(!remains)
        if remains { _ = moved.withCString { umount2($0, Int32(MNT_DETACH)) } }
        // On a mount that is gone even that is an error.
        try? file.close()
    }

    @Test("ends when it is unmounted, but not while it is in use")
    func endsWhenUnmounted() throws {
        let mounted = try mount()
        let file = try FileDescriptor.open(mounted.tree.absolute("short"), .readOnly)
        #expect { try Unmount.unmount(mounted.mountPoint) } throws: { ($0 as? MountError)?.code == .busy }
        try file.close()
        // A program that another test starts at this moment has the file until it is executed.
        let done: Bool? = try Wait.until(seconds: 60) {
            do {
                try Unmount.unmount(mounted.mountPoint)
                return true
            } catch let error as MountError where error.code == .busy {
                return nil
            }
        }
        #expect(done == true)
        #expect(try mounted.wait() == 0)
        #expect(!mounted.isMounted)
    }

    @Test("whose process was killed stays as an error, is told of, and can be taken away")
    func staysWhenKilled() throws {
        let mounted = try mount()
        #expect(try mounted.end(.kill) == Signal.kill.exitCode)
        #expect(mounted.isMounted)
        try expectError(.notConnected, "status of a dead mount") { _ = try mounted.tree.status("short") }
        let mountPoint = mounted.mountPoint
        #expect {
            try MountChecks.check(mountPoint, avoiding: [], options: MountOptions())
        } throws: { error in
            guard let error = error as? MountError else { return false }
            return error.code == .staleMount && error.fix?.contains("umount -l \(mountPoint)") == true
        }
        try Unmount.unmount(mountPoint)
        #expect(!mounted.isMounted)
    }

    @Test("answers damage with EIO and one line in the log, and everything else as ever")
    func reportsDamage() throws {
        let mounted = try mount { repository in try Self.damageContentPack(in: repository) }
        var damaged: [FilePath] = []
        for path: FilePath in ["one chunk", "few chunks", "many chunks", "short", "sparse"] {
            let wanted = try mounted.source.tree.read(path, at: 0, count: 8 << 20)
            for _ in 0..<2 {
                do {
                    #expect(try mounted.tree.read(path, at: 0, count: 8 << 20) == wanted)
                } catch {
                    #expect(error == .ioFailure)
                    damaged.append(path)
                }
            }
        }
        #expect(!damaged.isEmpty)
        let log = try mounted.log
        for path in Set(damaged) {
            let lines = log.split(separator: "\n").filter { $0.contains("\(MountedTree.snapshot)/\(path): ") }
            #expect(lines.count == 1, "lines about \(path)")
        }
    }

    /// Flips bytes in the middle of the largest pack, which holds contents.
    private static func damageContentPack(in repository: FilePath) throws {
        var packs: [(path: FilePath, size: UInt64)] = []
        let folder = repository.appending("packs")
        for shard in try KernelTree(folder).names("") {
            for name in try KernelTree(folder.appending(shard)).names("") {
                let path = folder.appending(shard).appending(name)
                packs.append((path, try FileSystem.status(path).size))
            }
        }
        let largest = try #require(packs.max { $0.size < $1.size })
        try FileDescriptor.workingDirectory.setPermissionsAt(largest.path.bytes, 0o600)
        let file = try FileDescriptor.open(largest.path, .readWrite)
        let bytes = try file.pread(64, at: largest.size / 2)
        try file.pwrite(all: bytes.map { ~$0 }, at: largest.size / 2)
    }
}
