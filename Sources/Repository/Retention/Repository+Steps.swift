import Storage
import SystemInterface

/// Single steps of the protocol, for tests of what is left when whoever takes them goes no further.
extension Repository {
    /// Creates the next tombstone of a snapshot that is live, and does not look for holds.
    package func claimedTombstone(
        of snapshot: SnapshotID, entropy: any EntropySource
    ) throws(RepositoryError) -> Tombstone {
        let number = try newestNumber(in: .tombstones, of: snapshot) + 1
        let attribution = Attribution(time: .zero, userName: "", host: "", reason: "")
        let name = ObjectName(.tombstones, snapshot.bytes, number: number)
        _ = try claim(name, RetentionRecord(.tombstone, attribution), entropy: entropy)
        return Tombstone(snapshot: snapshot, number: number, attribution: attribution)
    }

    /// Creates the next hold of a snapshot, and does not look for tombstones.
    package func claimHold(of snapshot: SnapshotID, entropy: any EntropySource) throws(RepositoryError) {
        let number = try newestNumber(in: .holds, of: snapshot) + 1
        let attribution = Attribution(time: .zero, userName: "", host: "", reason: "left")
        let name = ObjectName(.holds, snapshot.bytes, number: number)
        _ = try claim(name, RetentionRecord(.hold, attribution), entropy: entropy)
    }

    /// Reads an object in `tombstones/` or `holds/`: authentic, of its place, and signed by a trusted signer.
    package func auditRetention(_ name: ObjectName) throws(RepositoryError) {
        guard try retentionRecord(name) != nil else {
            throw RepositoryError(.storage(.notFound), object: name.path, "there is no such object")
        }
    }
}
