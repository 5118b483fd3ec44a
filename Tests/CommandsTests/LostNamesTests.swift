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

    @Test("are looked for twice: what was away for a moment only is saved, and no problem")
    func away() throws {
        for (name, rule) in Self.lost {
            let once = rule == "lost" ? "lost 0 1" : "\(rule) 1"
            try mount.addRule(once, for: name.split(separator: "/").last.map(String.init) ?? name)
        }
        // From another file system, so that nobody looks ahead of the walk.
        let source = mount.path.parent.description
        let outcome = try pastfs.run(["backup", "--exclude", "/*", "--include", "/faulty", source])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(!outcome.output.contains("vanished"), "\(outcome.output)")
        let target = pastfs.directory.path.appending("restored")
        try #require(pastfs.run(["restore", "latest:\(mount.path)", "--to", target.description]).code == 0)
        let difference = try pastfs.shell("diff -r '\(target)' '\(mount.behind)'")
        #expect(difference.code == 0, "\(difference.output)")
    }

    @Test("are a problem too if they are there again when their directory is done")
    func thereAgain() throws {
        try mount.addRule("open 2 2", for: "large")
        let outcome = try pastfs.run(["backup", mount.path.description])
        #expect(outcome.code == 3, "\(outcome.output)")
        let reason = "it could not be found when it was to be saved, and is there again"
        #expect(outcome.errors.contains("problem: \(mount.path)/large: \(reason)"), "\(outcome.errors)")
        let next = try pastfs.run(["backup", mount.path.description])
        #expect(next.code == 0, "\(next.errors)")
        #expect(try pastfs.run(["ls", "latest:\(mount.path)"]).output.contains("large"))
    }
}
