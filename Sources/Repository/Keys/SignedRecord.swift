import Coding
import Cryptography
import Storage

/// The form of objects that are sealed for all roles and signed by who made them: what writers and collectors agree by, and
/// tombstones and holds.
///
/// `header (28) ‖ box(signer's public key (32) ‖ signature (64) ‖ record)`. The box is sealed under the index key, which
/// every role has, and bound to the object's path. The signature (Ed25519) is over `prefix ‖ repository ‖ text:path ‖
/// record`. So the storage can hide such an object, but neither make one up nor show it in another place.
struct SignedRecord {
    private static let signerBytes = Bytes32.count + Signature.signatureBytes

    /// Objects in `sessions/` and `quarantine/`.
    static let session = SignedRecord(
        header: .session, context: .session, signedPrefix: "PastFS v1 session signature",
        bytesMax: Limits.sessionRecordBytesMax, whatFor: "neither write nor delete")
    /// Objects in `tombstones/` and `holds/`.
    static let retention = SignedRecord(
        header: .retention, context: .retention, signedPrefix: "PastFS v1 retention signature",
        bytesMax: Limits.retentionRecordBytesMax, whatFor: "neither forget nor hold")

    private let header: ObjectHeader.Kind
    private let context: SealedBox.Context
    private let signedPrefix: String
    private let bytesMax: Int
    /// What a key slot cannot do that has no key to sign with.
    private let whatFor: String

    /// The bytes of the object `name` that says `record`.
    func seal(
        _ record: [UInt8], as name: ObjectName, keyring: Keyring, repository: RepositoryID, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        guard let signingKey = keyring.signingKey else {
            throw RepositoryError(.keyNotHeld, "this key slot cannot sign: it can \(whatFor)")
        }
        var message: [UInt8]
        do {
            message = try Signature.publicKey(of: signingKey).bytes
            message += try Signature.sign(signedMessage(record, name, repository).span, privateKey: signingKey)
        } catch {
            throw RepositoryError(.internalFailure, "cannot sign \(name): \(error)")
        }
        message += record
        let header = ObjectHeader.encode(header, repository: repository)
        var output = header
        try SealedBox.seal(
            message.span, master: KeyedHash(key: keyring.indexKey), context: context, salt: salt,
            associatedData: header + Array(name.path.utf8), appendingTo: &output)
        guard output.count <= bytesMax else {
            throw RepositoryError(.invalidArgument, "\(name) is over \(bytesMax) bytes")
        }
        return output
    }

    /// What the object `name` says: authentic, of this place, and signed by a trusted signer.
    func open(
        _ bytes: [UInt8], as name: ObjectName, keyring: Keyring, repository: RepositoryID
    ) throws(RepositoryError) -> [UInt8] {
        func damaged(_ reason: String) -> RepositoryError { RepositoryError(.damaged, object: name.path, reason) }
        guard bytes.count >= ObjectHeader.count, bytes.count <= bytesMax else {
            throw damaged("no such object has \(bytes.count) bytes")
        }
        var reader = ByteReader(bytes)
        _ = try ObjectHeader.decode(header, from: &reader, repository: repository, object: name.path)
        let message = try SealedBox.open(
            bytes.span.extracting(ObjectHeader.count..<bytes.count), master: KeyedHash(key: keyring.indexKey),
            context: context, associatedData: Array(bytes[..<ObjectHeader.count]) + Array(name.path.utf8),
            object: name.path, "its record")
        guard message.count > Self.signerBytes, let signer = Bytes32(message.span.extracting(0..<Bytes32.count)) else {
            throw damaged("its record is too short")
        }
        let record = Array(message[Self.signerBytes...])
        guard keyring.trustedSigners.contains(signer) else { throw damaged("it is signed by an unknown key") }
        guard
            Signature.isValid(
                Array(message[Bytes32.count..<Self.signerBytes]),
                message: signedMessage(record, name, repository).span, publicKey: signer)
        else { throw damaged("its signature is wrong") }
        return record
    }

    private func signedMessage(_ record: [UInt8], _ name: ObjectName, _ repository: RepositoryID) -> [UInt8] {
        var place = ByteWriter()
        place.text(name.path)
        return Array(signedPrefix.utf8) + repository.bytes + place.bytes + record
    }
}
