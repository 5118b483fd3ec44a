import SystemInterface
import TestSupport
import Testing

@Suite("Files that a disk gives back wrong or not at all", .enabled(if: FaultyMount.isPossible))
struct FailingFilesTests {
    private let pastfs: PastFS
    private let mount: FaultyMount
    private var random = SeededGenerator(seed: 11)

    init() throws {
        pastfs = try PastFS()
        mount = try FaultyMount(in: pastfs.directory)
    }

    private mutating func write(_ name: String, bytes: Int) throws {
        try FileSystem.makeDirectories(mount.behind.appending(name).parent)
        try FileSystem.write(mount.behind.appending(name), random.bytes(bytes))
    }

    private func records(below path: FilePath, of snapshot: String) throws -> [String: JSONLines.Record] {
        let outcome = try pastfs.run(["--json", "ls", "-R", "\(snapshot):\(path)"])
        return Dictionary(
            try JSONLines.parse(outcome.output).compactMap { record in
                record.strings["path"].map { (String($0.dropFirst(path.bytes.count + 1)), record) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Files of each size of which the reader's threads read some, and the walk itself others.
    private static let failing: [(name: String, rule: String, bytes: Int)] = [
        ("open", "open", 3_000), ("open-large", "open", 5 << 20), ("below/read", "read 0", 3_000),
        ("below/read-later", "read 70000", 100_000), ("middle", "read 3000000", 5 << 20),
    ]

    @Test("are named and kept as unreadable by a backup, with 3; the others are right, and the next run heals")
    mutating func backup() throws {
        for name in ["a", "below/a", "z"] { try write(name, bytes: 3_000) }
        try write("large", bytes: 5 << 20)
        for (name, rule, bytes) in Self.failing {
            try write(name, bytes: bytes)
            try mount.addRule(rule, for: name.split(separator: "/").last.map(String.init) ?? name)
        }
        let broken = try pastfs.run(["backup", mount.path.description])
        #expect(broken.code == 3)
        for (name, _, _) in Self.failing {
            #expect(broken.errors.contains("problem: \(mount.path)/\(name): Input/output error\n"), "\(broken.errors)")
        }
        #expect(broken.errors.split(separator: "\n").count { $0.hasPrefix("problem: ") } == Self.failing.count)
        let saved = try records(below: mount.path, of: "latest")
        #expect(Set(saved.keys).isSuperset(of: Self.failing.map(\.name) + ["a", "below", "below/a", "large", "z"]))
        for (name, record) in saved {
            let failing = Self.failing.first { $0.name == name }
            #expect(record.booleans["readable"] == (failing == nil), "\(name)")
            if let failing { #expect(record.integers["size"] == failing.bytes, "\(name)") }
        }
        for name in ["a", "below/a", "large", "z"] {
            let same = try pastfs.shell("$PASTFS cat 'latest:\(mount.path)/\(name)' | cmp - '\(mount.behind)/\(name)'")
            #expect(same.code == 0, "\(name): \(same.output)")
        }

        try mount.removeRules()
        let healed = try pastfs.run(["backup", mount.path.description])
        #expect(healed.code == 0)
        try expectRestored()
        // The others were not read again.
        #expect(healed.output.contains(", 4 unchanged"), "\(healed.output)")
    }

    @Test("in a directory that lists a name twice are saved once")
    mutating func listedTwice() throws {
        for name in ["a", "b", "below/c"] { try write(name, bytes: 3_000) }
        for name in ["a", "below", "c"] { try mount.addRule("twice", for: name) }
        for kind in ["full", "incremental"] {
            #expect(try pastfs.run(["backup", "--kind", kind, mount.path.description]).code == 0)
            #expect(try Set(records(below: mount.path, of: "latest").keys) == ["a", "b", "below", "below/c"])
        }
        // What was saved before stands beside the names that come twice.
        try write("aa", bytes: 10)
        #expect(try pastfs.run(["backup", mount.path.description]).code == 0)
        #expect(try records(below: mount.path, of: "latest").count == 5)
    }

    @Test(
        "that end before their size are read up to there, which is a problem, until the next run",
        arguments: [3_000, 5 << 20])
    mutating func shortFiles(bytes: Int) throws {
        try write("file", bytes: bytes)
        try mount.addRule("short 1000", for: "file")
        let broken = try pastfs.run(["backup", mount.path.description])
        #expect(broken.code == 3)
        #expect(broken.errors.contains("problem: \(mount.path)/file: it changed each time that it was read"))
        #expect(try records(below: mount.path, of: "latest")["file"]?.integers["size"] == 1_000)
        try mount.removeRules()
        #expect(try pastfs.run(["backup", mount.path.description]).code == 0)
        try expectRestored()
    }

    @Test("and files that change while they are read, by whichever thread, are read again until they hold still")
    mutating func changing() throws {
        for (name, bytes) in [("small", 3_000), ("large", 5 << 20)] {
            try write(name, bytes: bytes)
            try mount.addRule("change", for: name)
        }
        let before = try FileSystem.read(mount.behind.appending("small"), atMost: 4_096)
        let outcome = try pastfs.run(["backup", mount.path.description])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try FileSystem.read(mount.behind.appending("small"), atMost: 4_096) != before)
        // What looks unchanged to the next run is what has been saved.
        try expectRestored()
    }

    @Test("are noticed by restore --verify, which names and removes them, with 3", arguments: ["flip", "read"])
    mutating func verify(rule: String) throws {
        try pastfs.directory.makeDirectory("source/below")
        for (name, bytes) in [("a", 3_000), ("below/small", 3_000), ("below/large", 5 << 20), ("z", 3_000)] {
            try FileSystem.write(pastfs.source.appending(name), random.bytes(bytes))
        }
        try #require(pastfs.run(["backup", pastfs.source.description]).code == 0)
        // What was written lies in the page cache, and only who drops it from there sees the fault.
        let mount = try FaultyMount(in: pastfs.directory, name: "kept", keepsCache: true)
        try mount.addRule("\(rule) 2999", for: "small")
        try mount.addRule("\(rule) 4000000", for: "large")
        let restore = ["restore", "latest:\(pastfs.source)", "--to"]
        let bad = try pastfs.run(restore + ["\(mount.path)/bad", "--verify"])
        #expect(bad.code == 3)
        let reason = rule == "flip" ? "what was read back is not what was written" : "Input/output error"
        for name in ["below/small", "below/large"] {
            #expect(bad.errors.contains("problem: \(pastfs.source)/\(name): \(reason)"), "\(bad.errors)")
        }
        #expect(bad.errors.split(separator: "\n").count { $0.hasPrefix("problem: ") } == 2)
        let left = try pastfs.shell("cd '\(mount.behind)/bad' && find . -type f | sort")
        #expect(left.output == "./a\n./z\n")
        // Nothing else notices: the bytes went the way that they should.
        #expect(try pastfs.run(restore + ["\(mount.path)/unasked"]).code == 0)
        try mount.removeRules()
        #expect(try pastfs.run(restore + ["\(mount.path)/good", "--verify"]).code == 0)
        #expect(try pastfs.shell("diff -r '\(mount.behind)/good' '\(pastfs.source)'").code == 0)
    }

    @Test("are replaced where their contents are to be compared and cannot be read")
    mutating func unreadable() throws {
        try pastfs.directory.makeDirectory("source")
        for name in ["a", "b"] { try FileSystem.write(pastfs.source.appending(name), random.bytes(3_000)) }
        try #require(pastfs.run(["backup", pastfs.source.description]).code == 0)
        let words = [
            "restore", "latest:\(pastfs.source)", "--to", "\(mount.path)/target", "--overwrite", "if-changed",
            "--verify",
        ]
        try #require(pastfs.run(words).code == 0)
        try mount.addRule("read 0", for: "b")
        let outcome = try pastfs.run(words)
        #expect(outcome.code == 0 && outcome.output.contains("1 replaced, 1 left"), "\(outcome.errors)")
    }

    @Test(
        "make a command fail of which a part of the list could not be written, though the rest could",
        arguments: ["backup -v", "restore -v"])
    func list(command: String) throws {
        try pastfs.directory.makeDirectory("source")
        // More than is written at once.
        let name = String(repeating: "n", count: 150)
        for number in 100..<700 { try FileSystem.write(pastfs.source.appending("\(number)\(name)"), [1]) }
        try #require(pastfs.run(["backup", pastfs.source.description]).code == 0)
        try mount.addRule("write 10", for: "list")
        let words =
            command.hasPrefix("backup")
            ? "--kind full '\(pastfs.source)'" : "'latest:\(pastfs.source)' --to '\(pastfs.directory.path)/target'"
        let outcome = try pastfs.shell("$PASTFS \(command) \(words) > '\(mount.path)/list'")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("cannot write to standard output\n  why: Input/output error"))
        // The fault was over, and what came later is there.
        #expect(try FileSystem.status(mount.behind.appending("list")).size > 0)
    }

    private func expectRestored() throws {
        let target = pastfs.directory.path.appending("restored")
        try #require(pastfs.run(["restore", "latest:\(mount.path)", "--to", target.description]).code == 0)
        let comparison = try pastfs.shell("diff -r '\(target)' '\(mount.behind)'")
        #expect(comparison.code == 0, "\(comparison.output)")
    }
}
