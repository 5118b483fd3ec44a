import Coding
import TestSupport
import Testing

@Suite("Hexadecimal")
struct HexadecimalTests {
    /// RFC 4648, section 10, in lowercase.
    static let rfcVectors: [(text: String, digits: String)] = [
        ("", ""), ("f", "66"), ("fo", "666f"), ("foo", "666f6f"), ("foob", "666f6f62"), ("fooba", "666f6f6261"),
        ("foobar", "666f6f626172"),
    ]

    @Test("The RFC's vectors are encoded and decoded", arguments: HexadecimalTests.rfcVectors)
    func vectors(text: String, digits: String) {
        #expect(Hexadecimal.encode(Array(text.utf8)) == digits)
        #expect(Hexadecimal.decode(digits) == Array(text.utf8))
        #expect(Hexadecimal.decode(digits.uppercased()) == Array(text.utf8))
    }

    @Test("Every byte has two digits of its own")
    func everyByte() {
        let all = (0...255).map { UInt8($0) }
        let digits = Hexadecimal.encode(all)
        #expect(digits.count == 512)
        #expect(Set(all.map { Hexadecimal.encode([$0]) }).count == 256)
        #expect(Hexadecimal.decode(digits) == all)
    }

    @Test(
        "What stands just outside of the digits is refused", arguments: ["/", ":", "@", "G", "`", "g", " ", "\0", "é"])
    func neighboursOfDigits(character: String) {
        #expect(Hexadecimal.decode("0" + character) == nil)
        #expect(Hexadecimal.decode(character + "0") == nil)
        #expect(Hexadecimal.decode("00" + character) == nil)
    }

    @Test("An odd number of digits is refused", arguments: ["0", "000", "abcde"])
    func oddCount(text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }

    @Test("Random bytes come back", arguments: [11, 12] as [UInt64])
    func randomBytes(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for count in 0..<200 {
            let bytes = generator.bytes(count)
            #expect(Hexadecimal.decode(Hexadecimal.encode(bytes)) == bytes, "seed \(seed)")
        }
    }
}
