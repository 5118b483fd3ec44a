import Coding
import Cryptography

/// What `quarantine/<g>.sweep` says: what goes, once and for all. A pack that it names is never believed again.
package struct SweepPlan: Hashable, Sendable {
    /// A session and the snapshot that it has committed.
    package struct Commit: Hashable, Comparable, Sendable {
        /// The session's number; 0 for a snapshot that no session is known of.
        package let session: UInt64
        /// The snapshot.
        package let snapshot: SnapshotID

        package init(session: UInt64, snapshot: SnapshotID) {
            self.session = session
            self.snapshot = snapshot
        }

        package static func < (left: Commit, right: Commit) -> Bool {
            (left.session, left.snapshot) < (right.session, right.snapshot)
        }
    }

    private static let encodingVersion: UInt8 = 1

    /// The packs that go, ascending.
    package let packs: [Bytes32]
    /// The snapshots that are gone, with their sessions: all since the ledger before.
    package let snapshots: [Commit]
    /// The sessions that have ended without a snapshot, since the ledger before, ascending.
    package let abortedSessions: [UInt64]
    /// The ledger: every session up to this one has an outcome.
    package let settledSessions: UInt64
    /// The ledger: the SHA-256 of the stored bytes of that session's claim, zeros for session 0.
    package let settledClaim: Bytes32
    /// The ledger: what sessions up to that one have committed and nobody has swept.
    package let commits: [Commit]
    /// Who made it.
    package let identity: RunIdentity

    package init(
        packs: [Bytes32], snapshots: [Commit], abortedSessions: [UInt64], settledSessions: UInt64,
        settledClaim: Bytes32 = Bytes32.zero, commits: [Commit], identity: RunIdentity
    ) {
        self.settledClaim = settledClaim
        self.packs = packs.sorted()
        self.snapshots = snapshots.sorted()
        self.abortedSessions = abortedSessions.sorted()
        self.settledSessions = settledSessions
        self.commits = commits.sorted()
        self.identity = identity
    }

    /// What tells the plan from any other.
    var digest: Bytes32 { SHA256.hash(encode().span) }

    func encode() -> [UInt8] {
        var writer = ByteWriter(capacity: 64 + (packs.count + snapshots.count + commits.count) * (Bytes32.count + 2))
        writer.uint8(Self.encodingVersion)
        identity.encode(to: &writer)
        writer.ascending(packs)
        Self.encode(snapshots, to: &writer)
        writer.varint(UInt64(abortedSessions.count))
        for session in abortedSessions { writer.varint(session) }
        writer.varint(settledSessions)
        writer.bytes32(settledClaim)
        Self.encode(commits, to: &writer)
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = ByteReader(bytes)
        guard try reader.uint8() == Self.encodingVersion else { throw reader.fault("an unknown version of a plan") }
        identity = try RunIdentity(from: &reader)
        packs = try reader.ascending("the number of packs")
        snapshots = try Self.commits(&reader)
        var aborted: [UInt64] = []
        for _ in 0..<(try reader.count(minimumBytes: 1, "the number of sessions")) {
            let session = try reader.varint(atMost: Limits.runNumberMax, "a session")
            guard session > aborted.last ?? 0 else { throw reader.fault("sessions are out of order") }
            aborted.append(session)
        }
        abortedSessions = aborted
        settledSessions = try reader.varint(atMost: Limits.runNumberMax, "a session")
        settledClaim = try reader.bytes32()
        commits = try Self.commits(&reader)
        try reader.expectEnd()
    }

    private static func encode(_ commits: [Commit], to writer: inout ByteWriter) {
        writer.varint(UInt64(commits.count))
        for commit in commits {
            writer.varint(commit.session)
            writer.bytes32(commit.snapshot.bytes)
        }
    }

    private static func commits(_ reader: inout ByteReader) throws(CodingError) -> [Commit] {
        let count = try reader.count(minimumBytes: Bytes32.count + 1, "the number of snapshots")
        var commits: [Commit] = []
        commits.reserveCapacity(count)
        for _ in 0..<count {
            let commit = Commit(
                session: try reader.varint(atMost: Limits.runNumberMax, "a session"),
                snapshot: SnapshotID(try reader.bytes32()))
            guard commits.last.map({ $0 < commit }) ?? true else { throw reader.fault("snapshots are out of order") }
            commits.append(commit)
        }
        return commits
    }
}
