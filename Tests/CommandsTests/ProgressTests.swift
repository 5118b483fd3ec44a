import Commands
import SystemInterface
import Testing

@Suite("Progress")
struct ProgressTests {
    private let pastfs: PastFS

    /// Files that take a backup a few tenths of a second at least.
    init() throws {
        pastfs = try PastFS()
        try pastfs.writeBulk(count: 12, bytes: 16 << 20)
    }

    /// What the program shows on a terminal of 100 columns, where both streams lead, and how long that took.
    private func onTerminal(
        _ arguments: String, prefix: String = "", environment: [String: String] = [:]
    ) throws -> (text: String, updates: [Substring], seconds: Double) {
        let file = pastfs.directory.path.appending("typescript").description
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = try pastfs.shell(
            "script -qec 'stty cols 100; \(prefix)$PASTFS \(arguments)' \(file) > /dev/null; cat \(file)",
            environment: ["TERM": "xterm"].merging(environment) { $1 })
        let taken = clock.now - start
        let updates = outcome.output.split(separator: "\r\u{1B}[K").dropFirst()
        return (
            outcome.output, Array(updates),
            Double(taken.components.seconds) + Double(taken.components.attoseconds) * 1e-18
        )
    }

    @Test(
        "is redrawn at most ten times a second on a terminal, with no share before the total is known, and taken away")
    func terminal() throws {
        let shown = try onTerminal("backup \(pastfs.source)")
        let saving = shown.updates.filter { $0.hasPrefix("saving: ") || $0.hasPrefix("finishing") }
        #expect(!saving.isEmpty, "\(shown.text)")
        #expect(Double(saving.count) <= shown.seconds * 10 + 1)
        #expect(!shown.text.contains("%") && !shown.text.contains("last time"))
        #expect(saving.allSatisfy { $0.count < 100 })
        #expect(shown.updates.last?.hasPrefix("snapshot ") == true)
    }

    @Test("says how many files there were the last time")
    func before() throws {
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        // Every byte is read again, so that there is something to watch.
        #expect(try pastfs.shell("touch \(pastfs.source)/*").code == 0)
        let shown = try onTerminal("backup --limit-read 300M \(pastfs.source)")
        #expect(shown.updates.contains { $0.contains(" (12 last time)") }, "\(shown.text)")
    }

    @Test(
        "names the end, when what is left is stored",
        .enabled(if: Host.effectiveUserID == 0 && (try? FileSystem.exists("/usr/bin/strace")) == true))
    func finishing() throws {
        let shown = try onTerminal(
            "backup \(pastfs.source)",
            prefix: "strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:delay_enter=500000 ")
        #expect(
            shown.updates.contains { $0.hasPrefix("finishing, storing the rest and the snapshot: 12 files, 192 MiB") })
    }

    @Test("of a check has shares of up to 100 %")
    func shares() throws {
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        let shown = try onTerminal("check --read-data")
        let shares = shown.updates.compactMap { $0.wholeMatch(of: /checking [a-z ]+: (\d+) %.*/).flatMap { Int($0.1) } }
        #expect(!shares.isEmpty && shares.allSatisfy { (0...100).contains($0) }, "\(shown.text)")
    }

    @Test(
        "is not shown where nobody could see it or wants to",
        arguments: [("--progress none backup", "xterm"), ("backup", "dumb"), ("--json backup", "xterm")])
    func hidden(command: String, terminal: String) throws {
        let shown = try onTerminal("\(command) \(pastfs.source)", environment: ["TERM": terminal])
        #expect(shown.updates.isEmpty, "\(shown.text)")
        #expect(shown.text.contains("snapshot"))
        #expect(!shown.text.contains("saving"))
    }

    @Test("is not shown where standard error is no terminal")
    func piped() throws {
        #expect(try pastfs.run(["backup", pastfs.source.description]).errors.isEmpty)
    }

    @Test("has no colours where NO_COLOR is set, and errors have none either")
    func colors() throws {
        let plain = try onTerminal("backup /nonexistent", environment: ["NO_COLOR": "1"])
        #expect(plain.text.contains("error: cannot") && !plain.text.contains("\u{1B}["))
        #expect(try onTerminal("backup /nonexistent").text.contains("\u{1B}[1;31merror: "))
    }

    @Test("comes in lines, or records, at every interval, advance or not", arguments: [false, true])
    func lines(isJSON: Bool) throws {
        // The process is stopped in the middle for longer than the interval, which passes for all that.
        let json = isJSON ? "--json" : ""
        let script = """
            $PASTFS \(json) --progress lines=1s backup --workers 1 --limit-read 100M \(pastfs.source) & PID=$!
            until find $PASTFS_REPOSITORY/packs $PASTFS_REPOSITORY/tmp -type f | grep -q .; do :; done
            kill -STOP $PID; read -rt 1.2 <> <(:); kill -CONT $PID
            wait $PID
            """
        let outcome = try pastfs.shell(script)
        #expect(outcome.code == 0)
        #expect(!outcome.errors.isEmpty)
        for line in outcome.errors.split(separator: "\n") {
            #expect(line.hasPrefix(isJSON ? "{" : "saving: ") || line.hasPrefix("finishing"))
        }
    }

    @Test("is cut to the columns of a terminal, wide characters counted twice")
    func columns() {
        #expect(Printable.prefix("abcdef", columns: 4) == "abcd")
        #expect(Printable.prefix("abcdef", columns: 9) == "abcdef")
        #expect(Printable.prefix("一二三", columns: 5) == "一二")
    }
}
