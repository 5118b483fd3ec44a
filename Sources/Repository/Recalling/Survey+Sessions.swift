import Coding
import Storage

extension Survey {
    /// Follows the chain of claims from the session that is known to the newest, then asks for the outcomes.
    ///
    /// Whoever knows no session begins behind the newest ledger, behind what somebody has accepted, or
    /// `Limits.chainedSessionsMax` sessions back, whatever comes last.
    mutating func surveySessions() throws(RepositoryError) {
        let followed = known.followedSession
        var start: UInt64?
        if followed > 0, let bytes = try record(ObjectName(.sessions, number: followed)) {
            start = followed
            newestClaim = try decode(bytes, ObjectName(.sessions, number: followed), SessionClaim.init(decoding:))
            advance(to: followed, newestClaim)
        }
        let newest = try findNewestSession(beginningAt: start ?? 0)
        newestSession = newest
        for (name, _) in known.records where name.folder == .sessions && name.part == nil {
            guard let number = name.number, number > newest else { continue }
            report(.missing, name)
        }
        if newest > start ?? 0 {
            let name = ObjectName(.sessions, number: newest)
            newestClaim = try record(name).flatMap { bytes throws(RepositoryError) in
                try decode(bytes, name, SessionClaim.init(decoding:))
            }
        }
        if let accepted = newestClaim?.link.accepted { known.accepted = known.accepted.union(accepted) }
        // What is accepted to be lost is not vouched for by claims of before.
        let isVouched = newest > known.accepted.session
        try surveyGenerations(claimed: isVouched ? newestClaim?.generation ?? 0 : 0)
        if start == nil || isThorough {
            let reach = newest > Limits.chainedSessionsMax ? newest - Limits.chainedSessionsMax : 0
            start = min(max(known.accepted.session, ledger?.settledSessions ?? 0, reach), newest)
        }
        let first = start ?? 0
        let expected = try followChain(from: first, to: newest)
        try surveyOutcomes(expected, from: first, to: newest)
        if head.session < newest { advance(to: newest, newestClaim) }
    }

    /// Notes that the chain was followed up to a claim, if that can be read: one that cannot stands for nothing before it, so
    /// what was seen up to then is kept.
    private mutating func advance(to session: UInt64, _ claim: SessionClaim?) {
        guard known.records[ObjectName(.sessions, number: session)] != nil else { return }
        head.session = session
        head.claim = claim
    }

    /// The newest session: by key from one that is there on; and, where none is known, by what a listing shows, since a gap
    /// would end the search.
    private mutating func findNewestSession(beginningAt number: UInt64) throws(RepositoryError) -> UInt64 {
        var newest = try repository.newestNumber(in: .sessions, from: number)
        guard number == 0 || isThorough else { return newest }
        let listed = try repository.objects(in: .sessions).map(\.name)
        let beyond = listed.compactMap(\.number).max() ?? 0
        guard beyond > newest else { return newest }
        for name in listed where name.number ?? 0 > newest && name.part == nil {
            guard let number = name.number, try contains(name) else { continue }
            newest = max(newest, number)
        }
        // What is left of a session whose claim nobody shows.
        for name in listed where name.number ?? 0 > newest {
            guard let number = name.number, try contains(name) else { continue }
            report(.missing, ObjectName(.sessions, number: number))
        }
        return newest
    }

    /// Reads the claims behind `first` up to `newest`, holds each against the one before, and returns the outcomes that they
    /// vouch for.
    private mutating func followChain(
        from first: UInt64, to newest: UInt64
    ) throws(RepositoryError) -> [UInt64: Bytes32] {
        var expected: [UInt64: Bytes32] = [:]
        guard first < newest || isThorough else { return expected }
        var previous: Bytes32?
        if first > 0 {
            let name = ObjectName(.sessions, number: first)
            let isSettled = ledger.map { $0.settledSessions == first && first > known.accepted.session } ?? false
            // Zeros: whoever made the ledger could not read the claim.
            let settled = ledger?.settledClaim == .zero ? nil : ledger?.settledClaim
            previous = try record(name, expecting: isSettled ? settled : nil) == nil ? nil : known.records[name]
        }
        guard first < newest else { return expected }
        for number in first + 1...newest {
            let name = ObjectName(.sessions, number: number)
            guard let bytes = try record(name) else {
                previous = nil
                continue
            }
            let claim = try decode(bytes, name, SessionClaim.init(decoding:))
            if let claim, let previous, claim.link.previous != previous, number - 1 > known.accepted.session {
                report(.other, ObjectName(.sessions, number: number - 1))
            }
            for (session, digest) in claim?.link.outcomes ?? [:] where session > known.accepted.session {
                expected[session] = digest
            }
            previous = known.records[name]
            advance(to: number, claim)
        }
        return expected
    }

    /// Asks for the outcomes that are vouched for, those that were seen, and those that may have come since.
    private mutating func surveyOutcomes(
        _ expected: [UInt64: Bytes32], from first: UInt64, to newest: UInt64
    ) throws(RepositoryError) {
        var sessions = Set(expected.keys)
        for name in known.records.keys where name.part == .outcome {
            if let number = name.number { sessions.insert(number) }
        }
        sessions.formUnion(newestClaim?.link.open ?? [])
        if first < newest { sessions.formUnion(first + 1...newest) }
        if newest > 0 { sessions.insert(newest) }
        for session in sessions.sorted() {
            let name = ObjectName(.sessions, number: session, part: .outcome)
            let mustBe = expected[session] != nil || known.records[name] != nil
            if !mustBe, try !contains(name) { continue }
            guard let bytes = try record(name, expecting: expected[session]) else { continue }
            // One that is open still although it is there is damaged, and was told of when it was new.
            let isOld = !mustBe && session <= first && session < newest && !isThorough
            let outcome =
                isOld
                ? try? repository.openRecord(bytes, as: name, SessionOutcome.init(decoding:))
                : try decode(bytes, name, SessionOutcome.init(decoding:))
            guard case .committed(let snapshot)? = outcome else { continue }
            // What was given up stays so, although its outcome is there.
            if session <= known.accepted.session, try !repository.isThere(snapshot, ofSession: session) { continue }
            known.note(snapshot, .init(session: session))
        }
    }
}
