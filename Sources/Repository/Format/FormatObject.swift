import Chunking
import Coding
import Cryptography

/// The object `format`: what anyone may know of a repository, in clear.
///
/// Its SHA-256 stands in every keyring, so a changed one is noticed as soon as a key slot opens.
struct FormatObject: Hashable, Sendable {
    /// What says that a directory holds a repository.
    static let signature = "PastFS repository"

    let version: UInt16
    let repository: RepositoryID
    let chunker: ChunkerParameters
    /// The SHA-256 of the object as stored.
    let digest: Bytes32

    private struct Document: Codable {
        struct Chunker: Codable {
            let minimumBytes: Int
            let averageBytes: Int
            let maximumBytes: Int
        }
        let format: String
        let version: Int
        let repository: String
        let chunker: Chunker
    }

    /// Only what every version must say: read first, so that a newer version is told from damage.
    private struct Heading: Decodable {
        let format: String
        let version: Int
    }

    /// Decodes the object as stored.
    init(decoding bytes: [UInt8]) throws(RepositoryError) {
        guard bytes.count <= Limits.formatBytesMax else {
            throw Self.damaged("it is over \(Limits.formatBytesMax) bytes long")
        }
        let heading = try JSONDocument.decode(Heading.self, from: bytes, object: "format")
        guard heading.format == Self.signature else { throw Self.damaged("it does not say \"\(Self.signature)\"") }
        guard heading.version <= Int(FormatVersion.current) else {
            throw RepositoryError(
                .unsupportedVersion, object: "format",
                "the repository has format version \(heading.version), and this program reads version "
                    + "\(FormatVersion.current) at most")
        }
        guard heading.version == Int(FormatVersion.current) else {
            throw Self.damaged("there is no format version \(heading.version)")
        }
        let document = try JSONDocument.decode(Document.self, from: bytes, object: "format")
        guard let repository = RepositoryID(hexadecimal: document.repository) else {
            throw Self.damaged("the repository's identifier is not 32 hexadecimal digits")
        }
        do {
            chunker = try ChunkerParameters(
                minimumBytes: document.chunker.minimumBytes, averageBytes: document.chunker.averageBytes,
                maximumBytes: document.chunker.maximumBytes)
        } catch {
            throw Self.damaged("the chunker's parameters are impossible")
        }
        version = FormatVersion.current
        self.repository = repository
        digest = SHA256.hash(bytes.span)
    }

    /// Whether `bytes` are such an object, of whatever version, and whether or not all that is in it makes sense.
    static func isOne(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= Limits.formatBytesMax else { return false }
        return (try? JSONDocument.decode(Heading.self, from: bytes, object: "format"))?.format == signature
    }

    /// A new repository's object, as it is to be stored.
    static func encode(repository: RepositoryID, chunker: ChunkerParameters) throws(RepositoryError) -> [UInt8] {
        try JSONDocument.encode(
            Document(
                format: signature, version: Int(FormatVersion.current), repository: repository.description,
                chunker: .init(
                    minimumBytes: chunker.minimumBytes, averageBytes: chunker.averageBytes,
                    maximumBytes: chunker.maximumBytes)))
    }

    private static func damaged(_ reason: String) -> RepositoryError {
        RepositoryError(.damaged, object: "format", reason)
    }
}
