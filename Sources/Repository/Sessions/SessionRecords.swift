import Coding

/// What `sessions/<n>` says: a writer has begun a run.
package struct SessionClaim: Hashable, Sendable {
    static let nonceBytes = 16
    private static let encodingVersion: UInt8 = 1

    /// Random bytes by which a writer knows its own claim.
    package let nonce: [UInt8]
    /// The newest generation that the writer knew before it claimed.
    package let generation: UInt64
    /// Who writes.
    package let identity: RunIdentity
    /// What the writer saw of the runs before.
    package let link: ChainLink

    init(nonce: [UInt8], generation: UInt64, identity: RunIdentity, link: ChainLink = ChainLink()) {
        self.nonce = nonce
        self.generation = generation
        self.identity = identity
        self.link = link
    }

    func encode() -> [UInt8] {
        var writer = ByteWriter(capacity: 256)
        writer.uint8(Self.encodingVersion)
        writer.append(nonce)
        writer.varint(generation)
        identity.encode(to: &writer)
        link.encode(to: &writer)
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = ByteReader(bytes)
        guard try reader.uint8() == Self.encodingVersion else { throw reader.fault("an unknown version of a claim") }
        nonce = try reader.bytes(Self.nonceBytes)
        generation = try reader.varint(atMost: Limits.runNumberMax, "a generation")
        identity = try RunIdentity(from: &reader)
        link = try ChainLink(from: &reader)
        try reader.expectEnd()
    }
}

/// What `sessions/<n>.outcome` says: how a run ended. Whoever creates it first decides.
package enum SessionOutcome: Hashable, Sendable {
    /// The run made this snapshot.
    case committed(SnapshotID)
    /// The run makes none, whatever its writer still does; who ended it.
    case aborted(RunIdentity)

    private static let encodingVersion: UInt8 = 1

    func encode() -> [UInt8] {
        var writer = ByteWriter(capacity: 64)
        writer.uint8(Self.encodingVersion)
        switch self {
        case .committed(let snapshot):
            writer.uint8(1)
            writer.bytes32(snapshot.bytes)
        case .aborted(let identity):
            writer.uint8(2)
            identity.encode(to: &writer)
        }
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = ByteReader(bytes)
        guard try reader.uint8() == Self.encodingVersion else { throw reader.fault("an unknown version of an outcome") }
        switch try reader.uint8() {
        case 1: self = .committed(SnapshotID(try reader.bytes32()))
        case 2: self = .aborted(try RunIdentity(from: &reader))
        default: throw reader.fault("an unknown outcome")
        }
        try reader.expectEnd()
    }
}
