import Coding
import Cryptography
import Testing

@Suite struct SecretBytesTests {
    @Test("A secret holds what it was given", arguments: [0, 1, 32, 64, 4096, 100_000])
    func contents(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let secret = SecretBytes(bytes.span)
        #expect(secret.count == count)
        #expect(secret.revealed == Hexadecimal.encode(bytes))
    }

    @Test("An array that others still refer to keeps its bytes")
    func sharedArray() {
        let bytes: [UInt8] = [1, 2, 3]
        let secret = SecretBytes(bytes)
        #expect(bytes == [1, 2, 3])
        #expect(secret.revealed == "010203")
    }

    @Test("Secrets are equal when all their bytes are")
    func equality() {
        let secret = SecretBytes([1, 2, 3])
        #expect(secret == SecretBytes([1, 2, 3]))
        #expect(secret != SecretBytes([1, 2]))
        #expect(secret != SecretBytes([1, 2, 4]))
        #expect(secret != SecretBytes([0, 2, 3]))
        #expect(SecretBytes([]) == SecretBytes([]))
    }

    @Test("More secrets than fit into locked memory can live at once, and leave OpenSSL its share")
    func manySecrets() throws {
        let secrets = (0..<10_000).map { SecretBytes(Bytes32.zero.bytes + [UInt8($0 % 256), UInt8($0 / 256)]) }
        #expect(Set(secrets.map(\.revealed)).count == secrets.count)
        let publicKey = try KeyAgreement.publicKey(of: SecretBytes(Array(1...32)))
        #expect(publicKey != .zero)
        withExtendedLifetime(secrets) {}
    }

    @Test("Printing a secret shows none of it")
    func description() {
        let secret = SecretBytes([222, 173, 190, 239])
        #expect("\(secret)" == "4 secret bytes")
        #expect(String(reflecting: secret) == "4 secret bytes")
    }

    @Test("An error of the body comes through")
    func errors() {
        let outcome = code { () throws(CryptographyError) in
            try SecretBytes([1]).withBytes { bytes throws(CryptographyError) in
                throw CryptographyError(.invalidKey, operation: "look", reason: "there are \(bytes.count)")
            }
        }
        #expect(outcome == .invalidKey)
    }
}
