import Repository
import SystemInterface

/// The paths that a backup was to save, as the manifest records them. Of the directories that lead to them a snapshot has
/// nothing but what leads on: what it lacks there, nobody looked for.
struct SavedPaths: Sendable {
    private let paths: Set<FilePath>

    /// Those of a snapshot; without one there are none.
    init(_ manifest: SnapshotManifest?) {
        paths = Set(manifest?.paths ?? [])
    }

    /// Whether this very path was to be saved, with all that is in it.
    func has(_ path: FilePath) -> Bool { paths.contains(path) }

    /// Whether the item at `path` was to be saved, with all that is in it.
    func cover(_ path: FilePath) -> Bool {
        var path = path.normalized
        while !has(path) {
            if path.components.isEmpty { return false }
            path = path.parent
        }
        return true
    }
}
