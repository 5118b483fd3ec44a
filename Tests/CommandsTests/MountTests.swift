import Commands
import SystemInterface
import Testing

@Suite("A mount")
struct MountTests {
    /// Whether this user can mount here.
    static let canMount: Bool = {
        guard let device = try? FileDescriptor.open("/dev/fuse", .readWrite) else { return false }
        _ = consume device
        return Host.effectiveUserID == 0 || (try? FileSystem.exists("/usr/bin/fusermount3")) == true
    }()

    @Test("in the background answers when the command has ended, and umount ends it", .enabled(if: canMount))
    func background() throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        let mounted = try pastfs.run(["mount", point.description])
        #expect(mounted.code == 0, "\(mounted.errors)")
        let file = point.appending("latest\(pastfs.source)/hello")
        #expect(try FileSystem.read(file, atMost: 100) == Array("hello, past\n".utf8))
        let again = try pastfs.run(["mount", point.description])
        #expect(again.code == 1 && again.errors.contains("mounted there already"))
        #expect(try pastfs.shell("ps -o comm= -p $(pgrep -f 'pastfs mount \(point)$')").output == "pastfs\n")
        // Neither the environment nor the arguments of the server tell the passphrase.
        let script = "grep -laF '\(PastFS.passphrase)' /proc/$PID/environ /proc/$PID/cmdline || echo none"
        let find = "PID=$(pgrep -f 'pastfs mount \(point)$'); test -n \"$PID\" && { \(script); }"
        #expect(try pastfs.shell(find).output == "none\n")
        try FileDescriptor.workingDirectory.symbolicLinkAt(
            pastfs.directory.path.appending("link").bytes, target: point.bytes)
        #expect(try pastfs.run(["umount", pastfs.directory.path.appending("link").description]).code == 0)
        #expect(try FileDescriptor.open(point, [.readOnly, .directory]).directoryEntries().isEmpty)
        #expect(try pastfs.run(["umount", point.description]).code == 18)
    }

    @Test("outlives the reader of its messages, and SIGUSR1", .enabled(if: canMount))
    func unheard() throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        // The reader is gone before the mount has anything to say.
        let script = """
            "$PASTFS" mount "$POINT" | true
            for try in $(seq 100); do test -e "$POINT/latest" && break; read -rt 0.1 <> <(:); done
            pkill -USR1 -f "pastfs mount $POINT"
            read -rt 0.3 <> <(:)
            ls "$POINT"
            """
        let outcome = try pastfs.shell(script, environment: ["POINT": point.description])
        #expect(outcome.output.contains("snapshots"), "\(outcome.errors)")
        #expect(try pastfs.run(["umount", point.description]).code == 0)
    }

    @Test(
        "that cannot be told of is served all the same, with a warning", .enabled(if: canMount),
        arguments: ["", "--json"])
    func untold(option: String) throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        let outcome = try pastfs.shell("exec \"$PASTFS\" \(option) mount '\(point)' >/dev/full")
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("cannot write to standard output"), "\(outcome.errors)")
        #expect(try FileSystem.exists(point.appending("latest")))
        #expect(try pastfs.run(["umount", point.description]).code == 0)
    }

    @Test("that cannot be is refused with the code and words of its background process", .enabled(if: canMount))
    func refused() throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        let wrongKey = try pastfs.run(["mount", point.description], passphrase: "wrong")
        #expect(wrongKey.code == 12 && wrongKey.errors.contains("no key slot opens"))
        #expect(try pastfs.run(["mount", "-o", "nonsense", point.description]).code == 2)
        let inside = try pastfs.run(["mount", pastfs.repository.appending("tmp").description])
        #expect(inside.code == 1 && inside.errors.contains("which the mount itself needs"))
    }
}
