import Coding
import Cryptography
import Storage

/// A snapshot as it is stored, `snapshots/<SHA-256>`: the last object that a run writes.
///
/// `header (28) ‖ sealed metadata session key (128) ‖ sealed (signer's public key (32) ‖ signature (64) ‖ manifest)`.
/// The signature (Ed25519) is over `"PastFS v1 snapshot signature" ‖ repository ‖ manifest`, inside of the sealed part,
/// so the storage learns neither who signed nor what.
enum SnapshotObject {
    private static let signedPrefix = Array("PastFS v1 snapshot signature".utf8)
    private static let sealedOffset = ObjectHeader.count + SessionKey.sealedBytes

    /// The object's bytes.
    static func encode(
        _ manifest: SnapshotManifest, session: SessionKey, keyring: Keyring, repository: RepositoryID, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        try seal(try manifest.encode(), session: session, keyring: keyring, repository: repository, salt: salt)
    }

    /// The bytes of an object that says `encoded`, the bytes of a manifest.
    static func seal(
        _ encoded: [UInt8], session: SessionKey, keyring: Keyring, repository: RepositoryID, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        guard let signingKey = keyring.signingKey else {
            throw RepositoryError(.keyNotHeld, "this key slot cannot sign snapshots")
        }
        let prefix = ObjectHeader.encode(.snapshot, repository: repository) + session.sealed
        var message: [UInt8]
        do {
            message = try Signature.publicKey(of: signingKey).bytes
            message += try Signature.sign(
                signedMessage(encoded, repository).span, privateKey: signingKey)
        } catch {
            throw RepositoryError(.internalFailure, "cannot sign the snapshot: \(error)")
        }
        message += encoded
        var output = prefix
        try SealedBox.seal(
            message.span, master: session.hash, context: .snapshot, salt: salt, associatedData: prefix,
            appendingTo: &output)
        guard output.count <= Limits.snapshotBytesMax else {
            throw RepositoryError(.invalidArgument, "the snapshot's manifest is over \(Limits.snapshotBytesMax) bytes")
        }
        return output
    }

    /// The bytes of an object that says `encoded`, with the key and the salt that the object `name` has: its own bytes, if that
    /// is what they said before `damaged` came of them, and if neither of the two is damaged.
    static func seal(
        _ encoded: [UInt8], like damaged: [UInt8], name: ObjectName, keyring: Keyring, repository: RepositoryID
    ) throws(RepositoryError) -> [UInt8] {
        guard damaged.count >= sealedOffset + SealedBox.saltBytes else {
            throw RepositoryError(.damaged, object: name.path, "no snapshot has \(damaged.count) bytes")
        }
        let session = try SessionKey(
            opening: Array(damaged[ObjectHeader.count..<sealedOffset]), family: .metadata, keyring: keyring,
            repository: repository, object: name.path)
        let salt = Array(damaged[sealedOffset..<sealedOffset + SealedBox.saltBytes])
        return try seal(encoded, session: session, keyring: keyring, repository: repository, salt: salt)
    }

    /// The manifest's bytes out of the object `name` that holds `bytes`: authentic, and signed by a trusted signer.
    static func open(
        _ bytes: [UInt8], name: ObjectName, keyring: Keyring, repository: RepositoryID
    ) throws(RepositoryError) -> [UInt8] {
        func damaged(_ reason: String) -> RepositoryError {
            RepositoryError(.damaged, object: name.path, reason)
        }
        guard bytes.count >= sealedOffset + SealedBox.overheadBytes, bytes.count <= Limits.snapshotBytesMax else {
            throw damaged("no snapshot has \(bytes.count) bytes")
        }
        var reader = ByteReader(bytes)
        _ = try ObjectHeader.decode(.snapshot, from: &reader, repository: repository, object: name.path)
        let session = try SessionKey(
            opening: Array(bytes[ObjectHeader.count..<sealedOffset]), family: .metadata, keyring: keyring,
            repository: repository, object: name.path)
        let message = try SealedBox.open(
            bytes.span.extracting(sealedOffset..<bytes.count), master: session.hash, context: .snapshot,
            associatedData: Array(bytes[..<sealedOffset]), object: name.path, "its manifest")
        guard message.count > 96, let signer = Bytes32(message.span.extracting(0..<32)) else {
            throw damaged("its manifest is too short")
        }
        let manifest = Array(message[96...])
        guard keyring.trustedSigners.contains(signer) else { throw damaged("it is signed by an unknown key") }
        guard
            Signature.isValid(
                Array(message[32..<96]), message: signedMessage(manifest, repository).span, publicKey: signer)
        else { throw damaged("its signature is wrong") }
        return manifest
    }

    private static func signedMessage(_ manifest: [UInt8], _ repository: RepositoryID) -> [UInt8] {
        signedPrefix + repository.bytes + manifest
    }
}
