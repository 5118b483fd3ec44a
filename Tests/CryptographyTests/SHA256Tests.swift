import Coding
import Cryptography
import TestSupport
import Testing

/// Messages and digests from the examples to FIPS 180-4 (NIST, "Secure Hashing", SHA256.pdf and SHA2_Additional.pdf).
struct DigestVector: Sendable, CustomTestStringConvertible {
    let name: String
    let message: [UInt8]
    let digest: String

    var testDescription: String { name }

    static let all = [
        DigestVector(
            name: "nothing", message: [], digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        DigestVector(
            name: "24 bits", message: Array("abc".utf8),
            digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        DigestVector(
            name: "448 bits", message: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        DigestVector(
            name: "896 bits",
            message: Array(
                ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                    + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
            digest: "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"),
        DigestVector(
            name: "one byte 0xbd", message: [0xBD],
            digest: "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
        DigestVector(
            name: "a million letters a", message: repeated(UInt8(ascii: "a"), 1_000_000),
            digest: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]
}

@Suite struct SHA256Tests {
    @Test("The digest of a published message is the published one", arguments: DigestVector.all)
    func published(_ vector: DigestVector) {
        #expect(SHA256.hash(vector.message.span).description == vector.digest)
    }

    @Test("A message that comes in pieces has the digest of the whole", arguments: [1, 3, 55, 56, 63, 64, 65, 1000])
    func pieces(size: Int) {
        var generator = SeededGenerator(seed: UInt64(size))
        let message = generator.bytes(4096)
        var hasher = SHA256.Hasher()
        for start in stride(from: 0, to: message.count, by: size) {
            hasher.update(message.span.extracting(start..<min(start + size, message.count)))
        }
        #expect(hasher.finalize() == SHA256.hash(message.span))
    }

    @Test("A copy of a hasher goes its own way, and asking for the digest changes nothing")
    func copies() {
        var first = SHA256.Hasher()
        first.update(Array("ab".utf8).span)
        var second = first
        _ = first.finalize()
        first.update(Array("c".utf8).span)
        second.update(Array("d".utf8).span)
        #expect(first.finalize() == SHA256.hash(Array("abc".utf8).span))
        #expect(second.finalize() == SHA256.hash(Array("abd".utf8).span))
    }
}
