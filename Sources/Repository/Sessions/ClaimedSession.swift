import Coding
import Storage
import SystemInterface

/// A writer's run as everybody sees it: claimed before the writer looks at anything, ended by one outcome.
package struct ClaimedSession: Sendable {
    /// Its number.
    package let number: UInt64
    private let repository: Repository
    private let identity: RunIdentity
    private let entropy: any EntropySource

    /// Claims the first number that is free. Of two writers that want one number, one wins it.
    package init(
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
        case .aborted(let other): throw fenced(by: other)
        }
        let known = Recollection.KnownSnapshot(session: number)
        repository.state.withLock { $0.seen.note(snapshot, known) }
        try repository.publish(bytes, as: snapshot)
    }

    /// Ends a run that makes no snapshot.
    ///
    /// When this returns, no collector has decided on anything since the run was claimed that the run did not know of, and
    /// whoever decides from now on sees what it has stored. Throws `.fenced` if somebody has ended the run before.
    package func finish() throws(RepositoryError) {
        let name = ObjectName(.sessions, number: number, part: .outcome)
        let bytes = try repository.sealRecord(SessionOutcome.aborted(identity).encode(), as: name, entropy)
        guard case .taken(let stored) = try repository.createFirst(name, bytes) else { return }
        guard case .aborted(let other) = try repository.openRecord(stored, as: name, SessionOutcome.init(decoding:))
        else { throw RepositoryError(.damaged, object: name.path, "it names a snapshot, and the run made none") }
        throw fenced(by: other)
    }

    /// Throws `.fenced` if somebody has ended the run.
    package func requireOpen() throws(RepositoryError) {
        switch try repository.sessionOutcome(number) {
        case nil: return
        case .aborted(let other)?: throw fenced(by: other)
        case .committed?:
            throw RepositoryError(
                .damaged, object: ObjectName(.sessions, number: number, part: .outcome).path,
                "it names a snapshot, and the run made none")
        }
    }

    private func fenced(by other: RunIdentity) -> RepositoryError {
        let host = other.host.isEmpty ? "" : " on \(other.host)"
        return RepositoryError(
            .fenced,
            "garbage collection\(host) has ended this run (session \(number)), which was taken for one that had died")
    }

    /// Says that the run makes no snapshot, so that nobody waits for it. A run that was committed stays committed.
    package func abort() throws(RepositoryError) {
        try repository.end(session: number, .aborted(identity), entropy: entropy)
    }
}
