import Coding
import Cryptography
import Testing

/// The test cases of RFC 8032, section 7.1, but for the one of 1,023 bytes.
struct SignatureVector: Sendable, CustomTestStringConvertible {
    let name: String
    let privateKey: String
    let publicKey: String
    let message: String
    let signature: String

    var testDescription: String { "RFC 8032, \(name)" }

    static let all = [
        SignatureVector(
            name: "test 1", privateKey: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        SignatureVector(
            name: "test 2", privateKey: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        SignatureVector(
            name: "test 3", privateKey: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
        SignatureVector(
            name: "test SHA(abc)", privateKey: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            message: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            signature: "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
    ]

    func isValid(signature: [UInt8]? = nil, message: [UInt8]? = nil, publicKey: Bytes32? = nil) throws -> Bool {
        let (signature, message) = try (signature ?? bytes(self.signature), message ?? bytes(self.message))
        return Signature.isValid(
            signature, message: message.span, publicKey: try publicKey ?? bytes32(self.publicKey))
    }
}

@Suite struct SignatureTests {
    @Test("Signing a published message gives the published signature", arguments: SignatureVector.all)
    func published(_ vector: SignatureVector) throws {
        let key = SecretBytes(try bytes(vector.privateKey))
        let message = try bytes(vector.message)
        #expect(try Signature.publicKey(of: key).description == vector.publicKey)
        #expect(try Hexadecimal.encode(Signature.sign(message.span, privateKey: key)) == vector.signature)
        #expect(try vector.isValid())
    }

    @Test("A signature with any bit flipped is invalid", arguments: 0..<8 * 64)
    func flippedSignature(bit: Int) throws {
        let vector = SignatureVector.all[2]
        #expect(try vector.isValid())
        #expect(try !vector.isValid(signature: flipping(bit: bit, of: bytes(vector.signature))))
    }

    @Test("A signature is invalid for a message with any bit flipped", arguments: 0..<8 * 64)
    func flippedMessage(bit: Int) throws {
        let vector = SignatureVector.all[3]
        #expect(try vector.isValid())
        #expect(try !vector.isValid(message: flipping(bit: bit, of: bytes(vector.message))))
    }

    @Test("A signature is invalid under a public key with any bit flipped", arguments: 0..<8 * 32)
    func flippedKey(bit: Int) throws {
        let vector = SignatureVector.all[1]
        let key = try #require(try Bytes32(flipping(bit: bit, of: bytes(vector.publicKey))))
        #expect(try !vector.isValid(publicKey: key))
    }

    @Test("A signature of another size is invalid", arguments: [0, 1, 63, 65, 128])
    func wrongSize(count: Int) throws {
        let vector = SignatureVector.all[0]
        let signature = try bytes(vector.signature)
        #expect(try !vector.isValid(signature: Array((signature + signature + signature).prefix(count))))
    }

    @Test("The second form of a signature, with the group order added to its scalar, is invalid")
    func malleability() throws {
        let signature = try bytes(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "4c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe24655141438e7a101b")
        #expect(try !SignatureVector.all[0].isValid(signature: signature))
    }

    @Test("A private key of another size is refused", arguments: [0, 1, 31, 33, 64])
    func wrongKeySize(count: Int) {
        let key = SecretBytes(repeated(5, count))
        let derivation = code { () throws(CryptographyError) in _ = try Signature.publicKey(of: key) }
        let signing = code { () throws(CryptographyError) in _ = try Signature.sign(nothing.span, privateKey: key) }
        #expect(derivation == .invalidKey)
        #expect(signing == .invalidKey)
    }
}
