import SystemInterface
import TestSupport
import Testing

@Suite("Standard descriptors that are closed", .timeLimit(.minutes(20)))
struct ClosedDescriptorTests {
    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS.withSnapshot()
    }

    private func snapshotCount() throws -> Int { try pastfs.objects(in: "snapshots").count }

    @Test(
        "are no input", arguments: ["--stdin --name x", "--files-from -", "--files-from0 -", "--files-from /dev/stdin"])
    func input(options: String) throws {
        let outcome = try pastfs.shell("exec \"$PASTFS\" backup \(options) 0<&-")
        #expect(outcome.code == 1)
        let reasons = ["Bad file descriptor", "Is a directory"]
        #expect(reasons.contains { outcome.errors.contains($0) }, "\(outcome.errors)")
        #expect(try snapshotCount() == 1)
    }

    @Test(
        "take no results, which is an error, whichever of the others are closed",
        arguments: ["snapshots", "check", "stats", "ls latest", "forget -n --keep-last 1"])
    func output(command: String) throws {
        for closed in ["1>&-", "0<&- 1>&-", "0<&- 1>&- 2>&-"] {
            let outcome = try pastfs.shell("exec \"$PASTFS\" \(command) \(closed)")
            #expect(outcome.code == 1, "\(closed)")
            let isTold = outcome.errors.contains("cannot write to standard output")
            #expect(isTold == !closed.contains("2>&-"), "\(closed): \(outcome.errors)")
        }
    }

    @Test("take no content of files for signals")
    func content() throws {
        let interrupt = UInt8(Signal.interrupt.rawValue)
        try FileSystem.write(pastfs.source.appending("signals"), [UInt8](repeating: interrupt, count: 5_000))
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        for command in ["cat 'latest:\(pastfs.source)/signals'", "export --tar latest"] {
            let outcome = try pastfs.shell("exec \"$PASTFS\" \(command) 0<&- 1>&-")
            #expect(outcome.code == 1 && outcome.errors.contains("(EBADF)"), "\(command): \(outcome.errors)")
        }
    }

    @Test("leave a snapshot that nobody was told of, and no word in the repository")
    func backup() throws {
        try FileSystem.write(pastfs.source.appending("new"), [1])
        let outcome = try pastfs.shell("exec \"$PASTFS\" backup '\(pastfs.source)' /nonexistent/source 0<&- 1>&- 2>&-")
        #expect(outcome.code == 1)
        #expect(try snapshotCount() == 1)
        #expect(try pastfs.shell("exec \"$PASTFS\" backup '\(pastfs.source)' 0<&- 1>&- 2>&-").code == 1)
        #expect(try snapshotCount() == 2)
        #expect(try pastfs.run(["check", "--read-data"]).code == 0)
    }

    @Test("take no messages, and change no code")
    func messages() throws {
        for closed in ["2>&-", "0<&- 2>&-"] {
            let outcome = try pastfs.shell("exec \"$PASTFS\" ls latest~9 \(closed)")
            #expect(outcome.code == 18 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(closed)")
        }
    }

    @Test("keep no mount from being served in the background", .enabled(if: MountTests.canMount))
    func mount() throws {
        let point = try pastfs.directory.makeDirectory("mount")
        for closed in ["0<&- 1>&-", "0<&- 1>&- 2>&-"] {
            #expect(try pastfs.shell("exec \"$PASTFS\" mount '\(point)' \(closed)").code == 0, "\(closed)")
            let file = point.appending("latest\(pastfs.source)/hello")
            #expect(try FileSystem.read(file, atMost: 100) == Array("hello, past\n".utf8), "\(closed)")
            #expect(try pastfs.run(["umount", point.description]).code == 0)
        }
    }
}
