import SystemInterface
import Testing

@Suite("A mount that is to be trusted", .enabled(if: MountTests.canMount))
struct MountSafetyTests {
    @Test("whose process was killed is named with the command that clears it, and the command does")
    func stale() throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        #expect(try pastfs.run(["mount", point.description]).code == 0)
        let killed = try pastfs.shell(
            """
            PID=$(pgrep -f "pastfs mount $POINT$") && kill -9 $PID
            for try in $(seq 100); do test -e "/proc/$PID" || break; read -rt 0.1 <> <(:); done
            ls "$POINT"
            """, environment: ["POINT": point.description])
        #expect(killed.code != 0 && killed.errors.contains("not connected"), "\(killed.errors)")
        let refused = try pastfs.run(["mount", point.description])
        #expect(refused.code == 1)
        #expect(refused.errors.contains("\(point)") && refused.errors.contains("a mount whose process has died"))
        // What stands between the backquotes is to be typed as it is.
        let command = try #require(refused.errors.split(separator: "`").dropFirst().first)
        #expect(try pastfs.shell(String(command)).code == 0)
        let again = try pastfs.run(["mount", point.description])
        #expect(again.code == 0, "\(again.errors)")
        #expect(try pastfs.run(["umount", point.description]).code == 0)
    }

    @Test(
        "that is told to end in the moment in which it is mounted leaves nothing",
        .enabled(if: Host.effectiveUserID == 0 && (try? FileSystem.exists("/usr/bin/strace")) == true),
        .timeLimit(.minutes(20)))
    func endsWhileMounting() throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        // The kernel has mounted it, and the program does not know it yet.
        let outcome = try pastfs.shell(
            """
            strace -f -qq -o /dev/null -e trace=mount -e inject=mount:delay_exit=3000000 "$PASTFS" mount -f "$POINT" &
            TRACER=$!
            until grep -qF " $POINT " /proc/self/mountinfo; do read -rt 0.1 <> <(:); done
            kill -TERM $(pgrep -P $TRACER)
            wait $TRACER; echo "ended with $?"
            grep -F " $POINT " /proc/self/mountinfo && umount -l "$POINT"
            """, environment: ["POINT": point.description])
        #expect(outcome.output == "ended with 0\n", "\(outcome.output) \(outcome.errors)")
    }

    @Test(
        "takes nothing away that was mounted after it and has got its number",
        .enabled(if: Host.effectiveUserID == 0), .timeLimit(.minutes(20)), arguments: ["umount", "TERM"])
    func endsBehindAnother(how: String) throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        let other = try pastfs.directory.makeDirectory("other")
        // The kernel gives the lowest free number: what else mounts at this moment may take it away, and mounts go on.
        let outcome = try pastfs.shell(
            """
            for try in $(seq 20); do
                "$PASTFS" mount -f "$POINT" >"$POINT.log" &
                SERVER=$!
                until grep -qs mounted "$POINT.log"; do read -rt 0.1 <> <(:); done
                NUMBER=$(stat -c %d "$POINT")
                kill -STOP $SERVER
                if [[ $HOW != umount ]]; then kill -$HOW $SERVER; fi
                # umount(8) may ask the mount something, which does not answer.
                python3 -c 'import ctypes, sys; ctypes.CDLL(None).umount2(sys.argv[1].encode(), 0)' "$POINT"
                mount -t tmpfs none "$OTHER" && echo kept >"$OTHER/file"
                kill -CONT $SERVER
                wait $SERVER
                GIVEN=$(stat -c %d "$OTHER")
                cat "$OTHER/file" || exit
                umount "$OTHER"
                if [[ $GIVEN == "$NUMBER" ]]; then echo "the same number"; exit; fi
            done
            """, environment: ["POINT": point.description, "OTHER": other.description, "HOW": how])
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.last == "the same number" && lines.dropLast().allSatisfy { $0 == "kept" }, "\(outcome)")
    }

    @Test("whose connection is broken off by hand goes away", .enabled(if: Host.effectiveUserID == 0))
    func brokenOff() throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        let outcome = try pastfs.shell(
            """
            "$PASTFS" mount -f "$POINT" >"$POINT.log" &
            SERVER=$!
            until grep -qs mounted "$POINT.log"; do read -rt 0.1 <> <(:); done
            # It is in use, so it stays, and answers nobody from then on.
            exec 7<"$POINT"
            umount -f "$POINT" 2>/dev/null && echo "gone at once"
            wait $SERVER; echo "ended with $?"
            grep -F " $POINT " /proc/self/mountinfo && umount -l "$POINT"
            """, environment: ["POINT": point.description])
        #expect(outcome.output == "ended with 0\n", "\(outcome)")
    }

    @Test("records accesses in a file that is named relative to where it was asked for")
    func audit() throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        let script = """
            cd "$HOME" && "$PASTFS" mount -o audit=access.log,verify "$POINT" && cat "$POINT/latest$SOURCE/hello"
            "$PASTFS" umount "$POINT"
            """
        let outcome = try pastfs.shell(
            script, environment: ["POINT": point.description, "SOURCE": pastfs.source.description])
        #expect(outcome.code == 0 && outcome.output.contains("hello, past"), "\(outcome.errors)")
        let log = String(
            decoding: try FileSystem.read(pastfs.directory.path.appending("access.log"), atMost: 1 << 20), as: UTF8.self
        )
        #expect(log.contains("\(pastfs.source)/hello\"") && log.contains("\"command\":\"cat\""), "\(log)")
    }

    @Test("does not record accesses in the repository or below the mount point")
    func auditPlaces() throws {
        let pastfs = try PastFS.withSnapshot()
        let point = try pastfs.directory.makeDirectory("mount")
        for place in [pastfs.repository, point] {
            let outcome = try pastfs.run(["mount", "-o", "audit=\(place.appending("log"))", point.description])
            #expect(outcome.code == 1 && outcome.errors.contains("it lies inside of"), "\(outcome.errors)")
            #expect(try !FileSystem.exists(place.appending("log")))
        }
    }
}
