import Coding
import Cryptography
import Testing

/// Scalar multiplications on Curve25519 from RFC 7748, sections 5.2 and 6.1.
struct AgreementVector: Sendable, CustomTestStringConvertible {
    let name: String
    let privateKey: String
    let publicKey: String
    let secret: String

    var testDescription: String { name }

    static let all = [
        AgreementVector(
            name: "section 5.2, first",
            privateKey: "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            publicKey: "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            secret: "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"),
        AgreementVector(
            name: "section 5.2, second, whose coordinate has the unused bit set",
            privateKey: "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            publicKey: "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            secret: "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"),
        AgreementVector(
            name: "section 6.1, Alice",
            privateKey: "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
            publicKey: "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            secret: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"),
        AgreementVector(
            name: "section 6.1, Bob",
            privateKey: "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
            publicKey: "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
            secret: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"),
    ]
}

/// The coordinates of low order that fit into 255 bits (D. J. Bernstein, "Curve25519", cr.yp.to/ecdh.html#validate).
private let lowOrderKeys = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]

@Suite struct KeyAgreementTests {
    @Test("Two keys agree on the published secret", arguments: AgreementVector.all)
    func published(_ vector: AgreementVector) throws {
        let secret = try KeyAgreement.sharedSecret(
            privateKey: SecretBytes(bytes(vector.privateKey)), publicKey: bytes32(vector.publicKey))
        #expect(secret.revealed == vector.secret)
    }

    @Test("The public half of a private key is the published one")
    func publicKey() throws {
        let alice = try bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
        let key = try KeyAgreement.publicKey(of: SecretBytes(alice))
        #expect(key.description == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    }

    @Test(
        "Repeated multiplication ends where RFC 7748, section 5.2 says",
        arguments: [
            (1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"),
            (1000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"),
        ])
    func iterated(count: Int, result: String) throws {
        var scalar = [9] + repeated(0, 31)
        var coordinate = scalar
        for _ in 0..<count {
            let product = try KeyAgreement.sharedSecret(
                privateKey: SecretBytes(scalar), publicKey: try #require(Bytes32(coordinate)))
            coordinate = scalar
            scalar = try bytes(product.revealed)
        }
        #expect(Hexadecimal.encode(scalar) == result)
    }

    @Test("A public key of low order is refused, with the unused bit clear or set", arguments: lowOrderKeys, [0, 0x80])
    func lowOrder(text: String, unusedBit: UInt8) throws {
        var key = try bytes(text)
        key[31] |= unusedBit
        let publicKey = try #require(Bytes32(key))
        let outcome = code { () throws(CryptographyError) in
            _ = try KeyAgreement.sharedSecret(privateKey: SecretBytes(Array(1...32)), publicKey: publicKey)
        }
        #expect(outcome == .invalidKey)
    }

    @Test("A private key of another size is refused", arguments: [0, 1, 31, 33, 64])
    func wrongSize(count: Int) {
        let key = SecretBytes(repeated(5, count))
        let derivation = code { () throws(CryptographyError) in _ = try KeyAgreement.publicKey(of: key) }
        let agreement = code { () throws(CryptographyError) in
            _ = try KeyAgreement.sharedSecret(privateKey: key, publicKey: .zero)
        }
        #expect(derivation == .invalidKey)
        #expect(agreement == .invalidKey)
    }
}
