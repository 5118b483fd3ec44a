import PathRules
import SystemInterface
import TestSupport
import Testing

@Suite("Patterns against git's own check-ignore")
struct GitComparisonTests {
    /// What one seed tries: files of patterns, each compared for every path of a tree.
    private static let filesPerSeed = 150

    @Test("Every verdict on seeded patterns and paths is git's", arguments: UInt64(1)...12)
    func agrees(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let tree = try GitWorkTree(&random)
        var patterns = GitPatterns(seed: seed)
        var verdicts = 0
        for _ in 0..<Self.filesPerSeed {
            let file = patterns.file()
            let ignored = try tree.ignored(file)
            let rules = try Self.rules(file)
            for item in tree.items {
                let isLeftOut = Self.isLeftOut(item, rules)
                #expect(
                    isLeftOut == ignored.contains(item.path),
                    "seed \(seed): \(String(decoding: file, as: UTF8.self)) on \(item.path)")
                verdicts += isLeftOut ? 1 : 0
            }
        }
        // A generator that never met anything would agree with everybody.
        #expect(verdicts > Self.filesPerSeed)
    }

    @Test(
        "A file of patterns is read as git reads one",
        arguments: [
            ("\u{FEFF}a\n", [1: "a"]), ("#a\n\\#b\r\n\n c \n", [2: "\\#b", 4: " c"]),
            ("a\\ \nb\\  \nc\t", [1: "a\\ ", 2: "b\\ ", 3: "c\t"]),
            ("   \n", [:]), ("a\\", [1: "a\\"]),
        ])
    func readsFile(text: String, expected: [Int: String]) {
        let found = PatternFile.patterns(in: Array(text.utf8))
        #expect(
            Dictionary(uniqueKeysWithValues: found.map { ($0.line, String(decoding: $0.pattern, as: UTF8.self)) })
                == expected)
    }

    /// What can match nothing is refused, and git passes over it.
    private static func rules(_ file: [UInt8]) throws -> ExcludeRules {
        let texts = PatternFile.patterns(in: file).map { String(decoding: $0.pattern, as: UTF8.self) }
        return try ExcludeRules(texts.filter { (try? ExcludeRules([$0])) != nil })
    }

    /// As a walk does it: what lies in a directory that is left out is not looked at.
    private static func isLeftOut(_ item: GitWorkTree.Item, _ rules: ExcludeRules) -> Bool {
        (1...item.names.count).contains { count in
            rules.excludes(
                PathBuffer(FilePath("/" + item.names.prefix(count).joined(separator: "/"))), sourceDepth: 0,
                isDirectory: count < item.names.count || item.isDirectory)
        }
    }
}
