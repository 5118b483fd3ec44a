import PathRules
import SystemInterface
import Testing

@Suite("Patterns of what a backup leaves out")
struct ExcludeRulesTests {
    /// A path below the source `/home/ada`, patterns, and whether they leave it out.
    struct Case: Sendable, CustomTestStringConvertible {
        let patterns: [String]
        let path: FilePath
        let isLeftOut: Bool
        var testDescription: String { "\(patterns) \(path)" }

        init(_ patterns: [String], _ path: FilePath, _ isLeftOut: Bool) {
            self.patterns = patterns
            self.path = path
            self.isLeftOut = isLeftOut
        }
    }

    static let cases: [Case] = [
        // A name alone is for every directory.
        Case(["*.o"], "/home/ada/a.o", true),
        Case(["*.o"], "/home/ada/deep/er/a.o", true),
        Case(["*.o"], "/home/ada/a.oo", false),
        Case(["cache"], "/home/ada/x/cache/", true),
        Case(["cache"], "/home/ada/x/cached", false),
        // A slash in front or in the middle ties to the source's directory, one in front also to the root.
        Case(["/build"], "/home/ada/build", true),
        Case(["/build"], "/home/ada/x/build", false),
        Case(["/home/ada/build"], "/home/ada/build", true),
        Case(["home/ada/build"], "/home/ada/build", false),
        Case(["a/b"], "/home/ada/a/b", true),
        Case(["a/b"], "/home/ada/x/a/b", false),
        // A slash at the end is for directories.
        Case(["tmp/"], "/home/ada/x/tmp/", true),
        Case(["tmp/"], "/home/ada/x/tmp", false),
        // Any number of directories.
        Case(["**/b"], "/home/ada/b", true),
        Case(["**/b"], "/home/ada/x/y/b", true),
        Case(["a/**/b"], "/home/ada/a/b", true),
        Case(["a/**/b"], "/home/ada/a/x/y/b", true),
        Case(["a/**/b"], "/home/ada/a/x/c", false),
        Case(["a/**"], "/home/ada/a/", false),
        Case(["a/**"], "/home/ada/a/x/y", true),
        // One name's wildcards stop at the slash.
        Case(["a/*"], "/home/ada/a/x/y", false),
        Case(["a?c"], "/home/ada/abc", true),
        Case(["a?c"], "/home/ada/ac", false),
        Case(["[a-c]x"], "/home/ada/bx", true),
        Case(["[!a-c]x"], "/home/ada/bx", false),
        Case(["[]]x"], "/home/ada/]x", true),
        Case(["[a-]x"], "/home/ada/-x", true),
        // Classes are those of ASCII.
        Case(["[[:alpha:]]x"], "/home/ada/bx", true),
        Case(["[[:alpha:]]x"], "/home/ada/1x", false),
        // The last that is for a path decides.
        Case(["*.log", "!keep.log"], "/home/ada/keep.log", false),
        Case(["*.log", "!keep.log"], "/home/ada/other.log", true),
        Case(["!keep.log", "*.log"], "/home/ada/keep.log", true),
        // A backslash takes the meaning away.
        Case(["\\*"], "/home/ada/*", true),
        Case(["\\*"], "/home/ada/x", false),
        Case(["\\!x"], "/home/ada/!x", true),
    ]

    @Test("A pattern leaves out what gitignore(5) says", arguments: cases)
    func matches(_ example: Case) throws {
        let rules = try ExcludeRules(example.patterns)
        let path = PathBuffer(example.path)
        let isLeftOut = rules.excludes(
            path, sourceDepth: 2, isDirectory: example.path.bytes.last == UInt8(ascii: "/"))
        #expect(isLeftOut == example.isLeftOut)
    }

    @Test(
        "What is no pattern is refused",
        arguments: ["", "/", "!", "[abc", "x\\", "!/", "a//b", "a//", "./a", "a/..", "[[:word:]]", "a\\//b"])
    func refuses(_ pattern: String) throws {
        let error = #expect(throws: PatternError.self) { try ExcludeRules([pattern]) }
        #expect(error?.pattern == pattern)
    }

    @Test("Many runs in one pattern take no more than name times pattern", .timeLimit(.minutes(20)))
    func isPolynomial() throws {
        let rules = try ExcludeRules([
            String(repeating: "*a", count: 60) + "*b", String(repeating: "**/a/", count: 60) + "b",
        ])
        let name = String(repeating: "a", count: 255)
        #expect(!rules.excludes(PathBuffer(FilePath("/s/" + name)), sourceDepth: 1, isDirectory: false))
        let deep = String(repeating: "/a", count: 2000)
        #expect(!rules.excludes(PathBuffer(FilePath("/s" + deep)), sourceDepth: 1, isDirectory: false))
    }
}
