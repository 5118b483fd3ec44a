import Coding
import Cryptography
import TestSupport
import Testing

/// The test cases of RFC 4231, section 4; the fifth one is published truncated to 128 bits.
struct AuthenticationVector: Sendable, CustomTestStringConvertible {
    let number: Int
    let key: [UInt8]
    let message: [UInt8]
    let code: String

    var testDescription: String { "RFC 4231, case \(number)" }

    static let all = [
        AuthenticationVector(
            number: 1, key: repeated(0x0B, 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        AuthenticationVector(
            number: 2, key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        AuthenticationVector(
            number: 3, key: repeated(0xAA, 20), message: repeated(0xDD, 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        AuthenticationVector(
            number: 4, key: Array(1...25), message: repeated(0xCD, 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        AuthenticationVector(
            number: 5, key: repeated(0x0C, 20), message: Array("Test With Truncation".utf8),
            code: "a3b6167473100ee06e0c796c2955552b"),
        AuthenticationVector(
            number: 6, key: repeated(0xAA, 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        AuthenticationVector(
            number: 7, key: repeated(0xAA, 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]
}

/// HMAC as RFC 2104 defines it, without anything saved.
private func definition(key: [UInt8], message: [UInt8]) -> Bytes32 {
    let short = key.count > 64 ? SHA256.hash(key.span).bytes : key
    let block = short + repeated(0, 64 - short.count)
    let inner = SHA256.hash((block.map { $0 ^ 0x36 } + message).span)
    return SHA256.hash((block.map { $0 ^ 0x5C } + inner.bytes).span)
}

@Suite struct KeyedHashTests {
    @Test("The code of a published message is the published one", arguments: AuthenticationVector.all)
    func published(_ vector: AuthenticationVector) {
        let code = KeyedHash(key: SecretBytes(vector.key)).authenticate(vector.message.span)
        #expect(code.description.hasPrefix(vector.code))
    }

    @Test("A prefix is the first byte of the message", arguments: AuthenticationVector.all)
    func prefix(_ vector: AuthenticationVector) throws {
        let code = KeyedHash(key: SecretBytes(vector.key))
            .authenticate(prefix: try #require(vector.message.first), vector.message.span.extracting(droppingFirst: 1))
        #expect(code.description.hasPrefix(vector.code))
    }

    @Test("A derived key is the code of its label", arguments: AuthenticationVector.all)
    func derivedKey(_ vector: AuthenticationVector) {
        let key = KeyedHash(key: SecretBytes(vector.key)).deriveKey(vector.message.span)
        #expect(key.count == 32)
        #expect(key.revealed.hasPrefix(vector.code))
    }

    @Test("Keys and messages around the block size follow the definition", arguments: [0, 1, 32, 63, 64, 65, 128, 200])
    func definition(size: Int) {
        var generator = SeededGenerator(seed: UInt64(size))
        let key = generator.bytes(size)
        let message = generator.bytes(size + 1)
        let hash = KeyedHash(key: SecretBytes(key))
        #expect(hash.authenticate(message.span) == CryptographyTests.definition(key: key, message: message))
        #expect(hash.authenticate(nothing.span) == CryptographyTests.definition(key: key, message: []))
    }

    @Test("One hash serves several threads at once")
    func threads() async {
        let hash = KeyedHash(key: SecretBytes(Array("Jefe".utf8)))
        let expected = (0..<64).map {
            CryptographyTests.definition(key: Array("Jefe".utf8), message: repeated($0, 100))
        }
        let wrong = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<2000).count { turn in
                        hash.authenticate(repeated(UInt8(turn % 64), 100).span) != expected[turn % 64]
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
