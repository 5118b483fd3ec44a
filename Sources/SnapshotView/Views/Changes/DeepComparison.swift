import Repository
import Synchronization

/// Finds out in which ways two directories differ somewhere below, and remembers it.
///
/// A search looks at no more than `ViewLimits.comparedDirectoriesMax` pairs of directories, and ends when it has found
/// what it was asked for. What it cannot find out (there is too much, or something is damaged) it answers with "perhaps":
/// whoever then goes there meets what there is.
final class DeepComparison: Sendable {
    private struct Pair: Hashable {
        let old: ChunkID
        let new: ChunkID
    }

    /// What is known of a pair: these kinds are there, and if it `isComplete` no other.
    private struct Finding {
        var kinds: ChangeKinds
        var isComplete: Bool
    }

    private let directories: DirectoryCache
    private let findings = Mutex(LeastRecentlyUsed<Pair, Finding>(costMax: ViewLimits.comparisonsMax))

    init(directories: DirectoryCache) {
        self.directories = directories
    }

    /// Whether something below two directories of one name differs in this way, or nobody can tell.
    func mayDiffer(_ old: TreeEntry, _ new: TreeEntry, by kind: ChangeKind) -> Bool {
        var rest = ViewLimits.comparedDirectoriesMax
        let finding = search(old, new, wanted: kind.set, depth: 0, rest: &rest)
        return finding.kinds.contains(kind.set) || !finding.isComplete
    }

    private func search(
        _ old: TreeEntry, _ new: TreeEntry, wanted: ChangeKinds, depth: Int, rest: inout Int
    ) -> Finding {
        guard old.content != new.content else { return Finding(kinds: [], isComplete: true) }
        // A directory that was not saved cannot be compared.
        guard case .tree(let left) = old.content, case .tree(let right) = new.content else {
            return Finding(kinds: [], isComplete: false)
        }
        let pair = Pair(old: left, new: right)
        if let known = findings.withLock({ $0.value(pair) }), known.isComplete || !known.kinds.isDisjoint(with: wanted)
        {
            return known
        }
        guard rest > 0, depth < ViewLimits.comparedDepthMax else { return Finding(kinds: [], isComplete: false) }
        rest -= 1
        let finding =
            (try? compared(pair, wanted: wanted, depth: depth, rest: &rest)) ?? Finding(kinds: [], isComplete: false)
        // What ended for want of room or for damage may be found out another time.
        if finding.isComplete || !finding.kinds.isEmpty {
            findings.withLock { $0.insert(finding, for: pair, cost: 1) }
        }
        return finding
    }

    private func compared(
        _ pair: Pair, wanted: ChangeKinds, depth: Int, rest: inout Int
    ) throws(RepositoryError) -> Finding {
        var finding = Finding(kinds: [], isComplete: true)
        var comparison = TreeComparison(
            old: try directories.directory(pair.old), new: try directories.directory(pair.new))
        while let difference = try comparison.next() {
            switch difference {
            case .added: finding.kinds.formUnion(ChangeKind.added.set)
            case .removed: finding.kinds.formUnion(ChangeKind.removed.set)
            case .changed: finding.kinds.formUnion(ChangeKind.changed.set)
            case .replaced: finding.kinds.formUnion([ChangeKind.added.set, ChangeKind.removed.set])
            case .directories(let old, let new):
                if !old.isSameDirectory(as: new) { finding.kinds.formUnion(ChangeKind.changed.set) }
                guard finding.kinds.isDisjoint(with: wanted) else { break }
                let below = search(old, new, wanted: wanted, depth: depth + 1, rest: &rest)
                finding.kinds.formUnion(below.kinds)
                finding.isComplete = finding.isComplete && below.isComplete
            }
            if !finding.kinds.isDisjoint(with: wanted) {
                finding.isComplete = false
                return finding
            }
        }
        return finding
    }
}
