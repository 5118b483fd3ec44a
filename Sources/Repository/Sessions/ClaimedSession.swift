import Coding
import Storage
import SystemInterface

/// A writer's run as everybody sees it: claimed before the writer looks at anything, ended by one outcome.
struct ClaimedSession: Sendable {
    /// Its number.
    let number: UInt64
    private let repository: Repository
    private let identity: RunIdentity
    private let entropy: any EntropySource

    /// Claims the first number that is free. Of two writers that want one number, one wins it.
    init(
        claimingIn repository: Repository, identity: RunIdentity, entropy: any EntropySource
    ) throws(RepositoryError) {
        self.repository = repository
        self.identity = identity
        self.entropy = entropy
        // Asked before the claim exists: a collector of any later generation waits for this run, or ends it.
        let nonce = entropy.bytes(SessionClaim.nonceBytes)
        let generation = try repository.newestGeneration()
        while true {
            let number = try repository.newestSession() + 1
            let link = try repository.link(after: number - 1, knowing: generation)
            let claim = SessionClaim(nonce: nonce, generation: generation, identity: identity, link: link)
            let name = ObjectName(.sessions, number: number)
            let bytes = try repository.sealRecord(claim.encode(), as: name, entropy)
            if case .won = try repository.createFirst(name, bytes) {
                repository.noteOwn(claim, number, bytes)
                self.number = number
                return
            }
        }
    }

    /// Commits the snapshot whose object has these bytes. When this returns, it is published.
    ///
    /// Throws `.fenced` if somebody has ended the run before: then it is as if it never was. After any other error the
    /// snapshot is committed or not; if it is, the next collector publishes it.
    func commit(_ snapshot: SnapshotID, _ bytes: [UInt8]) throws(RepositoryError) {
        let pending = ObjectName(.sessions, number: number, part: .snapshot)
        guard case .won = try repository.createFirst(pending, bytes) else {
            throw RepositoryError(.damaged, object: pending.path, "somebody else has written it")
        }
        switch try repository.end(session: number, .committed(snapshot), entropy: entropy) {
        case .committed(snapshot): break
        case .committed:
            throw RepositoryError(
                .damaged, object: ObjectName(.sessions, number: number, part: .outcome).path,
                "it names another snapshot")
        case .aborted(let other):
            let host = other.host.isEmpty ? "" : " on \(other.host)"
            throw RepositoryError(
                .fenced,
                "garbage collection\(host) has ended this run (session \(number)), which was taken for one that had died"
            )
        }
        let known = Recollection.KnownSnapshot(session: number)
        repository.state.withLock { $0.seen.note(snapshot, known) }
        try repository.publish(bytes, as: snapshot)
    }

    /// Says that the run makes no snapshot, so that nobody waits for it. A run that was committed stays committed.
    func abort() throws(RepositoryError) {
        try repository.end(session: number, .aborted(identity), entropy: entropy)
    }
}
