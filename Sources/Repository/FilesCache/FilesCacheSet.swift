import Coding
import SystemInterface

/// Which runs a run of the same host is compared with.
enum FilesCacheSet {
    /// The newest snapshot of these paths.
    case newest(host: String, paths: [FilePath])
    /// The newest full snapshot of these paths.
    case newestFull(host: String, paths: [FilePath])
    /// The newest snapshot whose paths were a list: the next list is another, and may share some.
    case listed(host: String)

    /// What the name of the set is a keyed hash of.
    var label: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .newest(let host, let paths): Self.write(1, host, paths, to: &writer)
        case .newestFull(let host, let paths): Self.write(2, host, paths, to: &writer)
        case .listed(let host): Self.write(3, host, [], to: &writer)
        }
        return writer.bytes
    }

    private static func write(_ kind: UInt8, _ host: String, _ paths: [FilePath], to writer: inout ByteWriter) {
        writer.uint8(kind)
        writer.text(host)
        writer.varint(UInt64(paths.count))
        for path in paths { writer.sizedBytes(path.bytes) }
    }
}
