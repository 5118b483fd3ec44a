import Coding
import Cryptography
import SystemInterface

/// Where a client keeps what it has seen of one repository: the file `seen` in a directory of its own.
///
/// `header (28) ‖ fingerprint of the keys (32) ‖ box(recollection)`. The box is sealed under the index key, which every
/// role has, so that a changed file is no recollection.
public struct RecollectionFile: Sendable {
    /// What a client remembers of a repository that it opens.
    public enum Content: Sendable {
        /// Nothing: it is opened for the first time.
        case none
        /// What was seen before.
        case remembered(Recollection)
        /// The repository had other keys when it was opened the last time.
        case otherKeys
        /// What was kept cannot be read; why.
        case unreadable(String)
    }

    package static let file = "seen"

    private let directory: StateDirectory
    private let repository: Repository

    /// The file for `repository` below `stateDirectory`, which need not exist.
    public init(stateDirectory: FilePath, repository: Repository) {
        directory = StateDirectory(path: stateDirectory.appending(repository.id.description))
        self.repository = repository
    }

    /// What is remembered.
    public func read() -> Content {
        do {
            guard let bytes = try directory.read(Self.file, atMost: Limits.recollectionBytesMax) else { return .none }
            return try decode(bytes)
        } catch {
            return .unreadable("\(error)")
        }
    }

    /// Adds `recollection` to what is kept, durably. What another process has kept meanwhile stays.
    ///
    /// With `replacing` nothing stays. Returns the records of which another process has seen other contents: then nothing
    /// is kept. Throws `.internalFailure` where nothing can be written.
    @discardableResult
    public func write(
        _ recollection: Recollection, replacing: Bool = false, entropy: any EntropySource
    ) throws(RepositoryError) -> [Discrepancy] {
        var contradictions: [Discrepancy] = []
        do {
            try directory.replace(Self.file, atMost: Limits.recollectionBytesMax) { bytes in
                guard !replacing, let bytes, case .remembered(let kept) = try? decode(bytes) else {
                    return try encode(recollection, entropy)
                }
                var merged = kept
                merged.merge(recollection)
                contradictions = merged.contradictions.sorted().map { Discrepancy(.other, $0.path, $0.path) }
                guard contradictions.isEmpty else { return nil }
                merged = repository.compacted(merged)
                return merged == kept ? nil : try encode(merged, entropy)
            }
        } catch let error as RepositoryError {
            throw error
        } catch {
            throw RepositoryError(.internalFailure, "\(error)")
        }
        return contradictions
    }

    private func encode(_ recollection: Recollection, _ entropy: any EntropySource) throws(RepositoryError) -> [UInt8] {
        try seal(recollection.encode(), salt: entropy.bytes(SealedBox.saltBytes))
    }

    /// The file's bytes that say `record`.
    func seal(_ record: [UInt8], salt: [UInt8]) throws(RepositoryError) -> [UInt8] {
        var output = ObjectHeader.encode(.recollection, repository: repository.id) + fingerprint
        try SealedBox.seal(
            record.span, master: repository.indexHash, context: .recollection, salt: salt, associatedData: output,
            appendingTo: &output)
        return output
    }

    private func decode(_ bytes: [UInt8]) throws(RepositoryError) -> Content {
        let place = directory.path.appending(Self.file).description
        var reader = ByteReader(bytes)
        _ = try ObjectHeader.decode(.recollection, from: &reader, repository: repository.id, object: place)
        let clearBytes = ObjectHeader.count + Bytes32.count
        guard bytes.count >= clearBytes else { throw RepositoryError(.damaged, object: place, "it is cut off") }
        guard Array(bytes[ObjectHeader.count..<clearBytes]) == fingerprint else { return .otherKeys }
        let message = try SealedBox.open(
            bytes.span.extracting(clearBytes..<bytes.count), master: repository.indexHash, context: .recollection,
            associatedData: Array(bytes[..<clearBytes]), object: place, "what is remembered")
        do {
            return .remembered(try Recollection(decoding: message))
        } catch {
            throw RepositoryError(.damaged, object: place, "\(error)")
        }
    }

    /// What tells the repository's keys from others: the same for every role.
    private var fingerprint: [UInt8] {
        let keyring = repository.keyring
        let keys = keyring.formatDigest.bytes + keyring.contentPublicKey.bytes + keyring.metadataPublicKey.bytes
        return SHA256.hash(keys.span).bytes
    }
}
