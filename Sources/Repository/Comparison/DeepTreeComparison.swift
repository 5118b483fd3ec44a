import SystemInterface

/// Two trees side by side, all the way down: what differs, a directory before what it holds, names in byte order.
///
/// Subtrees and pages that both share are passed over without being read: two snapshots of a million files cost what
/// differs between them. It keeps a page of each of the directories that lead to where it is, and its own stack.
public struct DeepTreeComparison {
    private struct Level {
        var comparison: TreeComparison
        let path: FilePath
        let old: TreeEntry?
        let new: TreeEntry?
    }

    private let source: ChunkSource
    private var levels: [Level] = []
    private var first: (old: TreeEntry?, new: TreeEntry?)?
    private let path: FilePath

    /// Compares what stands at one path, or at two that are taken for one: `old` and `new`, nil for nothing.
    public init(old: TreeEntry?, new: TreeEntry?, path: FilePath, source: ChunkSource) {
        self.source = source
        self.path = path
        // Names are those of two places, and may differ.
        var renamed = old
        if let name = new?.name { renamed?.name = name }
        first = (renamed, new)
    }

    /// The next difference, or nil at the end.
    ///
    /// What cannot be read is a difference of the kind `.unknown`, and the comparison goes on behind it.
    public mutating func next() -> DeepDifference? {
        if let pair = first {
            first = nil
            if let difference = TreeDifference(old: pair.old, new: pair.new), let found = meet(difference, at: path) {
                return found
            }
        }
        while let top = levels.last {
            do throws(RepositoryError) {
                guard let difference = try levels[levels.count - 1].comparison.next() else {
                    levels.removeLast()
                    continue
                }
                if let found = meet(difference, at: top.path.appending(difference.name)) { return found }
            } catch {
                // The rest of these two directories is passed over: the same place would fail again.
                levels.removeLast()
                return DeepDifference(path: top.path, kind: .unknown(error), old: top.old, new: top.new)
            }
        }
        return nil
    }

    /// Goes down where there is something below, and returns what is to be told of the path itself.
    private mutating func meet(_ difference: TreeDifference, at path: FilePath) -> DeepDifference? {
        let kind: DeepDifference.Kind?
        let old: TreeEntry?
        let new: TreeEntry?
        switch difference {
        case .added(let entry): (kind, old, new) = (.added, nil, entry)
        case .removed(let entry): (kind, old, new) = (.removed, entry, nil)
        case .replaced(let before, let after): (kind, old, new) = (.type, before, after)
        case .changed(let before, let after):
            (kind, old, new) = (before.hasSameContent(as: after) ? .metadata : .content, before, after)
        case .directories(let before, let after):
            (kind, old, new) = (before.isSameDirectory(as: after) ? nil : .metadata, before, after)
        }
        do throws(RepositoryError) {
            try descend(old, new, path)
        } catch {
            return DeepDifference(path: path, kind: .unknown(error), old: old, new: new)
        }
        return kind.map { DeepDifference(path: path, kind: $0, old: old, new: new) }
    }

    private mutating func descend(
        _ old: TreeEntry?, _ new: TreeEntry?, _ path: FilePath
    ) throws(RepositoryError) {
        let before = old.flatMap { $0.type == .directory ? $0 : nil }
        let after = new.flatMap { $0.type == .directory ? $0 : nil }
        if before == nil, after == nil { return }
        if let before, let after, before.content == after.content { return }
        levels.append(
            Level(
                comparison: TreeComparison(old: try open(before), new: try open(after)), path: path, old: before,
                new: after))
    }

    private func open(_ entry: TreeEntry?) throws(RepositoryError) -> TreeDirectory? {
        guard let entry else { return nil }
        return try TreeDirectory(entry, source: source)
    }
}
