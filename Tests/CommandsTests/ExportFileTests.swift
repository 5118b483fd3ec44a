import SystemInterface
import TestSupport
import Testing

@Suite("The file that an export writes", .timeLimit(.minutes(20)))
struct ExportFileTests {
    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS()
    }

    private func save(mebibytes: Int) throws {
        let script = """
            mkdir -p "$S" && head -c 1048576 /dev/urandom > "$S/part"
            for n in $(seq \(mebibytes)); do cat "$S/part"; done > "$S/large"; "$PASTFS" backup "$S"
            """
        let outcome = try pastfs.shell(script, environment: ["S": pastfs.source.description])
        guard outcome.code == 0 else { throw PastFS.Unprepared(reason: outcome.errors) }
    }

    private func checkEnded(in place: FilePath) throws {
        try save(mebibytes: 400)
        let script = """
            cd "$D" && umask 022
            written() { while read -r what count; do [ "$what" = wchar: ] && echo "$count"; done </proc/$pid/io; }
            "$PASTFS" export --tar latest -o a.tar & pid=$!
            until [ "$(written)" -gt 2000000 ]; do [ -d /proc/$pid ] || exit 9; done
            kill -STOP $pid; [ -e a.tar ] && echo "it is there"; kill -TERM $pid; kill -CONT $pid
            wait $pid; echo "$?"; ls -A
            """
        let outcome = try pastfs.shell(script, environment: ["D": place.description])
        #expect(outcome.output == "143\n", "\(outcome.errors)")
    }

    private func checkWhole(in place: FilePath) throws {
        try save(mebibytes: 3)
        let script = """
            cd "$D" && umask 027 && "$PASTFS" export --tar latest -o a.tar && ls -A && stat -c '%a %h' a.tar
            tar -xOf a.tar "./${S#/}/large" | cmp - "$S/large"
            "$PASTFS" export --tar latest -o a.tar; echo $?
            """
        let outcome = try pastfs.shell(
            script, environment: ["D": place.description, "S": pastfs.source.description])
        #expect(outcome.output == "a.tar\n640 1\n1\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("a.tar: File exists"), "\(outcome.errors)")
    }

    @Test("is not there before it is whole, nor where a signal ends the export")
    func ended() throws { try checkEnded(in: pastfs.directory.makeDirectory("target")) }

    @Test(
        "is not there before it is whole where a file needs a name, nor anything else when a signal ends the export",
        .enabled(if: FaultyMount.isPossible))
    func endedWithName() throws {
        let mount = try FaultyMount(in: pastfs.directory)
        try checkEnded(in: mount.path)
    }

    @Test("is not there when the export fails, nor anything else", .enabled(if: FaultyMount.isPossible))
    func failedWithName() throws {
        let mount = try FaultyMount(in: pastfs.directory)
        try pastfs.saveLargeWithDamage()
        let outcome = try pastfs.shell(
            "cd \"$D\" && \"$PASTFS\" export --tar latest -o a.tar; echo $?; ls -A",
            environment: ["D": mount.path.description])
        #expect(outcome.output == "13\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("error: cannot write "), "\(outcome.errors)")
    }

    @Test(
        "is there when it is whole where nothing but a rename that replaces can give it its name",
        .enabled(if: FaultyMount.isPossible))
    func wholeByReplacing() throws {
        let mount = try FaultyMount(in: pastfs.directory)
        try mount.addRule("plain", for: "a.tar")
        try checkWhole(in: mount.path)
    }

    @Test("is there when it is whole, once, with the permissions that a new file has")
    func whole() throws { try checkWhole(in: pastfs.directory.makeDirectory("target")) }

    @Test("is there when it is whole where a file needs a name", .enabled(if: FaultyMount.isPossible))
    func wholeWithName() throws {
        let mount = try FaultyMount(in: pastfs.directory)
        try checkWhole(in: mount.path)
    }
}
