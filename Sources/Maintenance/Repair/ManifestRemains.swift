import Repository
import SystemInterface

/// What there is of the manifest of a snapshot whose own object is damaged.
struct ManifestRemains {
    /// The bytes that the object had, as the snapshot's session has them, or another; nil if none has them whole.
    private(set) var kept: [UInt8]?
    /// The same bytes, made again from what the local catalog has; nil if they were not needed or cannot be made.
    private(set) var rebuilt: [UInt8]?
    /// Whether nothing but the local catalog shows the snapshot: as long as there is an object of its name, in whatever state.
    private(set) var isShownHere = false

    /// The bytes that the object had, from wherever they can be had.
    var whole: [UInt8]? { kept ?? rebuilt }

    /// What is to be said of that, behind what is wrong with the object.
    var note: String {
        guard isShownHere else { return "" }
        guard rebuilt == nil else { return "; its session has it no better, and the local catalog knows what it said" }
        return "; it stays, since this machine can restore it by its local catalog, and by nothing else: "
            + "when you have what you need of it, repeat this with an empty --cache-directory"
    }

    /// Looks with the session of `snapshot`, and then in the local catalog below `cacheDirectory`.
    static func find(
        of snapshot: SnapshotID, in repository: Repository, below cacheDirectory: FilePath?
    ) throws(RepositoryError) -> ManifestRemains {
        var remains = ManifestRemains()
        remains.kept = try repository.manifestKept(of: snapshot)
        guard remains.kept == nil,
            let manifest = try repository.localManifest(of: snapshot, below: cacheDirectory)
        else { return remains }
        remains.isShownHere = true
        remains.rebuilt = try repository.manifestRebuilt(of: snapshot, from: manifest)
        return remains
    }
}
