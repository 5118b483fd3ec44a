import CommandLineTools
import Testing

@Suite("Suggestions")
struct SpellingTests {
    private static func suggestion(for word: String, among names: [String]) throws -> String? {
        let program = ProgramDeclaration(
            name: "p", summary: "s", commands: names.map { CommandDeclaration(name: $0, summary: "s") })
        let error = try #require(throws: UsageError.self) {
            try Parser.parse(program, arguments: [Array(word.utf8)])
        }
        return error.suggestion
    }

    @Test(
        "The nearest word is suggested: swapped, missing, superfluous and wrong letters, and beginnings",
        arguments: [
            ("snapshost", "snapshots"), ("snapshot", "snapshots"), ("backpu", "backup"), ("restroe", "restore"),
            ("resto", "restore"), ("SNAPSHOTS", "snapshots"), ("mont", "mount"), ("umoutn", "umount"), ("sl", "ls"),
            ("x", nil), ("quux", nil), ("", nil), ("m", nil),
        ] as [(String, String?)])
    func nearest(word: String, expected: String?) throws {
        let names = ["snapshots", "backup", "restore", "mount", "umount", "ls"]
        #expect(try Self.suggestion(for: word, among: names) == expected)
    }

    @Test("Of two equally near the first declared is suggested")
    func ties() throws {
        #expect(try Self.suggestion(for: "gat", among: ["get", "got"]) == "get")
    }

    @Test("A very long word is not compared")
    func longWord() throws {
        #expect(try Self.suggestion(for: String(repeating: "a", count: 100_000), among: ["aaaa"]) == nil)
    }
}
