import Coding
import Cryptography

/// A key slot that a passphrase opens: JSON in clear around a sealed keyring.
///
/// scrypt gives 64 bytes: a key for AES-256-GCM, and a commitment that is compared before anything is opened, so that
/// a slot opens with one passphrase only (Len, Grubbs, Ristenpart: "Partitioning Oracle Attacks", USENIX Security 2021).
struct PassphraseSlot: Sendable {
    static let kind = "passphrase"
    private static let saltBytes = 32
    private static let nonce = [UInt8](repeating: 0, count: 12)

    fileprivate struct Document: Codable {
        struct Scrypt: Codable {
            let logN: Int
            let r: Int
            let p: Int
            let salt: String
        }
        let kind: String
        let repository: String
        let scrypt: Scrypt
        let commitment: String
        let keyring: String
    }

    /// Seals `keyring` under `passphrase`; the result is stored as `keys/<its SHA-256>`.
    static func seal(
        _ keyring: Keyring, passphrase: SecretBytes, cost: PassphraseCost, repository: RepositoryID, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        precondition(salt.count == saltBytes)
        let scrypt = Document.Scrypt(
            logN: cost.logN, r: Int(PassphraseCost.blockSize), p: Int(PassphraseCost.parallelism),
            salt: Hexadecimal.encode(salt))
        let (key, commitment) = try derive(passphrase, scrypt, salt: salt, object: nil)
        var sealed: [UInt8] = []
        do {
            let associated = associatedData(scrypt, repository: repository)
            try keyring.encode().withBytes { (bytes) throws(CryptographyError) in
                try AuthenticatedCipher.seal(
                    bytes, key: key, nonce: nonce.span, associatedData: associated.span, appendingTo: &sealed)
            }
        } catch {
            throw RepositoryError(.internalFailure, "cannot seal the keyring: \(error)")
        }
        return try JSONDocument.encode(
            Document(
                kind: kind, repository: repository.description, scrypt: scrypt,
                commitment: Hexadecimal.encode(commitment), keyring: Hexadecimal.encode(sealed)))
    }

    /// What trying a passphrase on a slot gave.
    enum Outcome {
        /// The keyring.
        case opened(Keyring)
        /// The passphrase is not this slot's.
        case otherPassphrase
        /// The slot is of another repository: an interrupted `create` leaves such a one.
        case otherRepository
        /// The slot is for another kind of secret.
        case otherKind
    }

    /// Tries `passphrase` on the stored slot `bytes`. A slot that contradicts itself is damage.
    static func open(
        _ bytes: [UInt8], passphrase: SecretBytes, repository: RepositoryID, object: String
    ) throws(RepositoryError) -> Outcome {
        let heading = try JSONDocument.decode(KeySlotHeading.self, from: bytes, object: object)
        guard heading.repository == repository.description else { return .otherRepository }
        guard heading.kind == kind else { return .otherKind }
        let slot = try Parts(bytes, object: object)
        let (key, expected) = try derive(passphrase, slot.scrypt, salt: slot.salt, object: object)
        guard SecretBytes(slot.commitment) == SecretBytes(expected) else { return .otherPassphrase }
        do {
            let opened = try AuthenticatedCipher.open(
                slot.sealed.span, key: key, nonce: nonce.span,
                associatedData: associatedData(slot.scrypt, repository: repository).span)
            return .opened(try Keyring(decoding: opened))
        } catch {
            throw RepositoryError(
                .damaged, object: object, "the passphrase is right, but the keyring in it is damaged (\(error))")
        }
    }

    /// What a stored slot says, before any work is spent on it.
    struct Parts {
        fileprivate let scrypt: Document.Scrypt
        fileprivate let salt: [UInt8]
        fileprivate let commitment: [UInt8]
        fileprivate let sealed: [UInt8]

        /// Reads the stored slot `bytes`; a field that cannot be is damage.
        init(_ bytes: [UInt8], object: String) throws(RepositoryError) {
            let document = try JSONDocument.decode(Document.self, from: bytes, object: object)
            guard let salt = Hexadecimal.decode(document.scrypt.salt), salt.count == saltBytes,
                let commitment = Hexadecimal.decode(document.commitment), commitment.count == 32,
                let sealed = Hexadecimal.decode(document.keyring)
            else {
                throw RepositoryError(
                    .damaged, object: object, "a field is not the hexadecimal number that it must be")
            }
            (scrypt, self.salt, self.commitment, self.sealed) = (document.scrypt, salt, commitment, sealed)
        }
    }

    private static func derive(
        _ passphrase: SecretBytes, _ scrypt: Document.Scrypt, salt: [UInt8], object: String?
    ) throws(RepositoryError) -> (key: SecretBytes, commitment: [UInt8]) {
        guard PassphraseCost.logNRange.contains(scrypt.logN), (1...32).contains(scrypt.r), (1...16).contains(scrypt.p)
        else { throw RepositoryError(.damaged, object: object, "the parameters of scrypt are out of range") }
        do {
            let derived = try passphrase.withBytes { (bytes) throws(CryptographyError) in
                try KeyDerivation.scrypt(
                    password: bytes, salt: salt.span, n: 1 << UInt64(scrypt.logN), r: UInt32(scrypt.r),
                    p: UInt32(scrypt.p), count: 64)
            }
            return derived.withBytes { bytes in
                (SecretBytes(Array(copying: bytes.extracting(0..<32))), Array(copying: bytes.extracting(32..<64)))
            }
        } catch {
            throw RepositoryError(
                error.code == .invalidParameters ? .damaged : .internalFailure, object: object,
                "cannot derive a key from the passphrase: \(error)")
        }
    }

    private static func associatedData(_ scrypt: Document.Scrypt, repository: RepositoryID) -> [UInt8] {
        var writer = ByteWriter()
        writer.text("PastFS v1 passphrase slot")
        writer.append(repository.bytes)
        writer.varint(UInt64(scrypt.logN))
        writer.varint(UInt64(scrypt.r))
        writer.varint(UInt64(scrypt.p))
        writer.text(scrypt.salt)
        return writer.bytes
    }
}
