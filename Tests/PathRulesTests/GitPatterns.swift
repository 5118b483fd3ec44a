import TestSupport

/// Seeded lines for a file of excludes: most of them sensible, some of them soup.
struct GitPatterns {
    private static let names = [
        "a", "b", "ab", "abc", "foo", "bar", "x.o", "a.c", ".hidden", "A", "9", "a b", "é", "-", "]", "foo.bar", "*",
        "*.o",
        "a*", "*b", "f*o", "??", "a?", "[ab]", "[!a]", "[^a]*", "[a-c]*", "[[:alpha:]]", "[[:digit:][:upper:]]", "[]]",
        "[!]]", "[a-]", "[]-a]", "[\\]]", "\\*", "\\#x", "\\!x", "!x", "#x", "\\a", "**", "***", "a**", "foo**", "**b",
        "*o*",
        "[[a]", "[[:x]", "[--9]", "end\\ ", "\\[a\\]", "a\\\\b", "[\\a-\\c]*", "[a-c-9]", "?*", "*?",
    ]
    private static let soup = Array("ab/*?[]!^-\\.:xo# ".utf8)

    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// The bytes of a file with one to four lines.
    mutating func file() -> [UInt8] {
        var lines: [UInt8] = []
        for _ in 0..<random.number(in: 1...4) {
            if random.number(in: 0...9) == 0 { lines += Array("# a comment\n\n".utf8) }
            lines += random.number(in: 0...3) == 0 ? soupLine() : structuredLine()
            lines += Array(["\n", "\n", "\r\n", "  \n", "\t\n"][random.number(in: 0...4)].utf8)
        }
        return lines
    }

    private mutating func structuredLine() -> [UInt8] {
        var text = random.number(in: 0...4) == 0 ? "!" : ""
        if random.number(in: 0...4) == 0 { text += "/" }
        for part in 0..<random.number(in: 1...3) {
            if part > 0 { text += random.number(in: 0...30) == 0 ? "\\/" : "/" }
            text += Self.names[random.number(in: 0...(Self.names.count - 1))]
        }
        if random.number(in: 0...4) == 0 { text += "/" }
        return Array(text.utf8)
    }

    private mutating func soupLine() -> [UInt8] {
        (0..<random.number(in: 1...9)).map { _ in Self.soup[random.number(in: 0...(Self.soup.count - 1))] }
    }
}
