import PathRules
import Repository
import SystemInterface

/// The paths at which a snapshot is not what was there, as its manifest lists them: what it lacks there, nobody had
/// removed.
struct UnsavedItems: Sendable {
    private let paths: Set<FilePath>
    /// Whether there are more than the manifest lists: it could be any path then.
    private let hasMore: Bool

    /// Those of a snapshot.
    init(_ manifest: SnapshotManifest) {
        paths = Set(manifest.problems.map(\.path))
        hasMore = !manifest.listsAllProblems
    }

    /// Whether the item at `path` could not be saved as it was, or may not have been.
    func mayInclude(_ path: FilePath) -> Bool { hasMore || paths.contains(path) }

    /// Whether the item at `path` could not be saved as it was, or may not have been.
    func mayInclude(_ path: PathBuffer) -> Bool { hasMore || (!paths.isEmpty && paths.contains(path.path)) }
}
