import Coding
import Cryptography
import TestSupport
import Testing

/// A key, a nonce, associated data and what they make of a short message.
private struct Sealed: Sendable {
    var key = [UInt8](0..<32)
    var nonce = [UInt8](100..<112)
    var associatedData = Array("bundle".utf8)
    var message: [UInt8] = []

    static let plaintext = Array("the past".utf8)

    init() throws(CryptographyError) {
        var output: [UInt8] = []
        try AuthenticatedCipher.seal(
            Self.plaintext.span, key: key.span, nonce: nonce.span, associatedData: associatedData.span,
            appendingTo: &output)
        message = output
    }

    func open() throws(CryptographyError) -> [UInt8] {
        try AuthenticatedCipher.open(
            message.span, key: key.span, nonce: nonce.span, associatedData: associatedData.span)
    }

    func openingCode() -> CryptographyError.Code? {
        code { () throws(CryptographyError) in _ = try open() }
    }
}

@Suite struct AuthenticatedCipherTests {
    @Test(
        "Sealing a published message gives the published bytes",
        arguments: CipherVector.submission + CipherVector.encryption)
    func seals(_ vector: CipherVector) throws {
        let (key, nonce) = try (SecretBytes(bytes(vector.key)), bytes(vector.nonce))
        let (plaintext, associatedData) = try (bytes(vector.plaintext), bytes(vector.associatedData))
        var output = Array("kept".utf8)
        try AuthenticatedCipher.seal(
            plaintext.span, key: key, nonce: nonce.span, associatedData: associatedData.span, appendingTo: &output)
        #expect(Hexadecimal.encode(output) == Hexadecimal.encode(Array("kept".utf8)) + vector.ciphertext + vector.tag)
    }

    @Test("A published sealed message opens", arguments: CipherVector.submission + CipherVector.encryption)
    func opens(_ vector: CipherVector) throws {
        let sealed = try bytes(vector.ciphertext + vector.tag)
        let (key, nonce) = try (SecretBytes(bytes(vector.key)), bytes(vector.nonce))
        let associatedData = try bytes(vector.associatedData)
        let plaintext = try AuthenticatedCipher.open(
            sealed.span, key: key, nonce: nonce.span, associatedData: associatedData.span)
        let secret = try AuthenticatedCipher.openSecret(
            sealed.span, key: key, nonce: nonce.span, associatedData: associatedData.span)
        #expect(Hexadecimal.encode(plaintext) == vector.plaintext)
        #expect(secret.revealed == vector.plaintext)
    }

    @Test("A published forgery is refused", arguments: CipherVector.forgeries)
    func refuses(_ vector: CipherVector) throws {
        let sealed = try bytes(vector.ciphertext + vector.tag)
        let (key, nonce) = try (bytes(vector.key), bytes(vector.nonce))
        let associatedData = try bytes(vector.associatedData)
        let opening = code { () throws(CryptographyError) in
            _ = try AuthenticatedCipher.open(
                sealed.span, key: key.span, nonce: nonce.span, associatedData: associatedData.span)
        }
        #expect(opening == .authenticationFailed)
    }

    @Test("A message with any bit flipped does not open", arguments: 0..<8 * (Sealed.plaintext.count + 16))
    func flippedMessage(bit: Int) throws {
        var sealed = try Sealed()
        sealed.message = flipping(bit: bit, of: sealed.message)
        #expect(sealed.openingCode() == .authenticationFailed)
    }

    @Test("A key with any bit flipped opens nothing", arguments: 0..<8 * 32)
    func flippedKey(bit: Int) throws {
        var sealed = try Sealed()
        sealed.key = flipping(bit: bit, of: sealed.key)
        #expect(sealed.openingCode() == .authenticationFailed)
    }

    @Test("A nonce with any bit flipped opens nothing", arguments: 0..<8 * 12)
    func flippedNonce(bit: Int) throws {
        var sealed = try Sealed()
        sealed.nonce = flipping(bit: bit, of: sealed.nonce)
        #expect(sealed.openingCode() == .authenticationFailed)
    }

