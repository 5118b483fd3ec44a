import Coding
import Cryptography
import Storage

/// The form of the objects in `sessions/` and `quarantine/`, by which writers and collectors agree.
///
/// `header (28) ‖ box(signer's public key (32) ‖ signature (64) ‖ record)`. The box is sealed under the index key, which
/// every role has, and bound to the object's path. The signature (Ed25519) is over `"PastFS v1 session signature" ‖
/// repository ‖ text:path ‖ record`. So the storage can hide such an object, but neither make one up nor show it in
/// another place.
enum SignedRecord {
    private static let signedPrefix = Array("PastFS v1 session signature".utf8)
    private static let signerBytes = Bytes32.count + Signature.signatureBytes

    /// The bytes of the object `name` that says `record`.
    static func seal(
        _ record: [UInt8], as name: ObjectName, keyring: Keyring, repository: RepositoryID, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        guard let signingKey = keyring.signingKey else {
            throw RepositoryError(.keyNotHeld, "this key slot cannot sign: it can neither write nor delete")
        }
        var message: [UInt8]
        do {
            message = try Signature.publicKey(of: signingKey).bytes
            message += try Signature.sign(signedMessage(record, name, repository).span, privateKey: signingKey)
        } catch {
            throw RepositoryError(.internalFailure, "cannot sign \(name): \(error)")
        }
        message += record
        let header = ObjectHeader.encode(.session, repository: repository)
        var output = header
        try SealedBox.seal(
            message.span, master: KeyedHash(key: keyring.indexKey), context: .session, salt: salt,
            associatedData: header + Array(name.path.utf8), appendingTo: &output)
        guard output.count <= Limits.sessionRecordBytesMax else {
            throw RepositoryError(.invalidArgument, "\(name) is over \(Limits.sessionRecordBytesMax) bytes")
        }
        return output
    }

    /// What the object `name` says: authentic, of this place, and signed by a trusted signer.
    static func open(
        _ bytes: [UInt8], as name: ObjectName, keyring: Keyring, repository: RepositoryID
    ) throws(RepositoryError) -> [UInt8] {
        func damaged(_ reason: String) -> RepositoryError { RepositoryError(.damaged, object: name.path, reason) }
        guard bytes.count >= ObjectHeader.count, bytes.count <= Limits.sessionRecordBytesMax else {
            throw damaged("no such object has \(bytes.count) bytes")
        }
        var reader = ByteReader(bytes)
        _ = try ObjectHeader.decode(.session, from: &reader, repository: repository, object: name.path)
        let message = try SealedBox.open(
            bytes.span.extracting(ObjectHeader.count..<bytes.count), master: KeyedHash(key: keyring.indexKey),
            context: .session, associatedData: Array(bytes[..<ObjectHeader.count]) + Array(name.path.utf8),
            object: name.path, "its record")
        guard message.count > signerBytes, let signer = Bytes32(message.span.extracting(0..<Bytes32.count)) else {
            throw damaged("its record is too short")
        }
        let record = Array(message[signerBytes...])
        guard keyring.trustedSigners.contains(signer) else { throw damaged("it is signed by an unknown key") }
        guard
            Signature.isValid(
                Array(message[Bytes32.count..<signerBytes]), message: signedMessage(record, name, repository).span,
                publicKey: signer)
        else { throw damaged("its signature is wrong") }
        return record
    }

    private static func signedMessage(_ record: [UInt8], _ name: ObjectName, _ repository: RepositoryID) -> [UInt8] {
        var place = ByteWriter()
        place.text(name.path)
        return signedPrefix + repository.bytes + place.bytes + record
    }
}
