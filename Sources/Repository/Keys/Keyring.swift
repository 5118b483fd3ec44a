import Coding
import Cryptography

/// The keys that one holder has. What is missing is what that holder's role may not do.
///
/// The first slot of a repository holds all of them. A keyring without the content key pair's private half reads no
/// file, one without both private halves writes and reads nothing back: roles are what a keyring can open.
struct Keyring: Sendable {
    /// Opens the session keys that content is sealed under (X25519).
    var contentPrivateKey: SecretBytes?
    /// Opens the session keys that metadata is sealed under (X25519).
    var metadataPrivateKey: SecretBytes?
    /// Seals a new content session key; every writer has it.
    var contentPublicKey: Bytes32
    /// Seals a new metadata session key; every writer has it.
    var metadataPublicKey: Bytes32
    /// Names content chunks. Whoever has it can test whether a known file is in the repository.
    var contentIDKey: SecretBytes?
    /// Makes the chunker's table.
    var chunkerKey: SecretBytes?
    /// Names metadata chunks.
    var metadataIDKey: SecretBytes?
    /// Seals index segments and the footers of packs; every role has it.
    var indexKey: SecretBytes
    /// Signs snapshots (Ed25519).
    var signingKey: SecretBytes?
    /// The public keys whose signatures on snapshots count, ascending.
    var trustedSigners: [Bytes32]
    /// The SHA-256 of the `format` object.
    var formatDigest: Bytes32

    /// A full keyring of new random keys.
    static func random(
        formatDigest: Bytes32, bytes: (Int) -> [UInt8]
    ) throws(RepositoryError) -> Keyring {
        do {
            let content = SecretBytes(bytes(32))
            let metadata = SecretBytes(bytes(32))
            let signing = SecretBytes(bytes(32))
            return Keyring(
                contentPrivateKey: content, metadataPrivateKey: metadata,
                contentPublicKey: try KeyAgreement.publicKey(of: content),
                metadataPublicKey: try KeyAgreement.publicKey(of: metadata),
                contentIDKey: SecretBytes(bytes(32)), chunkerKey: SecretBytes(bytes(32)),
                metadataIDKey: SecretBytes(bytes(32)), indexKey: SecretBytes(bytes(32)),
                signingKey: signing, trustedSigners: [try Signature.publicKey(of: signing)],
                formatDigest: formatDigest)
        } catch {
            throw RepositoryError(.internalFailure, "cannot make keys: \(error)")
        }
    }
}
