import CommandLineTools
import Commands
import SystemInterface
import Testing

@Suite("With --json, every command")
struct JSONErrorTests {
    private static let commands = PastFSProgram.declaration.visibleCommands
    /// Those that open a repository, with arguments that are right.
    private static let openings: [[String]] = [
        ["backup", "/dev/null"], ["snapshots"], ["ls", "latest"], ["cat", "latest:/a"], ["diff", "latest", "latest"],
        ["versions", "/a"], ["find", "a"], ["restore", "latest", "--to", "/nonexistent/a"], ["check"], ["stats"],
        ["export", "--tar", "latest"], ["forget", "latest"], ["hold", "add", "latest", "--reason", "a"],
        ["hold", "list"], ["hold", "release", "00000000.1"], ["verify", "--sample-restore", "1%"],
        ["prune"], ["repair", "index"], ["repair", "packs"], ["repair", "snapshots"],
    ]

    /// One error record on standard error that says the process's own code, and nothing else anywhere.
    private func expectError(_ outcome: PastFS.Outcome, code: Int32, _ what: String) throws {
        #expect(outcome.code == code, "\(what): \(outcome.errors)")
        #expect(outcome.output.isEmpty, "\(what)")
        let records = try JSONLines.parse(outcome.errors)
        #expect(records.map(\.schema) == ["pastfs.error.v1"], "\(what): \(outcome.errors)")
        #expect(records.first?.integers["exit_code"] == Int(code), "\(what)")
    }

    @Test("tells of an unknown option in one record and with 2", arguments: commands.map(\.name))
    func unknownOption(name: String) throws {
        let pastfs = try PastFS(isReady: false)
        let words = name.split(separator: " ").map(String.init)
        try expectError(try pastfs.run(["--json"] + words + ["--nonsense"]), code: 2, name)
        try expectError(try pastfs.run(words + ["--nonsense", "--json"]), code: 2, name)
    }

    @Test(
        "that needs an argument tells in one record that it is missing",
        arguments: commands.filter {
            $0.arguments.first.map { $0.usage == $0.name || $0.usage == "\($0.name)..." } ?? false
        }
        .map(\.name))
    func missingArgument(name: String) throws {
        let words = name.split(separator: " ").map(String.init)
        try expectError(try PastFS(isReady: false).run(["--json"] + words), code: 2, name)
    }

    @Test("that opens a repository tells in one record that there is none, with 10", arguments: openings)
    func noRepository(arguments: [String]) throws {
        try expectError(
            try PastFS(isReady: false).run(["--json"] + arguments), code: 10, arguments.joined(separator: " "))
    }

    @Test("that opens a repository tells in one record of a wrong passphrase, with 12", arguments: openings)
    func wrongKey(arguments: [String]) throws {
        try expectError(
            try PastFS().run(["--json"] + arguments, passphrase: "wrong"), code: 12, arguments.joined(separator: " "))
    }

    @Test(
        "that is told a snapshot tells in one record that there is none, with 18",
        arguments: openings.filter { $0.contains { $0.hasPrefix("latest") } } + [["find", "a", "-s", "latest"]])
    func noSnapshot(arguments: [String]) throws {
        try expectError(try PastFS().run(["--json"] + arguments), code: 18, arguments.joined(separator: " "))
    }

    @Test("is in one of the lists of this suite, or opens no repository")
    func complete() {
        let others: Set = ["init", "mount", "umount", "version", "completion", "help", "man"]
        let opening = Self.openings.map { $0[0] == "hold" || $0[0] == "repair" ? "\($0[0]) \($0[1])" : $0[0] }
        #expect(Set(Self.commands.map(\.name)).subtracting(others) == Set(opening))
    }
}