    @Test("Associated data with any bit flipped opens nothing", arguments: 0..<8 * 6)
    func flippedAssociatedData(bit: Int) throws {
        var sealed = try Sealed()
        sealed.associatedData = flipping(bit: bit, of: sealed.associatedData)
        #expect(sealed.openingCode() == .authenticationFailed)
    }

    @Test("A message that ends early does not open", arguments: 0..<Sealed.plaintext.count + 16)
    func truncated(count: Int) throws {
        var sealed = try Sealed()
        sealed.message.removeLast(sealed.message.count - count)
        #expect(sealed.openingCode() == .authenticationFailed)
    }

    @Test("A message that goes on does not open")
    func extended() throws {
        var sealed = try Sealed()
        sealed.message.append(0)
        #expect(sealed.openingCode() == .authenticationFailed)
    }

    @Test("A key of another size is refused both ways", arguments: [0, 1, 16, 24, 31, 33, 64])
    func wrongKeySize(count: Int) throws {
        var sealed = try Sealed()
        sealed.key = repeated(7, count)
        #expect(sealed.openingCode() == .invalidKey)
        var output: [UInt8] = [1, 2, 3]
        let sealing = code { () throws(CryptographyError) in
            try AuthenticatedCipher.seal(
                nothing.span, key: sealed.key.span, nonce: sealed.nonce.span, associatedData: nothing.span,
                appendingTo: &output)
        }
        #expect(sealing == .invalidKey)
        #expect(output == [1, 2, 3])
    }

    @Test("A nonce of another size is refused both ways", arguments: [0, 1, 8, 11, 13, 16])
    func wrongNonceSize(count: Int) throws {
        var sealed = try Sealed()
        sealed.nonce = repeated(7, count)
        #expect(sealed.openingCode() == .invalidParameters)
        var output: [UInt8] = [1, 2, 3]
        let sealing = code { () throws(CryptographyError) in
            try AuthenticatedCipher.seal(
                nothing.span, key: sealed.key.span, nonce: sealed.nonce.span, associatedData: nothing.span,
                appendingTo: &output)
        }
        #expect(sealing == .invalidParameters)
        #expect(output == [1, 2, 3])
    }

    @Test("Data of any size comes back", arguments: [0, 1, 15, 16, 17, 255, 4096, 1 << 20, 3 << 20 | 5])
    func roundTrip(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let plaintext = generator.bytes(count)
        let key = SecretBytes(generator.bytes(32))
        let nonce = generator.bytes(12)
        var sealed: [UInt8] = []
        try AuthenticatedCipher.seal(
            plaintext.span, key: key, nonce: nonce.span, associatedData: plaintext.span, appendingTo: &sealed)
        #expect(sealed.count == count + AuthenticatedCipher.overheadBytes)
        let opened = try AuthenticatedCipher.open(
            sealed.span, key: key, nonce: nonce.span, associatedData: plaintext.span)
        #expect(opened == plaintext)
    }

    @Test("Several threads seal and open at once")
    func threads() async {
        let key = SecretBytes(Array(0..<32))
        let wrong = await withTaskGroup(of: Int.self) { group in
            for worker in UInt8(0)..<8 {
                group.addTask {
                    (0..<200).count { turn in
                        let plaintext = repeated(worker, turn * 7)
                        let nonce = repeated(worker, 12)
                        var sealed: [UInt8] = []
                        do throws(CryptographyError) {
                            try AuthenticatedCipher.seal(
                                plaintext.span, key: key, nonce: nonce.span, associatedData: nothing.span,
                                appendingTo: &sealed)
                            return try AuthenticatedCipher.open(
                                sealed.span, key: key, nonce: nonce.span, associatedData: nothing.span) != plaintext
                        } catch {
                            return true
                        }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
