import Coding

/// The SHA-256 of the stored bytes of a generation's records, as far as somebody has seen them.
package struct GenerationDigests: Hashable, Sendable {
    /// Of `quarantine/<g>`.
    package var plan: Bytes32?
    /// Of `quarantine/<g>.sweep`.
    package var sweep: Bytes32?
    /// Of `quarantine/<g>.closed`.
    package var closed: Bytes32?

    /// Nothing was seen.
    package init() {}

    /// Whether all three were seen: then nothing is added any more.
    var isComplete: Bool { plan != nil && sweep != nil && closed != nil }

    func encode(to writer: inout ByteWriter) {
        let digests = [plan, sweep, closed]
        writer.uint8(digests.enumerated().reduce(0) { $0 | ($1.element == nil ? 0 : 1 << UInt8($1.offset)) })
        for digest in digests { if let digest { writer.bytes32(digest) } }
    }

    init(from reader: inout ByteReader) throws(CodingError) {
        let flags = try reader.uint8()
        guard flags < 8 else { throw reader.fault("unknown parts of a generation") }
        if flags & 1 != 0 { plan = try reader.bytes32() }
        if flags & 2 != 0 { sweep = try reader.bytes32() }
        if flags & 4 != 0 { closed = try reader.bytes32() }
    }
}
