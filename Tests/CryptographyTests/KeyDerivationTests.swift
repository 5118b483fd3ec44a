import Coding
import Cryptography
import Testing

/// The test cases for SHA-256 in appendix A of RFC 5869.
struct ExpansionVector: Sendable, CustomTestStringConvertible {
    let number: Int
    let secret: [UInt8]
    let salt: [UInt8]
    let info: [UInt8]
    let key: String

    var testDescription: String { "RFC 5869, case \(number)" }

    static let all = [
        ExpansionVector(
            number: 1, secret: repeated(0x0B, 22), salt: Array(0...0x0C), info: Array(0xF0...0xF9),
            key: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
        ExpansionVector(
            number: 2, secret: Array(0...0x4F), salt: Array(0x60...0xAF), info: Array(0xB0...0xFF),
            key: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"),
        ExpansionVector(
            number: 3, secret: repeated(0x0B, 22), salt: [], info: [],
            key: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
    ]
}

/// The test cases of RFC 7914, section 12, but for the one that takes a gibibyte.
struct PasswordVector: Sendable, CustomTestStringConvertible {
    let password: String
    let salt: String
    let n: UInt64
    let r: UInt32
    let p: UInt32
    let key: String

    var testDescription: String { "RFC 7914, N = \(n), r = \(r), p = \(p)" }

    static let all = [
        PasswordVector(
            password: "", salt: "", n: 16, r: 1, p: 1,
            key: "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"),
        PasswordVector(
            password: "password", salt: "NaCl", n: 1024, r: 8, p: 16,
            key: "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"),
        PasswordVector(
            password: "pleaseletmein", salt: "SodiumChloride", n: 16384, r: 8, p: 1,
            key: "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"),
    ]
}

/// A cost of scrypt that must be refused.
struct ScryptCost: Sendable {
    let n: UInt64
    let r: UInt32
    let p: UInt32

    static let refused = [
        ScryptCost(n: 0, r: 8, p: 1), ScryptCost(n: 1, r: 8, p: 1), ScryptCost(n: 3, r: 8, p: 1),
        ScryptCost(n: 1 << 14 | 1, r: 8, p: 1), ScryptCost(n: 1 << 21, r: 1, p: 1), ScryptCost(n: .max, r: 8, p: 1),
        ScryptCost(n: 1 << 63, r: 8, p: 1), ScryptCost(n: 16, r: 0, p: 1), ScryptCost(n: 16, r: 33, p: 1),
        ScryptCost(n: 16, r: .max, p: 1), ScryptCost(n: 16, r: 8, p: 0), ScryptCost(n: 16, r: 8, p: 17),
        ScryptCost(n: 16, r: 8, p: .max), ScryptCost(n: 1 << 16, r: 1, p: 1), ScryptCost(n: 1 << 20, r: 9, p: 1),
        ScryptCost(n: 1 << 19, r: 32, p: 1),
    ]
}

private func hkdf(
    secret: [UInt8] = [1], salt: [UInt8] = [], info: [UInt8] = [], count: Int = 32
) throws(CryptographyError) -> SecretBytes {
    try KeyDerivation.hkdf(secret: secret.span, salt: salt.span, info: info.span, count: count)
}

private func scrypt(
    password: [UInt8] = [1], salt: [UInt8] = [2], n: UInt64 = 16, r: UInt32 = 1, p: UInt32 = 1, count: Int = 32
) throws(CryptographyError) -> SecretBytes {
    try KeyDerivation.scrypt(password: password.span, salt: salt.span, n: n, r: r, p: p, count: count)
}

@Suite struct KeyDerivationTests {
    @Test("HKDF gives the published keys", arguments: ExpansionVector.all)
    func publishedExpansion(_ vector: ExpansionVector) throws {
        let key = try hkdf(
            secret: vector.secret, salt: vector.salt, info: vector.info, count: vector.key.utf8.count / 2)
        #expect(key.revealed == vector.key)
    }

    @Test("HKDF gives keys of every size up to its end", arguments: [1, 31, 32, 33, 2048, 8160])
    func expansionSizes(count: Int) throws {
        let key = try hkdf(count: count)
        #expect(key.count == count)
        #expect(try hkdf(count: 8160).revealed.hasPrefix(key.revealed))
    }

    @Test("HKDF refuses sizes that it cannot give", arguments: [-1, 0, 8161, Int.max])
    func wrongExpansionSize(count: Int) {
        let outcome = code { () throws(CryptographyError) in _ = try hkdf(count: count) }
        #expect(outcome == .invalidParameters)
    }

    @Test("HKDF takes inputs of a kilobyte")
    func longestInputs() throws {
        let longest = repeated(1, 1024)
        #expect(try hkdf(secret: longest, salt: longest, info: longest).count == 32)
    }

    @Test("HKDF refuses a secret that is empty, and inputs over their limit")
    func wrongInputs() {
        let over = repeated(1, 1025)
        let empty = code { () throws(CryptographyError) in _ = try hkdf(secret: []) }
        let longSecret = code { () throws(CryptographyError) in _ = try hkdf(secret: over) }
        let longSalt = code { () throws(CryptographyError) in _ = try hkdf(salt: over) }
        let longInfo = code { () throws(CryptographyError) in _ = try hkdf(info: over) }
        #expect(empty == .invalidKey)
        #expect([longSecret, longSalt, longInfo] == [.invalidParameters, .invalidParameters, .invalidParameters])
    }

    @Test("scrypt gives the published keys", arguments: PasswordVector.all)
    func publishedPassword(_ vector: PasswordVector) throws {
        let key = try scrypt(
            password: Array(vector.password.utf8), salt: Array(vector.salt.utf8), n: vector.n, r: vector.r, p: vector.p,
            count: 64)
        #expect(key.revealed == vector.key)
    }

    @Test("scrypt goes past OpenSSL's default limit of 32 MiB")
    func memory() throws {
        #expect(try scrypt(n: 1 << 16, r: 8).count == 32)
    }

    @Test("scrypt refuses hostile costs before any work", arguments: ScryptCost.refused)
    func hostileCost(_ cost: ScryptCost) {
        let outcome = code { () throws(CryptographyError) in _ = try scrypt(n: cost.n, r: cost.r, p: cost.p) }
        #expect(outcome == .invalidParameters)
    }

    @Test("scrypt refuses sizes outside its limits", arguments: [-1, 0, 1025, Int.max])
    func wrongKeySize(count: Int) {
        let outcome = code { () throws(CryptographyError) in _ = try scrypt(count: count) }
        #expect(outcome == .invalidParameters)
    }
}
