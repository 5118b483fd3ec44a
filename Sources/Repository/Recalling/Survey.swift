import Coding
import Cryptography
import Storage

/// Holds what the storage shows against what a client has seen of it, and against what signed records vouch for.
///
/// Everything is asked for by key. docs/consistency.md tells what is concluded from what.
struct Survey {
    let repository: Repository
    /// Whether everything that is known is asked for by key, also what a listing shows.
    let isThorough: Bool
    /// What is known: what the client remembers, and what the survey adds.
    var known: Recollection
    /// How far what was found can be relied on: up to a claim that can be read.
    var head = ChainHead()
    /// The newest session and the newest generation, whether or not they can be read.
    var newestSession: UInt64 = 0
    var newestGeneration: UInt64 = 0
    /// The newest claim, once it was read.
    var newestClaim: SessionClaim?
    /// The newest generation's sweep plan, where it was read.
    var ledger: SweepPlan?
    private(set) var found: [Discrepancy] = []

    init(_ repository: Repository, _ known: Recollection, isThorough: Bool) {
        self.repository = repository
        self.known = known
        self.isThorough = isThorough
    }

    /// Goes through everything that is known. Throws what the storage throws, and nothing because of what it shows.
    mutating func run() throws(RepositoryError) {
        for name in known.contradictions.sorted() { report(.other, name) }
        try surveySessions()
        try surveyRetention()
        try surveySnapshots()
    }

    // MARK: What is found

    mutating func report(_ kind: Discrepancy.Kind, _ name: ObjectName, _ what: String? = nil) {
        let discrepancy = Discrepancy(kind, name.path, what ?? Self.words(name))
        if !found.contains(where: { $0.object == discrepancy.object }) { found.append(discrepancy) }
    }

    /// Whether there is such an object. What has its name and cannot be looked at is reported as damaged, and is there: so is
    /// one that is read and cannot be.
    mutating func contains(_ name: ObjectName) throws(RepositoryError) -> Bool {
        do {
            return try repository.contains(name)
        } catch {
            guard error.code == .storage(.ioFailure) else { throw error }
            report(.damaged, name)
            return true
        }
    }

    /// The stored bytes of a record that must be there, held against the digest that is known of it; nil, and reported, if
    /// they are not there.
    ///
    /// Bytes that cannot be read are damaged, and no sign of anything else. They are nobody's word, so their digest is not
    /// remembered: else the good bytes would look like others once they are back.
    mutating func record(
        _ name: ObjectName, expecting expected: Bytes32? = nil
    ) throws(RepositoryError) -> [UInt8]? {
        let bytes: [UInt8]?
        do throws(RepositoryError) {
            bytes = try repository.readIfPresent(name)
        } catch {
            guard error.isDamage else { throw error }
            report(.damaged, name)
            return nil
        }
        guard let bytes else {
            report(.missing, name)
            return nil
        }
        let digest = SHA256.hash(bytes.span)
        let isAuthentic = repository.isAuthenticRecord(bytes, as: name)
        guard digest == expected ?? digest, digest == known.records[name] ?? digest else {
            report(isAuthentic ? .other : .damaged, name)
            return nil
        }
        if isAuthentic { known.note(name, digest) }
        return bytes
    }

    /// What a record says; nil, and reported, if it is damaged.
    mutating func decode<Record>(
        _ bytes: [UInt8], _ name: ObjectName, _ decode: ([UInt8]) throws(CodingError) -> Record
    ) throws(RepositoryError) -> Record? {
        do throws(RepositoryError) {
            return try repository.openRecord(bytes, as: name, decode)
        } catch {
            guard error.isDamage || error.code == .unsupportedVersion else { throw error }
            report(.damaged, name)
            return nil
        }
    }

    private static func words(_ name: ObjectName) -> String {
        let number = name.number ?? 0
        let snapshot = name.id.map { SnapshotID($0).short } ?? ""
        return switch (name.folder, name.part) {
        case (.sessions, .outcome?): "how session \(number) ended"
        case (.sessions, _): "session \(number)"
        case (.quarantine, .sweep?): "what garbage collection \(number) deletes"
        case (.quarantine, .closed?): "the end of garbage collection \(number)"
        case (.quarantine, _): "garbage collection \(number)"
        case (.tombstones, .final?): "the end of tombstone \(number) of snapshot \(snapshot)"
        case (.tombstones, _): "tombstone \(number) of snapshot \(snapshot)"
        case (.holds, .released?): "the release of hold \(snapshot).\(number)"
        case (.holds, _): "hold \(snapshot).\(number)"
        default: name.path
        }
    }
}
