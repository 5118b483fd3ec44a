import Coding

/// The 28 bytes in clear that begin every pack, index segment, snapshot, tombstone and hold, and that bind what is sealed behind them.
///
/// | offset | bytes | what                                        |
/// |-------:|------:|---------------------------------------------|
/// |      0 |     8 | `PastFSpk`, `PastFSix`, `PastFSsn`, `PastFSrt` |
/// |      8 |     2 | format version                              |
/// |     10 |     1 | a pack's kind (1 content, 2 metadata), or 0 |
/// |     11 |     1 | 0                                           |
/// |     12 |    16 | the repository's identifier                 |
enum ObjectHeader {
    static let count = 28

    enum Kind: String {
        case pack = "PastFSpk"
        case indexSegment = "PastFSix"
        case snapshot = "PastFSsn"
        case retention = "PastFSrt"
        case session = "PastFSse"
        /// No object: what a client remembers of a repository.
        case recollection = "PastFSme"
    }

    static func encode(_ kind: Kind, packKind: PackKind? = nil, repository: RepositoryID) -> [UInt8] {
        var writer = ByteWriter(capacity: count)
        writer.append(kind.rawValue.utf8)
        writer.uint16(FormatVersion.current)
        writer.uint8(packKind?.rawValue ?? 0)
        writer.uint8(0)
        writer.append(repository.bytes)
        return writer.bytes
    }

    /// Checks the header at the reader's position and returns a pack's kind.
    static func decode(
        _ kind: Kind, from reader: inout ByteReader, repository: RepositoryID, object: String
    ) throws(RepositoryError) -> PackKind? {
        do {
            guard try reader.bytes(8) == Array(kind.rawValue.utf8) else {
                throw reader.fault("it does not begin with \"\(kind.rawValue)\"")
            }
            let version = try reader.uint16()
            guard version <= FormatVersion.current else {
                throw RepositoryError(
                    .unsupportedVersion, object: object, "it has format version \(version), which is newer")
            }
            guard version == FormatVersion.current else { throw reader.fault("there is no format version \(version)") }
            let packKind = try reader.uint8()
            guard try reader.uint8() == 0 else { throw reader.fault("a reserved byte is not 0") }
            guard try reader.bytes(RepositoryID.count) == repository.bytes else {
                throw reader.fault("it belongs to another repository")
            }
            guard kind == .pack else {
                guard packKind == 0 else { throw reader.fault("a reserved byte is not 0") }
                return nil
            }
            guard let value = PackKind(rawValue: packKind) else { throw reader.fault("no pack has kind \(packKind)") }
            return value
        } catch let error as RepositoryError {
            throw error
        } catch {
            throw RepositoryError(.damaged, object: object, "\(error)")
        }
    }
}
