import Coding
import Storage

/// The form of a recollection, as docs/security.md describes it: canonical, and hostile when it is read.
extension Recollection {
    private static let encodingVersion: UInt8 = 1

    func encode() -> [UInt8] {
        var writer = ByteWriter(capacity: 64 + 64 * (records.count + snapshots.count))
        writer.uint8(Self.encodingVersion)
        accepted.encode(to: &writer)
        writer.varint(UInt64(records.count))
        for (name, digest) in records.sorted(by: { $0.key < $1.key }) {
            writer.text(name.path)
            writer.bytes32(digest)
        }
        writer.varint(UInt64(snapshots.count))
        for (snapshot, known) in snapshots.sorted(by: { $0.key < $1.key }) {
            writer.bytes32(snapshot.bytes)
            writer.varint(known.session)
            writer.uint8(known.startedSeconds == nil ? 0 : 1)
            if let seconds = known.startedSeconds { writer.signedVarint(seconds) }
        }
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = ByteReader(bytes)
        guard try reader.uint8() == Self.encodingVersion else { throw reader.fault("an unknown version") }
        accepted = try AcceptedLoss(from: &reader)
        var last: ObjectName?
        for _ in 0..<(try reader.count(minimumBytes: Bytes32.count + 1, "the number of records")) {
            let path = try reader.text(atMost: Self.pathBytesMax, "a record's path")
            guard let name = ObjectName(path: path), name.number != nil, last.map({ $0 < name }) ?? true else {
                throw reader.fault("records are out of order")
            }
            records[name] = try reader.bytes32()
            last = name
        }
        var previous: SnapshotID?
        for _ in 0..<(try reader.count(minimumBytes: Bytes32.count + 2, "the number of snapshots")) {
            let snapshot = SnapshotID(try reader.bytes32())
            guard previous.map({ $0 < snapshot }) ?? true else { throw reader.fault("snapshots are out of order") }
            var known = KnownSnapshot(session: try reader.varint(atMost: Limits.runNumberMax, "a session"))
            switch try reader.uint8() {
            case 0: break
            case 1: known.startedSeconds = try reader.signedVarint()
            default: throw reader.fault("a flag is neither 0 nor 1")
            }
            snapshots[snapshot] = known
            previous = snapshot
        }
        try reader.expectEnd()
    }

    private static let pathBytesMax = 128
}
