import SystemInterface
import Testing

@Suite("What a backup prints")
struct BackupOutputTests {
    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS.withSnapshot()
        let script = "cd \(pastfs.source) && touch -d 2020-01-01 hello && echo 1 > new && rm -r below"
        let outcome = try pastfs.shell(script)
        guard outcome.code == 0 else { throw PastFS.Unprepared(reason: outcome.errors) }
    }

    private func name(_ path: String) -> String { "\(pastfs.source)/\(path)" }

    @Test("counts what is new, changed, unchanged, removed and unreadable")
    func summary() throws {
        let outcome = try pastfs.run(["backup", pastfs.source.description, "/proc/self/mem"])
        #expect(outcome.code == 3)
        // Other paths have no parent to be compared with.
        #expect(outcome.output.contains("\n  3 new, 0 changed, 0 unchanged, 0 removed, 1 unreadable\n"))
        let compared = try pastfs.run(["backup", "--parent", "latest~1", pastfs.source.description])
        #expect(compared.code == 0)
        #expect(compared.output.contains("\n  1 new, 1 changed, 1 unchanged, 1 removed\n"))
    }

    @Test(
        "lists what changed with -v, and what did not with -vv",
        arguments: [
            ("-v", ["removed below/", "changed hello", "new new"]),
            ("-vv", ["removed below/", "changed hello", "new new"]),
        ])
    func list(option: String, wanted: [String]) throws {
        let outcome = try pastfs.run(["backup", option, pastfs.source.description])
        let prefix = name("")
        let listed = outcome.lines.filter { $0.contains(prefix) }.map { line in
            "\(line.prefix(12).split(separator: " ")[0]) \(line.dropFirst(12 + prefix.count))"
        }
        let unchanged = listed.filter { $0.hasPrefix("unchanged") }
        #expect(listed.filter { !$0.hasPrefix("unchanged") } == wanted)
        // The directory itself, and the file whose name is not UTF-8.
        #expect(unchanged.count == (option == "-v" ? 0 : 2))
    }

    @Test("of a dry run is the same, says what would be new, and is followed by a run that stores that much")
    func dryRun() throws {
        var generator = "head -c 100000 /dev/urandom > \(name("bulk")); cp \(name("bulk")) \(name("twin"))"
        generator += "; cp \(name("hello")) \(name("known"))"
        #expect(try pastfs.shell(generator).code == 0)
        let dry = try pastfs.run(["--json", "backup", "-n", "-v", pastfs.source.description])
        let real = try pastfs.run(["--json", "backup", "-v", pastfs.source.description])
        let (tried, made) = (try JSONLines.parse(dry.output), try JSONLines.parse(real.output))
        #expect(tried.map { $0.strings["path"] } == made.map { $0.strings["path"] })
        #expect(
            tried.map(\.schema) == Array(repeating: "pastfs.item.v1", count: 6) + [
                "pastfs.snapshot.v1", "pastfs.backup.v1",
            ])
        let (first, second) = (try #require(tried.last), try #require(made.last))
        for field in ["files_new", "files_changed", "files_unchanged", "files_removed", "bytes_read"] {
            #expect(first.integers[field] == second.integers[field])
        }
        #expect(first.integers["files_new"] == 4 && first.integers["files_removed"] == 1)
        // The twin is stored once. Directories on the way to the source may change between the two.
        let (would, did) = (try #require(first.integers["bytes_new"]), try #require(second.integers["bytes_new"]))
        #expect((100_000..<110_000).contains(would) && abs(would - did) < 5_000)
        #expect(first.integers["bytes_stored"] == 0)
        #expect(!first.names.contains("snapshot") && second.names.contains("snapshot"))
    }
}
