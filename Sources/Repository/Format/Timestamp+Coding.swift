import Coding
import SystemInterface

/// How manifests and records hold a moment: seconds (signed varint) ‖ nanoseconds (4 bytes).
extension ByteWriter {
    mutating func timestamp(_ time: Timestamp) {
        signedVarint(time.seconds)
        uint32(time.nanoseconds)
    }
}

extension ByteReader {
    mutating func timestamp() throws(CodingError) -> Timestamp {
        let seconds = try signedVarint()
        let nanoseconds = try uint32()
        guard nanoseconds < Timestamp.nanosecondsPerSecond else { throw fault("too many nanoseconds") }
        return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    }
}
