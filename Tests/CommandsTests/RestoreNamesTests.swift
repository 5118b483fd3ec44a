import SystemInterface
import TestSupport
import Testing

@Suite(
    "The names under which a restore makes things", .timeLimit(.minutes(20)),
    .enabled(if: Host.effectiveUserID == 0))
struct RestoreNamesTests {
    private let pastfs: PastFS
    private var target: FilePath { pastfs.directory.path.appending("target") }

    init() throws {
        pastfs = try PastFS()
    }

    private func shell(_ script: String) throws -> PastFS.Outcome {
        try pastfs.shell(
            "set -e; " + script, environment: ["S": pastfs.source.description, "T": target.description])
    }

    /// FNV-1a of 64 bits, which the names were made of before 2026-11-22.
    private static func hash(_ name: String) -> String {
        let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    @Test("are other ones for each item, whatever items are called")
    func collision() throws {
        let names = ["8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ"]
        try #require(Self.hash(names[0]) == Self.hash(names[1]))
        let script = """
            mkdir "$S" "$T"; cd "$S"
            head -c 20M /dev/urandom >\(names[0]); chmod 600 \(names[0])
            head -c 30M /dev/urandom >\(names[1]); chown 65534 \(names[1])
            "$PASTFS" backup "$S" >/dev/null
            "$PASTFS" restore "latest:$S" --to "$T" --overwrite always --workers 4
            diff -r "$S" "$T"; stat -c '%a %u' "$T"/*
            """
        let outcome = try shell(script)
        #expect(outcome.code == 0 && outcome.output.hasSuffix("600 0\n644 65534\n"), "\(outcome.errors)")
    }

    @Test("are not taken by what an interrupted run left, which is no item of the destination either")
    func leftOver() throws {
        let script = """
            mkdir -p "$S/sub" "$T/sub"; cd "$S"
            head -c 64M /dev/urandom >abig; for n in $(seq 400); do echo $n >sub/$n; done
            "$PASTFS" backup "$S" >/dev/null
            echo old >"$T/abig"; echo half >"$T/.pastfs-restore-\(Self.hash("abig"))"; cp -a sub "$T"
            "$PASTFS" restore "latest:$S" --to "$T" --overwrite if-changed --delete --confirm
            diff -r "$S" "$T"
            """
        let outcome = try shell(script)
        #expect(outcome.code == 0 && outcome.output.contains(" 0 deleted"), "\(outcome.output)\(outcome.errors)")
    }

    @Test("cannot be taken by somebody else before")
    func taken() throws {
        let script = """
            mkdir -m 1777 "$T"; mkdir "$S"; echo 1 >"$S/file"; "$PASTFS" backup "$S" >/dev/null
            mkdir "$T/.pastfs-restore-\(Self.hash("x"))"; chown 65534 "$T/.pastfs-restore-\(Self.hash("x"))"
            "$PASTFS" restore "latest:$S" --to "$T/x"; ls -A "$T/x" "$T" | grep -v \(Self.hash("x"))
            """
        let outcome = try shell(script)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.hasSuffix("/target:\nx\n\n\(target)/x:\nfile\n"), "\(outcome.output)")
    }

    @Test("stand for what was made, or it is a problem", .enabled(if: Tracing.isPossible))
    func replaced() throws {
        let script = """
            mkdir "$S" "$T"; echo saved >"$S/file"; "$PASTFS" backup "$S" >/dev/null; echo old >"$T/file"
            echo other >"$T.other"
            strace -f -qq -o /dev/null -e trace=renameat2 -e inject=renameat2:delay_enter=3000000 \\
                "$PASTFS" restore "latest:$S" --to "$T" --overwrite always & pid=$!
            until name=$(ls -A "$T" | grep -E '^\\.pastfs-restore-[0-9a-f]{16}$'); do kill -0 $pid; done
            mv "$T.other" "$T/$name"
            code=0; wait $pid || code=$?; echo "$code $(cat "$T/file")"
            """
        let outcome = try shell(script)
        #expect(outcome.output.hasSuffix("\n3 other\n"), "\(outcome.output)")
        #expect(outcome.errors.contains("/file: somebody else has put something in its place\n"), "\(outcome.errors)")
    }
}
