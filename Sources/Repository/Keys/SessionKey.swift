import Coding
import Cryptography

/// The random key under which one run seals its bundles of one family, and its sealed form.
///
/// Stored as `session identifier (16) ‖ ephemeral public key (32) ‖ commitment (32) ‖ sealed key (32) ‖ tag (16)`:
/// 128 bytes. An ephemeral X25519 key and the repository's public key agree on a secret; HKDF-SHA256 over it, bound to
/// both public keys, the repository, the family and the session, gives the key that seals the session key and the
/// commitment that is compared before it is opened.
struct SessionKey: Sendable {
    static let identifierBytes = 16
    /// The length of the sealed form.
    static let sealedBytes = 128

    /// Derives the keys of the session's boxes.
    let hash: KeyedHash
    /// The session's identifier, bound into everything that it seals.
    let identifier: [UInt8]
    /// The sealed form.
    let sealed: [UInt8]

    private static let nonce = [UInt8](repeating: 0, count: 12)
    /// The sealing key is derived from everything that would stand here.
    private static let noAssociatedData: [UInt8] = []

    /// A new session of `family`, sealed to the public key that opens it.
    init(family: PackKind, keyring: Keyring, repository: RepositoryID, bytes: (Int) -> [UInt8]) throws(RepositoryError)
    {
        let recipient = family == .content ? keyring.contentPublicKey : keyring.metadataPublicKey
        let secret = SecretBytes(bytes(32))
        let ephemeral = SecretBytes(bytes(32))
        let identifier = bytes(Self.identifierBytes)
        do {
            let ephemeralPublic = try KeyAgreement.publicKey(of: ephemeral)
            let shared = try KeyAgreement.sharedSecret(privateKey: ephemeral, publicKey: recipient)
            let (key, commitment) = try Self.derive(
                shared, ephemeral: ephemeralPublic, recipient: recipient, family: family, repository: repository,
                identifier: identifier)
            var sealed = identifier + ephemeralPublic.bytes + commitment
            try secret.withBytes { (bytes) throws(CryptographyError) in
                try AuthenticatedCipher.seal(
                    bytes, key: key, nonce: Self.nonce.span, associatedData: Self.noAssociatedData.span,
                    appendingTo: &sealed)
            }
            self.sealed = sealed
        } catch {
            throw RepositoryError(.internalFailure, "cannot make a session key: \(error)")
        }
        self.identifier = identifier
        hash = KeyedHash(key: secret)
    }

    /// Opens the sealed form `sealed`, found in `object`.
    init(
        opening sealed: [UInt8], family: PackKind, keyring: Keyring, repository: RepositoryID, object: String
    ) throws(RepositoryError) {
        guard let privateKey = family == .content ? keyring.contentPrivateKey : keyring.metadataPrivateKey else {
            throw RepositoryError(
                .keyNotHeld, object: object,
                "this key slot cannot read \(family == .content ? "the content of files" : "metadata")")
        }
        func damaged(_ reason: String) -> RepositoryError { RepositoryError(.damaged, object: object, reason) }
        guard sealed.count == Self.sealedBytes,
            let ephemeral = Bytes32(sealed.span.extracting(16..<48)),
            let stored = Bytes32(sealed.span.extracting(48..<80))
        else { throw damaged("a sealed session key has not \(Self.sealedBytes) bytes") }
        let identifier = Array(sealed[0..<16])
        do {
            let shared = try KeyAgreement.sharedSecret(privateKey: privateKey, publicKey: ephemeral)
            let recipient = family == .content ? keyring.contentPublicKey : keyring.metadataPublicKey
            let (key, commitment) = try Self.derive(
                shared, ephemeral: ephemeral, recipient: recipient, family: family, repository: repository,
                identifier: identifier)
            guard SecretBytes(commitment) == SecretBytes(stored.bytes) else {
                throw damaged("a sealed session key does not open with this repository's key")
            }
            let secret = try AuthenticatedCipher.openSecret(
                sealed.span.extracting(80..<128), key: key, nonce: Self.nonce.span,
                associatedData: Self.noAssociatedData.span)
            hash = KeyedHash(key: secret)
        } catch let error as RepositoryError {
            throw error
        } catch {
            throw damaged("a sealed session key fails authentication")
        }
        self.identifier = identifier
        self.sealed = sealed
    }

    private static func derive(
        _ shared: SecretBytes, ephemeral: Bytes32, recipient: Bytes32, family: PackKind, repository: RepositoryID,
        identifier: [UInt8]
    ) throws(CryptographyError) -> (key: SecretBytes, commitment: [UInt8]) {
        var info = Array("PastFS v1 session key".utf8)
        info.append(family.rawValue)
        info += repository.bytes + identifier
        let salt = ephemeral.bytes + recipient.bytes
        let derived = try shared.withBytes { (bytes) throws(CryptographyError) in
            try KeyDerivation.hkdf(secret: bytes, salt: salt.span, info: info.span, count: 64)
        }
        return derived.withBytes { bytes in
            (SecretBytes(Array(copying: bytes.extracting(0..<32))), Array(copying: bytes.extracting(32..<64)))
        }
    }
}
