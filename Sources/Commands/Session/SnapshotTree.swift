import Repository
import SystemInterface

/// A snapshot's tree, for commands that look things up in it.
struct SnapshotTree {
    let snapshot: Snapshot
    let source: ChunkSource

    /// The entry at `path`, absolute and normalised.
    ///
    /// Throws a `Failure` when there is none; symbolic links are not followed.
    func entry(at path: FilePath) throws -> TreeEntry {
        var entry = snapshot.manifest.root
        for (depth, name) in path.components.enumerated() {
            guard entry.type == .directory else {
                throw missing(path, "a part of the path is no directory", depth: max(0, depth - 1))
            }
            guard let next = try TreeDirectory(entry, source: source).entry(named: name) else {
                throw missing(path, "the snapshot has nothing of this name", depth: depth)
            }
            entry = next
        }
        return entry
    }

    /// The entry at `path`, or nil where there is none.
    func entryIfAny(at path: FilePath) throws(RepositoryError) -> TreeEntry? {
        var entry = snapshot.manifest.root
        for name in path.components {
            guard entry.type == .directory,
                let next = try TreeDirectory(entry, source: source).entry(named: name)
            else { return nil }
            entry = next
        }
        return entry
    }

    private func missing(_ path: FilePath, _ why: String, depth: Int) -> Failure {
        let parent = path.components.prefix(depth).reduce(FilePath("/")) { $0.appending($1) }
        return Failure(
            .nothingMatched, "cannot find \(path) in snapshot \(snapshot.id.short)", why: why,
            fix: "`pastfs ls \(snapshot.id.short):\(parent)` shows what is there")
    }
}
