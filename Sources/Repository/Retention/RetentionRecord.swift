import Coding
import Storage
import SystemInterface

/// What an object in `tombstones/` or `holds/` says, sealed and signed.
///
/// `SignedRecord` is its form.
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
        return try SignedRecord.retention.seal(
            encode(), as: name, keyring: keyring, repository: repository, salt: salt)
    }

    /// Reads the object `name` that holds `bytes`: authentic, of this place, and signed by a trusted signer.
    init(opening bytes: [UInt8], as name: ObjectName, keyring: Keyring, repository: RepositoryID)
        throws(RepositoryError)
    {
        func damaged(_ reason: String) -> RepositoryError { RepositoryError(.damaged, object: name.path, reason) }
        let record = try SignedRecord.retention.open(bytes, as: name, keyring: keyring, repository: repository)
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
        writer.timestamp(attribution.time)
        writer.text(attribution.userName)
        writer.text(attribution.host)
        writer.text(attribution.reason)
        writer.uint8(until == nil ? 0 : 1)
        if let until { writer.timestamp(until) }
        return writer.bytes
    }

    /// Reads a record.
    init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = ByteReader(bytes)
        let version = try reader.uint8()
        guard version == Self.encodingVersion else { throw reader.fault("no record has version \(version)") }
        guard let kind = Kind(rawValue: try reader.uint8()) else { throw reader.fault("an unknown kind") }
        let time = try reader.timestamp()
        let userName = try reader.text(atMost: Limits.labelBytesMax, "a user's name")
        let host = try reader.text(atMost: Limits.labelBytesMax, "a host's name")
        let reason = try reader.text(atMost: Limits.reasonBytesMax, "a reason")
        self.kind = kind
        attribution = Attribution(time: time, userName: userName, host: host, reason: reason)
        switch try reader.uint8() {
        case 0: until = nil
        case 1 where kind == .hold: until = try reader.timestamp()
        default: throw reader.fault("a flag is neither 0 nor 1")
        }
        try reader.expectEnd()
    }
}
