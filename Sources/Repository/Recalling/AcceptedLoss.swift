import Coding

/// Up to where somebody has accepted that something may be missing.
package struct AcceptedLoss: Hashable, Sendable {
    /// What sessions up to this one have left may be missing; 0 for nothing.
    package var session: UInt64 = 0
    /// What generations up to this one have left may be missing; 0 for nothing.
    package var generation: UInt64 = 0

    init(session: UInt64 = 0, generation: UInt64 = 0) {
        self.session = session
        self.generation = generation
    }

    /// What both accept.
    func union(_ other: AcceptedLoss) -> AcceptedLoss {
        AcceptedLoss(session: max(session, other.session), generation: max(generation, other.generation))
    }

    func encode(to writer: inout ByteWriter) {
        writer.varint(session)
        writer.varint(generation)
    }

    init(from reader: inout ByteReader) throws(CodingError) {
        session = try reader.varint(atMost: Limits.runNumberMax, "a session")
        generation = try reader.varint(atMost: Limits.runNumberMax, "a generation")
    }
}
