import PathRules
import SystemInterface

extension FuzzTarget {
    /// Patterns of what a backup leaves out, against a slow matcher that shares no code with the quick one.
    static let patterns = FuzzTarget(
        name: "patterns", summary: "files of exclude patterns, and the matcher against a slow one",
        words: [
            "**/", "/**", "**", "*", "?", "[!", "[^", "[[:alpha:]]", "[:digit:]", "]", "\\", "/", "!", "#", "a/b",
            "[a-c]",
        ],
        seeds: PatternComparison.seeds
    ) { bytes in
        var input = FuzzInput(bytes)
        PatternComparison.compare(pattern: input.shortBytes(), rest: &input)
        _ = PatternFile.patterns(in: bytes)
    }
}

enum PatternComparison {
    static func seeds() -> [(name: String, bytes: [UInt8])] {
        let pairs = [
            ("*.o", "a/b.o"), ("build/out", "build/out"), ("/build", "build"), ("**/foo", "a/b/foo"),
            ("foo/**", "foo/a/b"),
            ("a/**/b", "a/x/y/b"), ("foo**/bar", "foox/bar"), ("[!a-c]*[[:digit:]]", "x9"), ("!x/", "x"),
            ("\\*a", "*a"),
            ("*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa"), ("**/a/**/a/**/b", "a/a/a/a/a/a/a/a"), ("[]-a]", "]"),
        ]
        return pairs.enumerated().map { index, pair in
            ("pair-\(index)", [UInt8(pair.0.utf8.count)] + Array(pair.0.utf8) + [0, 1] + Array(pair.1.utf8))
        }
    }

    /// Compares both matchers on what follows the pattern: the depth of the source, the type, and a path.
    static func compare(pattern: [UInt8], rest input: inout FuzzInput) {
        let depth = input.choice(4)
        let isDirectory = input.byte() & 1 == 1
        let names = input.bytes(200).split(separator: UInt8(ascii: "/")).map { Array($0) }.filter { name in
            !name.contains(0) && name != Array(".".utf8) && name != Array("..".utf8)
        }
        guard !names.isEmpty, let text = String(validating: pattern, as: UTF8.self) else { return }
        var path = PathBuffer()
        for name in names { path.push(name) }
        guard let rules = try? ExcludeRules([text]) else { return }
        let isNegated = pattern.first == UInt8(ascii: "!")
        // A rule that takes back leaves nothing out; behind one that leaves all out, it shows what it is for.
        let all = try? ExcludeRules(isNegated ? ["*", text] : [text])
        let quick = all?.excludes(path, sourceDepth: depth, isDirectory: isDirectory)
        let slow = SlowPattern(pattern).matches(names, sourceDepth: depth, isDirectory: isDirectory)
        require(quick == (isNegated ? !slow : slow), "\(text) and \(path.path), \(depth), \(isDirectory): \(slow)")
        require(!rules.isEmpty, "a pattern is no rule")
    }
}
