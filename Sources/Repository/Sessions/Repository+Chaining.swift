import Coding
import Cryptography
import Storage

/// How each claim vouches for what its writer saw: docs/consistency.md.
extension Repository {
    /// What the claim behind session `previous` is to say, whose writer knows `generation`.
    ///
    /// Reads the claim of `previous`, the outcomes that it does not vouch for, and what it does not vouch for of the
    /// generation: two small objects where runs follow one another. Nobody vouches for bytes that are damaged, lest the good
    /// ones look like others once they are back; only the claim before, which has to be named, is chained as it is where
    /// this client has not seen it whole.
    func link(after previous: UInt64, knowing generation: UInt64) throws(RepositoryError) -> ChainLink {
        let accepted = state.withLock { $0.seen.accepted }
        var link = ChainLink()
        link.accepted = accepted
        var digests = GenerationDigests()
        if previous > 0 {
            let name = ObjectName(.sessions, number: previous)
            var before: SessionClaim?
            if let (claim, digest) = knownClaim(previous) {
                before = claim
                link.previous = digest
            } else if let bytes = try bytesUnlessAccepted(name, previous <= accepted.session) {
                link.previous = previousDigest(name, bytes)
                before = try? openRecord(bytes, as: name, SessionClaim.init(decoding:))
            }
            if let earlier = before?.link.accepted { link.accepted = accepted.union(earlier) }
            var open = before?.link.open ?? []
            open.insert(previous)
            for session in open.sorted().suffix(Limits.openSessionsMax) where session > link.accepted.session {
                if let digest = try outcomeDigest(of: session) {
                    link.outcomes[session] = digest
                } else {
                    link.open.insert(session)
                }
            }
            // What somebody has accepted the loss of is not vouched for once more.
            if let before, before.generation == generation, generation > accepted.generation {
                digests = before.link.generation
            }
        }
        link.generation = try complete(digests, of: generation)
        return link
    }

    /// The claim up to which the chain was followed just now, if it is that of `session`.
    private func knownClaim(_ session: UInt64) -> (SessionClaim, Bytes32)? {
        state.withLock { state in
            guard let head = state.head, head.session == session, let claim = head.claim,
                let digest = state.seen.records[ObjectName(.sessions, number: session)]
            else { return nil }
            return (claim, digest)
        }
    }

    /// The digest by which the claim before is named: of its bytes, or where those are damaged, the one that was seen.
    private func previousDigest(_ name: ObjectName, _ bytes: [UInt8]) -> Bytes32 {
        if isAuthenticRecord(bytes, as: name) { return noteSeen(name, bytes) }
        return state.withLock { $0.seen.records[name] } ?? SHA256.hash(bytes.span)
    }

    /// The bytes of a record, or nil if it is not there. Damaged ones are read once more: a storage that gives wrong bytes
    /// once must not have them vouched for.
    private func recordBytes(_ name: ObjectName) throws(RepositoryError) -> [UInt8]? {
        guard let bytes = try readIfPresent(name) else { return nil }
        return isAuthenticRecord(bytes, as: name) ? bytes : try readIfPresent(name)
    }

    /// The bytes of an object that must be there, or nil where somebody has accepted that it may not be.
    private func bytesUnlessAccepted(_ name: ObjectName, _ isAccepted: Bool) throws(RepositoryError) -> [UInt8]? {
        do {
            if let bytes = try recordBytes(name) { return bytes }
        } catch {
            guard isAccepted, error.isDamage else { throw error }
        }
        guard isAccepted else { throw RepositoryError(.damaged, object: name.path, "it is missing") }
        return nil
    }

    private func outcomeDigest(of session: UInt64) throws(RepositoryError) -> Bytes32? {
        try recordDigest(ObjectName(.sessions, number: session, part: .outcome))
    }

    /// The digests of a generation's records: those that are known, and those of what is there besides.
    func complete(
        _ known: GenerationDigests, of generation: UInt64
    ) throws(RepositoryError) -> GenerationDigests {
        guard generation > 0 else { return GenerationDigests() }
        var digests = known
        if digests.plan == nil { digests.plan = try recordDigest(ObjectName(.quarantine, number: generation)) }
        if digests.sweep == nil {
            digests.sweep = try sweepDigest(of: generation)
        }
        if digests.closed == nil {
            digests.closed = try recordDigest(ObjectName(.quarantine, number: generation, part: .closed))
        }
        return digests
    }

    /// The digests of the records of a generation, as they are there now, nil for one that is damaged; all of them nil for
    /// generation 0.
    package func digests(ofGeneration generation: UInt64) throws(RepositoryError) -> GenerationDigests {
        try complete(GenerationDigests(), of: generation)
    }

    /// The SHA-256 of the stored bytes of a session's claim; zeros for session 0, and for one that is damaged.
    package func claimDigest(_ session: UInt64) throws(RepositoryError) -> Bytes32 {
        guard session > 0 else { return .zero }
        return try recordDigest(ObjectName(.sessions, number: session)) ?? .zero
    }

    /// The digest of a sweep plan; of its copy, which has the same bytes, where the storage does not give it.
    private func sweepDigest(of generation: UInt64) throws(RepositoryError) -> Bytes32? {
        let name = ObjectName(.quarantine, number: generation, part: .sweep)
        if let digest = try recordDigest(name) { return digest }
        return (try? copyOfSweepPlan(generation)).flatMap { noteSeen(name, $0.bytes) }
    }

    /// The digest of a record that was seen, or is there; nil where it is not, is damaged, or a disk does not give it.
    private func recordDigest(_ name: ObjectName) throws(RepositoryError) -> Bytes32? {
        if let seen = state.withLock({ $0.seen.records[name] }) { return seen }
        do {
            guard let bytes = try recordBytes(name), isAuthenticRecord(bytes, as: name) else { return nil }
            return noteSeen(name, bytes)
        } catch {
            guard error.isUnreadable else { throw error }
            return nil
        }
    }

    /// Notes the claim of this process: it vouches for all before it if the chain was followed up to there.
    func noteOwn(_ claim: SessionClaim, _ number: UInt64, _ bytes: [UInt8]) {
        noteSeen(ObjectName(.sessions, number: number), bytes)
        state.withLock { state in
            state.sessionKnown = max(state.sessionKnown, number)
            guard let head = state.head, head.session == number - 1 else { return }
            state.head = ChainHead(session: number, claim: claim, generation: head.generation)
        }
    }

    /// Notes that the object, which stays for ever, is there with these bytes, and returns their digest. They must be
    /// authentic: what is noted once must be there for ever.
    @discardableResult
    func noteSeen(_ name: ObjectName, _ bytes: [UInt8]) -> Bytes32 {
        let digest = SHA256.hash(bytes.span)
        state.withLock { $0.seen.note(name, digest) }
        return digest
    }
}
