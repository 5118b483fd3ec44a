import SystemInterface
import TestSupport
import Testing

@Suite("Names that a directory lists and that cannot be found", .enabled(if: FaultyMount.isPossible))
struct LostNamesTests {
    /// Names that are lost to whoever looks them up, and to who opens them: files for the walk, and for the reader's threads.
    private static let lost = [
        ("below/inner", "lost"), ("directory", "lost"), ("file", "lost"), ("large", "open 2"), ("small", "open 2"),
    ]

    private let pastfs: PastFS
    private let mount: FaultyMount

    init() throws {
        pastfs = try PastFS()
        mount = try FaultyMount(in: pastfs.directory)
        var random = SeededGenerator(seed: 12)
        for (name, bytes) in [
            ("a", 10), ("below/inner", 10), ("below/other", 10), ("directory/x", 10), ("file", 10), ("large", 5 << 20),
            ("small", 3_000), ("z", 10),
        ] {
            try FileSystem.makeDirectories(mount.behind.appending(name).parent)
            try FileSystem.write(mount.behind.appending(name), random.bytes(bytes))
        }
    }

    @Test("are a problem of each run, with 3, and the others are saved; the next run that finds them saves them")
    func each() throws {
        for (name, rule) in Self.lost {
            try mount.addRule(rule, for: name.split(separator: "/").last.map(String.init) ?? name)
        }
        for kind in ["full", "incremental"] {
            let outcome = try pastfs.run(["backup", "--kind", kind, mount.path.description])
            #expect(outcome.code == 3)
            let problems = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("problem: ") }
            let reason = "its directory lists it, but it could not be found"
            let expected = Self.lost.map { "problem: \(mount.path)/\($0.0): \(reason)" }
            #expect(problems.map(String.init) == expected, "\(outcome.errors)")
            #expect(!outcome.output.contains("vanished"), "\(outcome.output)")
            let names = try pastfs.run(["ls", "-R", "latest:\(mount.path)"]).output
            #expect(names.contains("other") && !names.contains("inner"), "\(names)")
        }
        try mount.removeRules()
        #expect(try pastfs.run(["backup", mount.path.description]).code == 0)
        let target = pastfs.directory.path.appending("restored")
        try #require(pastfs.run(["restore", "latest:\(mount.path)", "--to", target.description]).code == 0)
        #expect(try pastfs.shell("diff -r '\(target)' '\(mount.behind)'").code == 0)
    }
}
