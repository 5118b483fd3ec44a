import Coding

/// What `quarantine/<g>` says: what would go. It decides nothing but what may not be reused from now on.
package struct QuarantinePlan: Hashable, Sendable {
    /// A tombstone that is meant.
    package struct Tombstone: Hashable, Comparable, Sendable {
        /// The snapshot that is to go.
        package let snapshot: SnapshotID
        /// Which of its tombstones.
        package let number: UInt64

        package init(snapshot: SnapshotID, number: UInt64) {
            self.snapshot = snapshot
            self.number = number
        }

        package static func < (left: Tombstone, right: Tombstone) -> Bool {
            (left.snapshot, left.number) < (right.snapshot, right.number)
        }
    }

    private static let encodingVersion: UInt8 = 1

    /// The packs that would go, ascending.
    package let packs: [Bytes32]
    /// The tombstones that are meant, ascending.
    package let tombstones: [Tombstone]
    /// Who made it.
    package let identity: RunIdentity
    /// The records of the generation before, all of which were there.
    package let previous: GenerationDigests

    package init(
        packs: [Bytes32], tombstones: [Tombstone], identity: RunIdentity,
        previous: GenerationDigests = GenerationDigests()
    ) {
        self.previous = previous
        self.packs = packs.sorted()
        self.tombstones = tombstones.sorted()
        self.identity = identity
    }

    func encode() -> [UInt8] {
        var writer = ByteWriter(capacity: 64 + packs.count * Bytes32.count)
        writer.uint8(Self.encodingVersion)
        identity.encode(to: &writer)
        previous.encode(to: &writer)
        writer.ascending(packs)
        writer.varint(UInt64(tombstones.count))
        for tombstone in tombstones {
            writer.bytes32(tombstone.snapshot.bytes)
            writer.varint(tombstone.number)
        }
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = ByteReader(bytes)
        guard try reader.uint8() == Self.encodingVersion else { throw reader.fault("an unknown version of a plan") }
        identity = try RunIdentity(from: &reader)
        previous = try GenerationDigests(from: &reader)
        packs = try reader.ascending("the number of packs")
        let count = try reader.count(minimumBytes: Bytes32.count + 1, "the number of tombstones")
        var tombstones: [Tombstone] = []
        for _ in 0..<count {
            let tombstone = Tombstone(
                snapshot: SnapshotID(try reader.bytes32()),
                number: try reader.varint(atMost: Limits.runNumberMax, "a tombstone"))
            guard tombstone.number > 0, tombstones.last.map({ $0 < tombstone }) ?? true else {
                throw reader.fault("tombstones are out of order")
            }
            tombstones.append(tombstone)
        }
        self.tombstones = tombstones
        try reader.expectEnd()
    }
}

extension ByteWriter {
    /// Appends identifiers, which must ascend, behind their count.
    mutating func ascending(_ ids: [Bytes32]) {
        varint(UInt64(ids.count))
        for id in ids { bytes32(id) }
    }
}

extension ByteReader {
    /// Identifiers behind their count, each above the one before; `name` says what is counted.
    mutating func ascending(_ name: StaticString) throws(CodingError) -> [Bytes32] {
        let count = try count(minimumBytes: Bytes32.count, name)
        var ids: [Bytes32] = []
        ids.reserveCapacity(count)
        for _ in 0..<count {
            let id = try bytes32()
            guard ids.last.map({ $0 < id }) ?? true else { throw fault("identifiers are out of order") }
            ids.append(id)
        }
        return ids
    }
}
