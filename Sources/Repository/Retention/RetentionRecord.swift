import Coding
import Cryptography
import Storage
import SystemInterface

/// What an object in `tombstones/` or `holds/` says, sealed and signed.
///
/// `header (28) ‖ box(signer's public key (32) ‖ signature (64) ‖ record)`. The box is sealed under the index key, which
/// every role has: a writer asks for tombstones, too. The signature (Ed25519) is over
/// `"PastFS v1 retention signature" ‖ repository ‖ text:path ‖ record`, and the box is bound to the path as well, so that
/// the storage can hide such an object, but neither make one up nor show it in another place.
struct RetentionRecord: Hashable, Sendable {
    /// What is said. The numbers are those of the format.
    enum Kind: UInt8, CaseIterable {
        /// The snapshot is to go.
        case tombstone = 1
        /// The tombstone ended, and the snapshot stays.
        case undone = 2
        /// The tombstone ended, and the snapshot goes.
        case swept = 3
        /// The snapshot stays.
        case hold = 4
        /// The hold is over.
        case release = 5
    }

    private static let encodingVersion: UInt8 = 1
    private static let signedPrefix = Array("PastFS v1 retention signature".utf8)
    private static let signerBytes = Bytes32.count + Signature.signatureBytes

    var kind: Kind
    var attribution: Attribution
    /// Until when a hold is wanted; nil for everything else.
    var until: Timestamp?

    // MARK: The object

    /// The bytes of the object `name`.
    func seal(
        as name: ObjectName, keyring: Keyring, repository: RepositoryID, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        if keyring.signingKey != nil { try attribution.check() }
        return try Self.seal(encode(), as: name, keyring: keyring, repository: repository, salt: salt)
    }

    /// The bytes of the object `name` that says `record`, the bytes of a record.
    static func seal(
        _ record: [UInt8], as name: ObjectName, keyring: Keyring, repository: RepositoryID, salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        guard let signingKey = keyring.signingKey else {
            throw RepositoryError(.keyNotHeld, "this key slot cannot sign: it can neither forget nor hold")
        }
        var message: [UInt8]
        do {
            message = try Signature.publicKey(of: signingKey).bytes
            message += try Signature.sign(
                signedMessage(record, name, repository).span, privateKey: signingKey)
        } catch {
            throw RepositoryError(.internalFailure, "cannot sign \(name): \(error)")
        }
        message += record
        let header = ObjectHeader.encode(.retention, repository: repository)
        var output = header
        try SealedBox.seal(
            message.span, master: KeyedHash(key: keyring.indexKey), context: .retention, salt: salt,
            associatedData: header + Array(name.path.utf8), appendingTo: &output)
        return output
    }

    /// Reads the object `name` that holds `bytes`: authentic, of this place, and signed by a trusted signer.
    init(opening bytes: [UInt8], as name: ObjectName, keyring: Keyring, repository: RepositoryID)
        throws(RepositoryError)
    {
        func damaged(_ reason: String) -> RepositoryError { RepositoryError(.damaged, object: name.path, reason) }
        guard bytes.count >= ObjectHeader.count, bytes.count <= Limits.retentionRecordBytesMax else {
            throw damaged("no such object has \(bytes.count) bytes")
        }
        var reader = ByteReader(bytes)
        _ = try ObjectHeader.decode(.retention, from: &reader, repository: repository, object: name.path)
        let message = try SealedBox.open(
            bytes.span.extracting(ObjectHeader.count..<bytes.count), master: KeyedHash(key: keyring.indexKey),
            context: .retention, associatedData: Array(bytes[..<ObjectHeader.count]) + Array(name.path.utf8),
            object: name.path, "its record")
        guard message.count > Self.signerBytes, let signer = Bytes32(message.span.extracting(0..<Bytes32.count)) else {
            throw damaged("its record is too short")
        }
        let record = Array(message[Self.signerBytes...])
        guard keyring.trustedSigners.contains(signer) else { throw damaged("it is signed by an unknown key") }
        guard
            Signature.isValid(
                Array(message[Bytes32.count..<Self.signerBytes]),
                message: Self.signedMessage(record, name, repository).span, publicKey: signer)
        else { throw damaged("its signature is wrong") }
        do {
            try self.init(decoding: record)
        } catch {
            throw damaged("its record is damaged \(error)")
        }
        guard Self.kinds(in: name).contains(kind) else { throw damaged("it says what belongs to another place") }
    }

    /// What an object of this name may say.
    private static func kinds(in name: ObjectName) -> [Kind] {
        switch (name.folder, name.part) {
        case (.tombstones, nil): [.tombstone]
        case (.tombstones, .final): [.undone, .swept]
        case (.holds, nil): [.hold]
        case (.holds, .released): [.release]
        default: []
        }
    }

    private static func signedMessage(_ record: [UInt8], _ name: ObjectName, _ repository: RepositoryID) -> [UInt8] {
        var place = ByteWriter()
        place.text(name.path)
        return signedPrefix + repository.bytes + place.bytes + record
    }

    // MARK: The record

    /// A record of these parts.
    init(_ kind: Kind, _ attribution: Attribution, until: Timestamp? = nil) {
        precondition(until == nil || kind == .hold, "only a hold has an end")
        self.kind = kind
        self.attribution = attribution
        self.until = until
    }

    /// The record's bytes; docs/format.md has the table.
    func encode() -> [UInt8] {
        var writer = ByteWriter(capacity: 128)
        writer.uint8(Self.encodingVersion)
        writer.uint8(kind.rawValue)
        Self.encode(attribution.time, to: &writer)
        writer.text(attribution.userName)
        writer.text(attribution.host)
        writer.text(attribution.reason)
        writer.uint8(until == nil ? 0 : 1)
        if let until { Self.encode(until, to: &writer) }
        return writer.bytes
    }

    /// Reads a record.
    init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = ByteReader(bytes)
        let version = try reader.uint8()
        guard version == Self.encodingVersion else { throw reader.fault("no record has version \(version)") }
        guard let kind = Kind(rawValue: try reader.uint8()) else { throw reader.fault("an unknown kind") }
        let time = try Self.decodeTimestamp(&reader)
        let userName = try reader.text(atMost: Limits.labelBytesMax, "a user's name")
        let host = try reader.text(atMost: Limits.labelBytesMax, "a host's name")
        let reason = try reader.text(atMost: Limits.reasonBytesMax, "a reason")
        self.kind = kind
        attribution = Attribution(time: time, userName: userName, host: host, reason: reason)
        switch try reader.uint8() {
        case 0: until = nil
        case 1 where kind == .hold: until = try Self.decodeTimestamp(&reader)
        default: throw reader.fault("a flag is neither 0 nor 1")
        }
        try reader.expectEnd()
    }

    private static func encode(_ time: Timestamp, to writer: inout ByteWriter) {
        writer.signedVarint(time.seconds)
        writer.uint32(time.nanoseconds)
    }

    private static func decodeTimestamp(_ reader: inout ByteReader) throws(CodingError) -> Timestamp {
        let seconds = try reader.signedVarint()
        let nanoseconds = try reader.uint32()
        guard nanoseconds < Timestamp.nanosecondsPerSecond else { throw reader.fault("too many nanoseconds") }
        return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    }
}
