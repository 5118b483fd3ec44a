import PathRules
import Repository
import SystemInterface

/// The patterns of what a backup left out, as its manifest records them: what they are for the snapshot lacks, and nobody
/// had removed it.
struct BackupPatterns: Sendable {
    private let rules: ExcludeRules
    private let sources: SavedPaths

    /// Those of a snapshot; without one there are none. Throws where one of them cannot be read.
    init(_ manifest: SnapshotManifest?) throws(PatternError) {
        rules = try ExcludeRules(manifest?.excludes ?? [])
        sources = SavedPaths(manifest)
    }

    /// Whether one is for what would be at `path`.
    ///
    /// Some begin at the source that it lies in, of which the snapshot may not say where it was: what one may leave out
    /// stays, wherever it begins of `sourceDepths`.
    func leaveOut(_ path: PathBuffer, isDirectory: Bool, sourceDepths: [Int]) -> Bool {
        guard !rules.isEmpty else { return false }
        return sourceDepths.contains { rules.excludes(path, sourceDepth: $0, isDirectory: isDirectory) }
    }

    /// How many names lead to each directory that may be a source, of those that lead to `base` and itself; `above` are the
    /// entries above it, from the root on.
    func sourceDepths(of base: FilePath, above: [TreeEntry]) -> [Int] {
        guard !rules.isEmpty else { return [] }
        var path = PathBuffer()
        var depths = sources.has(path.path) ? [0] : []
        for (name, directory) in zip(base.components, above) {
            path.push(name)
            depths = sourceDepths(of: path, isSource: sources.has(path.path), in: directory, startingAt: depths)
        }
        return depths
    }

    /// The same of a directory at `path`, by those of the one that it lies in.
    func sourceDepths(
        of path: PathBuffer, isSource: Bool, in directory: TreeEntry, startingAt depths: [Int]
    ) -> [Int] {
        // A source that lies in another is not recorded; what lies between the two is passed through.
        guard !rules.isEmpty, isSource || directory.isPassedThrough else { return depths }
        return depths + [path.depth]
    }
}
