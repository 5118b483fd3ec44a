import FuseMount
import Glibc
import Synchronization
import SystemInterface
import TestSupport
import Testing

@Suite("An access log")
struct AccessLogTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private let directory: TemporaryDirectory
    private let clock = ManualClock(seconds: 1_000_000_000)
    private let messages = Lines()

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open(_ path: FilePath, avoiding avoided: [FilePath] = []) throws(MountError) -> AccessLog {
        try AccessLog(at: path, avoiding: avoided, clock: clock) { [messages] line in
            messages.all.withLock { $0.append(line) }
        }
    }

    private static func record(_ path: FilePath) -> AccessRecord {
        AccessRecord(
            operation: .file, path: path, snapshots: [],
            requester: Requester(userID: 1, groupID: 2, processID: 3, command: Array("a \"b\"".utf8)))
    }

    private func lines(_ path: FilePath) throws -> [String] {
        let text = String(decoding: try FileSystem.read(path, atMost: 1 << 20), as: UTF8.self)
        return text.split(separator: "\n").map { String($0) }
    }

    @Test("has a line for each access, and keeps what was there")
    func writesLines() throws {
        let path = try directory.write("log", Array("before\n".utf8))
        let log = try open(path)
        #expect(log.record(Self.record(FilePath([0x2F, 0xFF]))))
        #expect(log.record(Self.record("/a")))
        let rest = #""snapshots":[],"uid":1,"gid":2,"pid":3,"command":"a \"b\""}"#
        let start = #"{"schema":"pastfs.access.v1","time":"2001-09-09T01:46:40.000Z","operation":"open","path":"#
        #expect(
            try lines(path) == [
                "before", start + "\"/\u{FFFD}\",\"path_b64\":\"L/8=\"," + rest, start + #""/a","# + rest,
            ])
    }

    @Test("is begun anew, within a second, when its file is renamed or removed", arguments: [true, false])
    func isRotated(removing: Bool) throws {
        let path = directory.path.appending("log")
        let old = directory.path.appending("log.1")
        let log = try open(path)
        #expect(log.record(Self.record("/first")))
        try directory.directory.renameAt(
            Array("log".utf8), to: directory.directory, Array("log.1".utf8), replacing: false)
        if removing { try FileSystem.remove(old) }
        #expect(log.record(Self.record("/still the old one")))
        #expect(try !FileSystem.exists(path))
        clock.advance(seconds: 1)
        #expect(log.record(Self.record("/second")))
        #expect(try lines(path).count == 1)
        if !removing { #expect(try lines(old).count == 2) }
        #expect(try FileSystem.status(path).permissions == 0o600)
    }

    @Test(
        "refuses accesses while the disk is full, says so once, and leaves no line in two",
        .enabled(if: MountedMemory.isPossible))
    func refusesWhenFull() throws {
        let memory = try MountedMemory(size: "16k")
        let path = memory.path.appending("log")
        let log = try open(path)
        try FileSystem.write(memory.path.appending("filler"), [UInt8](repeating: 1, count: 4_096))
        var granted = 0
        while log.record(Self.record(FilePath("/\(granted)"))) {
            granted += 1
            try #require(granted < 1_000)
        }
        #expect(!log.record(Self.record("/refused")))
        #expect(messages.all.withLock { $0.count } == 1)
        try FileSystem.remove(memory.path.appending("filler"))
        #expect(log.record(Self.record("/again")))
        #expect(messages.all.withLock { $0.last?.contains("can be recorded again") } == true)
        let lines = try lines(path)
        let whole = lines.filter { $0.hasPrefix("{") && $0.hasSuffix("}") }
        #expect(whole.count == granted + 1)
        #expect(lines.count <= whole.count + 1)
        #expect(whole.last?.contains("\"/again\"") == true)
    }

    @Test("goes on behind a line that an earlier one could not finish")
    func mendsTornLines() throws {
        let path = try directory.write("log", Array("{\"schema\":\"past".utf8))
        #expect(try open(path).record(Self.record("/a")))
        let lines = try lines(path)
        #expect(lines.count == 2 && lines.last?.hasPrefix("{\"schema\":\"pastfs.access.v1\"") == true)
    }

    @Test("is not kept in the repository, below the mount point, in a fifo, a link or a directory")
    func refusesPlaces() throws {
        let inside = try directory.makeDirectory("inside")
        try directory.directory.makeNodeAt(Array("fifo".utf8), type: .fifo, permissions: 0o600)
        try directory.directory.symbolicLinkAt(Array("link".utf8), target: Array("inside/log".utf8))
        try directory.directory.symbolicLinkAt(Array("way".utf8), target: Array("inside".utf8))
        func code(_ name: String) -> MountError.Code? {
            do {
                _ = try open(directory.path.appending(name), avoiding: [inside])
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("inside/log") == .overlap)
        #expect(code("way/log") == .overlap)
        #expect(code("way/../inside/log") == .overlap)
        try directory.makeDirectory("folder")
        for name in ["fifo", "link", "folder", "missing/log"] { #expect(code(name) == .auditFailed, "\(name)") }
        #expect(code("insider") == nil)
    }
}
