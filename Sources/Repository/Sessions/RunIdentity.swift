import Coding
import SystemInterface

/// Which run did something, for people: nothing is decided by it.
public struct RunIdentity: Hashable, Sendable {
    /// When the run began, by its own clock.
    public var started: Timestamp
    /// The host that it ran on.
    public var host: String
    /// Its process there.
    public var processID: UInt32

    /// A run.
    public init(
        started: Timestamp = Timestamp(seconds: 0), host: String = "", processID: UInt32 = 0
    ) {
        self.started = started
        self.host = host
        self.processID = processID
    }

    func encode(to writer: inout ByteWriter) {
        writer.timestamp(started)
        writer.text(host.utf8.count <= Limits.labelBytesMax ? host : "")
        writer.uint32(processID)
    }

    init(from reader: inout ByteReader) throws(CodingError) {
        started = try reader.timestamp()
        host = try reader.text(atMost: Limits.labelBytesMax, "a host's name")
        processID = try reader.uint32()
    }
}
