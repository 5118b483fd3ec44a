import Storage

/// Reading what sessions and generations say for the sake of finding damage.
extension Repository {
    /// Holds an object of `sessions/` or `quarantine/` against its form, its place and its signature.
    ///
    /// Throws `.keyNotHeld` for a manifest and a keyring that reads none.
    public func auditRecord(_ name: ObjectName) throws(RepositoryError) {
        guard let bytes = try readIfPresent(name) else {
            throw RepositoryError(.storage(.notFound), object: name.path, "there is no such object")
        }
        switch (name.folder, name.part) {
        case (.sessions, nil): _ = try openRecord(bytes, as: name, SessionClaim.init(decoding:))
        case (.sessions, .outcome): _ = try openRecord(bytes, as: name, SessionOutcome.init(decoding:))
        case (.sessions, .snapshot):
            let manifest = try SnapshotObject.open(bytes, name: name, keyring: keyring, repository: id)
            do {
                _ = try SnapshotManifest(decoding: manifest)
            } catch {
                throw RepositoryError(.damaged, object: name.path, "its manifest is damaged \(error)")
            }
            // An outcome that cannot be read is told of by itself.
            if let number = name.number, case .committed(let snapshot)? = try? sessionOutcome(number),
                SnapshotID(hashing: bytes) != snapshot
            {
                throw RepositoryError(.damaged, object: name.path, "it is not the manifest that was committed")
            }
        case (.quarantine, nil): _ = try openRecord(bytes, as: name, QuarantinePlan.init(decoding:))
        case (.quarantine, .sweep): _ = try openRecord(bytes, as: name, SweepPlan.init(decoding:))
        case (.quarantine, .copy):
            guard let number = name.number else { break }
            let original = ObjectName(.quarantine, number: number, part: .sweep)
            do {
                _ = try openRecord(bytes, as: original, SweepPlan.init(decoding:))
            } catch {
                throw RepositoryError(error.code, object: name.path, error.reason)
            }
            if let stored = try readIfPresent(original), stored != bytes,
                (try? openRecord(stored, as: original, SweepPlan.init(decoding:))) != nil
            {
                throw RepositoryError(.damaged, object: name.path, "it is no copy of \(original)")
            }
        case (.quarantine, .closed): _ = try openRecord(bytes, as: name, RunIdentity.init(decoding:))
        default: throw RepositoryError(.damaged, object: name.path, "nothing of this name belongs there")
        }
    }
}
