import SystemInterface
import TestSupport
import Testing

@Suite("Paths")
struct FilePathTests {
    @Test(
        "The parent and the last name are those of dirname and basename",
        arguments: [
            ("/a/b", "/a", "b"), ("/a", "/", "a"), ("/", "/", ""), ("a", ".", "a"), ("", ".", ""), ("a/b/", "a", "b"),
            ("//a", "/", "a"), ("/a//b//", "/a", "b"), ("///", "/", ""), ("../x", "..", "x"),
        ])
    func parent(path: String, parent: String, last: String) {
        #expect(FilePath(path).parent == FilePath(parent))
        #expect(FilePath(path).lastComponent == Array(last.utf8))
    }

    @Test(
        "Normalising takes away what means nothing",
        arguments: [
            ("/a/./b", "/a/b"), ("/a/../b", "/b"), ("/..", "/"), ("/../a", "/a"), ("a/..", "."), ("", "."), (".", "."),
            ("../a", "../a"), ("../../a/..", "../.."), ("a/../../b", "../b"), ("//a///b/", "/a/b"), ("/", "/"),
            ("/a/b/../../..", "/"), ("...", "..."), ("/.a/..b", "/.a/..b"),
        ])
    func normalized(path: String, expected: String) {
        #expect(FilePath(path).normalized == FilePath(expected))
    }

    @Test("Normalising twice is normalising once", arguments: [1, 2, 3] as [UInt64])
    func normalisingIsIdempotent(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let parts = ["/", "a", "b", ".", "..", "//", "/../", "/./"]
        for _ in 0..<500 {
            let text = (0..<generator.number(in: 0...10)).map { _ in parts[generator.number(in: 0...7)] }.joined()
            let once = FilePath(text).normalized
            #expect(once.normalized == once, "seed \(seed): \(text)")
            #expect(once.isAbsolute == FilePath(text).isAbsolute, "seed \(seed): \(text)")
            #expect(!once.bytes.isEmpty, "seed \(seed): \(text)")
        }
    }

    @Test("A name is put behind with one slash")
    func appending() {
        #expect(FilePath("/a").appending("b") == "/a/b")
        #expect(FilePath("/").appending("b") == "/b")
        #expect(FilePath("a/").appending("b") == "a/b")
        #expect(FilePath("").appending("b") == "b")
        #expect(FilePath("/a").appending([0xFF]).bytes == Array("/a/".utf8) + [0xFF])
    }

    @Test(
        "Inside is the directory itself and what lies below it, not what begins alike",
        arguments: [
            ("/a", "/a", true), ("/a/b", "/a", true), ("/ab", "/a", false), ("/a", "/a/b", false), ("/a", "/", true),
            ("/", "/", true), ("/b", "/a", false),
        ])
    func isInside(path: String, other: String, expected: Bool) {
        #expect(FilePath(path).isInside(FilePath(other)) == expected)
    }

    @Test("Components leave out empty names")
    func components() {
        #expect(FilePath("//a/./b/").components == [Array("a".utf8), Array(".".utf8), Array("b".utf8)])
        #expect(FilePath("/").components.isEmpty)
    }

    @Test("Order is that of the bytes, not of a language")
    func order() {
        #expect(FilePath("Z") < FilePath("a"))
        #expect(FilePath([0x7F]) < FilePath([0x80]))
        #expect(FilePath("a") < FilePath("a/"))
    }

    private static let printable: [([UInt8], String)] = [
        (Array("/plain/näme 🗂".utf8), "/plain/näme 🗂"),
        (Array("a\nb\tc\\d".utf8), "a\\nb\\tc\\\\d"),
        ([0x1B, 0x5B, 0x32, 0x4A], "\\x1b[2J"),
        ([0x61, 0xFF, 0xFE, 0x62], "a\\xff\\xfeb"),
        ([0xC3], "\\xc3"),
        ([0xC3, 0x28], "\\xc3("),
        ([0xE2, 0x82], "\\xe2\\x82"),
        ([0xC2, 0x9B], "\\xc2\\x9b"),
        ([0x7F], "\\x7f"),
        (Array("\u{202E}txt".utf8), "\\xe2\\x80\\xaetxt"),
        (Array("\r".utf8), "\\x0d"),
        ([], ""),
    ]

    @Test("Names that could fool a terminal or a reader are escaped", arguments: printable)
    func description(bytes: [UInt8], expected: String) {
        #expect(FilePath(bytes).description == expected)
    }

    @Test("Different names never look alike", arguments: [4, 5] as [UInt64])
    func descriptionIsInjective(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = [0x5C, 0x6E, 0x0A, 0x78, 0x66, 0xFF, 0xC3, 0xA9]
        var seen: [String: [UInt8]] = [:]
        for _ in 0..<5000 {
            let bytes = (0..<generator.number(in: 0...6)).map { _ in alphabet[generator.number(in: 0...7)] }
            let text = FilePath(bytes).description
            #expect(seen[text, default: bytes] == bytes, "seed \(seed): \(text)")
            seen[text] = bytes
        }
    }

    @Test("Text is there for UTF-8 only")
    func text() {
        #expect(FilePath("é").text == "é")
        #expect(FilePath([0xFF]).text == nil)
    }

    @Test("The C string has the path's bytes and a NUL, at every length", arguments: [0, 1, 255, 1023, 1024, 5000])
    func cString(count: Int) {
        let path = FilePath([UInt8](repeating: 0x61, count: count))
        #expect(path.withCString { String(cString: $0) } == path.text)
    }

    @Test("A path with NUL has no C string")
    func cStringWithNul() async {
        await #expect(processExitsWith: .failure) {
            FilePath([0x61, 0, 0x62]).withCString { _ in }
        }
    }
}
