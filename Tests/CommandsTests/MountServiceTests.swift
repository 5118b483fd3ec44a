import Coding
import SystemInterface
import Testing

@Suite("A mount as a service")
struct MountServiceTests {
    /// Starts a mount in the foreground as systemd would, prints what it is told, and what the mount shows then.
    private static let manager = """
        import os, socket, subprocess, sys
        name, point = sys.argv[1:3]
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind("\\0" + name[1:] if name[0] == "@" else name)
        listener.settimeout(40)
        server = subprocess.Popen([os.environ["PASTFS"], "mount", "-f", point], env=dict(os.environ, NOTIFY_SOCKET=name))
        try:
            print(listener.recv(4096).decode().replace(point, "POINT"))
            print(os.path.ismount(point), sorted(os.listdir(point)))
            server.terminate()
            print(listener.recv(4096).decode(), server.wait(), os.path.ismount(point))
        finally:
            server.kill()
            server.wait()
        """

    @Test(
        "tells the manager when it answers, and when it ends", .enabled(if: MountTests.canMount),
        arguments: ["SOCKET", "@pastfs-"])
    func notifies(name: String) throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        let script = try pastfs.directory.write("manager.py", Array(Self.manager.utf8))
        // A name that begins with @ is one for the whole machine.
        let socket =
            name == "SOCKET"
            ? pastfs.directory.path.appending("socket").description
            : name + Hexadecimal.encode(SystemEntropy().bytes(8))
        let outcome = try pastfs.shell("python3 '\(script)' '\(socket)' '\(point)'")
        #expect(outcome.lines.contains("READY=1") && outcome.lines.contains("STATUS=Serving POINT"), "\(outcome)")
        #expect(outcome.output.contains("True [") && outcome.output.contains("'latest'"), "\(outcome)")
        #expect(outcome.lines.last == "STOPPING=1 0 False", "\(outcome)")
    }

    @Test("writes to the log file from the moment at which it answers", .enabled(if: MountTests.canMount))
    func logsToFile() throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        let log = pastfs.directory.path.appending("log")
        let script = """
            "$PASTFS" mount -f --log-file "$LOG" "$POINT" &
            SERVER=$!
            for try in $(seq 300); do test -e "$POINT/latest" && break; read -rt 0.1 <> <(:); done
            for try in $(seq 300); do test -s "$LOG" && break; kill -USR1 $SERVER; read -rt 0.1 <> <(:); done
            "$PASTFS" umount "$POINT" && wait $SERVER
            """
        let outcome = try pastfs.shell(script, environment: ["POINT": point.description, "LOG": log.description])
        #expect(outcome.code == 0 && !outcome.errors.contains("serving"), "\(outcome)")
        let written = String(decoding: try FileSystem.read(log, atMost: 1 << 20), as: UTF8.self)
        #expect(written.hasPrefix("note: serving \(point)"))
    }

    @Test("whose log cannot be written is refused before it is mounted", arguments: [["-f"], []])
    func refusesLog(words: [String]) throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        let outcome = try pastfs.run(["mount"] + words + ["--log-file", "/nowhere/log", point.description])
        #expect(outcome.code == 1 && outcome.errors.contains("cannot open the log file"), "\(outcome)")
    }

    /// Runs a program with standard error at a file that JOURNAL_STREAM names, or names wrongly.
    private func errors(of words: String, journal: String) throws -> String {
        let pastfs = try PastFS()
        let script = """
            LOG=$HOME/journal; : >"$LOG"
            export JOURNAL_STREAM=\(journal)
            "$PASTFS" \(words) 2>>"$LOG"
            cat "$LOG"
            """
        return try pastfs.shell(script).output
    }

    @Test("gives the journal the severity of each line")
    func severities() throws {
        let errors = try errors(of: "ls latest:/", journal: "$(stat -c %d:%i \"$LOG\")")
        let lines = errors.split(separator: "\n")
        #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("<3>") }, "\(errors)")
        #expect(lines.first?.hasPrefix("<3>error: ") == true)
    }

    @Test("gives none where standard error is not the journal", arguments: ["1:1", "''", "x"])
    func noSeverities(journal: String) throws {
        let errors = try errors(of: "ls latest:/", journal: journal)
        #expect(errors.hasPrefix("error: "), "\(errors)")
    }

    @Test("in the background goes on writing to the journal if it was started there", .enabled(if: MountTests.canMount))
    func backgroundJournal() throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        let script = """
            LOG=$HOME/journal; : >"$LOG"
            export JOURNAL_STREAM=$(stat -c %d:%i "$LOG")
            "$PASTFS" mount "$POINT" >"$HOME/out" 2>>"$LOG" || exit
            for try in $(seq 300); do test -s "$LOG" && break; pkill -USR1 -f "pastfs mount $POINT$"; read -rt 0.1 <> <(:); done
            "$PASTFS" umount "$POINT"
            cat "$LOG"
            """
        let outcome = try pastfs.shell(script, environment: ["POINT": point.description])
        #expect(outcome.output.hasPrefix("<6>note: serving \(point)"), "\(outcome)")
    }
}
