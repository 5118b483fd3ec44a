import Coding

/// What a session's claim says of what its writer saw: the claims form a chain, and whoever sees one of them notices
/// what is missing of all that it vouches for. docs/consistency.md tells what is concluded from it.
package struct ChainLink: Hashable, Sendable {
    /// The SHA-256 of the stored bytes of the claim before; zeros for session 1.
    package var previous: Bytes32 = Bytes32.zero
    /// What somebody has accepted the loss of: it is not vouched for.
    package var accepted = AcceptedLoss()
    /// The outcomes that the writer saw and that no claim before vouches for: the SHA-256 of their stored bytes.
    package var outcomes: [UInt64: Bytes32] = [:]
    /// The sessions before this one that no claim vouches for the outcome of: they had none when last somebody looked.
    package var open: Set<UInt64> = []
    /// The records of the newest generation that the writer knew before it claimed.
    package var generation = GenerationDigests()

    init() {}

    func encode(to writer: inout ByteWriter) {
        writer.bytes32(previous)
        accepted.encode(to: &writer)
        generation.encode(to: &writer)
        writer.varint(UInt64(outcomes.count))
        for (session, digest) in outcomes.sorted(by: { $0.key < $1.key }) {
            writer.varint(session)
            writer.bytes32(digest)
        }
        writer.varint(UInt64(open.count))
        for session in open.sorted() { writer.varint(session) }
    }

    init(from reader: inout ByteReader) throws(CodingError) {
        previous = try reader.bytes32()
        accepted = try AcceptedLoss(from: &reader)
        generation = try GenerationDigests(from: &reader)
        var last: UInt64 = 0
        for _ in 0..<(try Self.count(&reader, Bytes32.count + 1)) {
            last = try Self.session(&reader, after: last)
            outcomes[last] = try reader.bytes32()
        }
        last = 0
        for _ in 0..<(try Self.count(&reader, 1)) {
            last = try Self.session(&reader, after: last)
            open.insert(last)
        }
    }

    private static func count(_ reader: inout ByteReader, _ minimumBytes: Int) throws(CodingError) -> Int {
        let count = try reader.count(minimumBytes: minimumBytes, "the number of sessions")
        guard count <= Limits.openSessionsMax + 1 else { throw reader.fault("too many sessions") }
        return count
    }

    private static func session(_ reader: inout ByteReader, after last: UInt64) throws(CodingError) -> UInt64 {
        let session = try reader.varint(atMost: Limits.runNumberMax, "a session")
        guard session > last else { throw reader.fault("sessions are out of order") }
        return session
    }
}
