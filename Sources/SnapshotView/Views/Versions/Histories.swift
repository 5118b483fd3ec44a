import Repository
import Synchronization
import SystemInterface

/// Histories of paths, made when they are asked for, and those used last.
///
/// A history is made from that of the directory above, and looks into each different directory once. When the list of
/// snapshots has changed, what was found out in trees that were known before is kept.
final class Histories: Sendable {
    /// A history, and what its directory grants.
    struct Known: Sendable {
        let history: PathHistory
        let grant: DirectoryGrant
        /// The list of snapshots that it is of.
        fileprivate let generation: UInt64
        /// When it was made, and whether there was damage then.
        fileprivate let made: Timestamp
        fileprivate let isDamaged: Bool
    }

    /// The names in a directory, and where each stands in a listing.
    struct Names: Sendable {
        /// Names by position, which is a hash of the name: a listing goes on rightly when names came meanwhile.
        let ordered: [(position: UInt64, name: [UInt8])]
        /// Why there may be more.
        let failure: RepositoryError?
        fileprivate let generation: UInt64
        /// When the history was made that they are of, and whether there was damage then, which may hide names.
        fileprivate let made: Timestamp
        fileprivate let isDamaged: Bool
    }

    private let directories: DirectoryCache
    private let clock: any WallClock
    private let kept = Mutex(LeastRecentlyUsed<[[UInt8]], Known>(costMax: ViewLimits.historiesBytesMax))
    private let keptNames = Mutex(LeastRecentlyUsed<[[UInt8]], Names>(costMax: ViewLimits.versionNamesBytesMax))

    init(directories: DirectoryCache, clock: any WallClock) {
        self.directories = directories
        self.clock = clock
    }

    /// The history of a path, whose names lead down from the root, in all snapshots.
    ///
    /// Paths may be thousands of names deep, and stacks are small: this goes up to what is known, and down from there.
    func history(of path: [[UInt8]], in chronology: SnapshotChronology) -> Known {
        var outdated: [Known?] = []
        var fresh: Known?
        for length in stride(from: path.count, through: 0, by: -1) {
            let found = kept.withLock { $0.value(Array(path[..<length])) }
            if let found, isFresh(found, in: chronology) {
                fresh = found
                break
            }
            outdated.append(found)
        }
        var known: Known
        if let fresh {
            known = fresh
        } else {
            _ = outdated.popLast()
            let roots = chronology.members.lazy.map(\.snapshot.manifest.root)
            known = keep(PathHistory(roots: roots), of: [], below: nil, in: chronology)
        }
        while let old = outdated.popLast() {
            let place = path.count - outdated.count
            let history = known.history.child(previous: old?.history) { (tree) throws(RepositoryError) in
                try find(path[place - 1], in: tree)
            }
            known = keep(history, of: Array(path[..<place]), below: known, in: chronology)
        }
        return known
    }

    /// Whether a history is of this list of snapshots, and nothing in it is worth another look.
    private func isFresh(_ known: Known, in chronology: SnapshotChronology) -> Bool {
        guard known.generation == chronology.generation else { return false }
        guard known.isDamaged else { return true }
        // What is damaged may be repaired, and is looked at again, but not at every look-up.
        let age = clock.now().seconds.subtractingReportingOverflow(known.made.seconds)
        return !age.overflow && (0..<ViewLimits.damagedHistorySeconds).contains(age.partialValue)
    }

    private func keep(
        _ history: PathHistory, of path: [[UInt8]], below above: Known?, in chronology: SnapshotChronology
    ) -> Known {
        // Damage above is damage here, and both are looked at again at the same time.
        let made = above.flatMap { $0.isDamaged ? $0.made : nil } ?? clock.now()
        let known = Known(
            history: history, grant: DirectoryGrant(of: history), generation: chronology.generation, made: made,
            isDamaged: history.isDamaged)
        if history.failure?.isLasting ?? true {
            let cost = history.estimatedBytes + Self.estimatedBytes(of: path)
            kept.withLock { $0.insert(known, for: path, cost: cost) }
        }
        return known
    }

    /// About what a path takes as a key, in bytes: its names but the last are those of the paths above.
    private static func estimatedBytes(of path: [[UInt8]]) -> Int {
        64 + path.count * MemoryLayout<[UInt8]>.stride + (path.last.map { 32 + $0.count } ?? 0)
    }

    /// The names below a path in any snapshot, by what is known of the path.
    func names(of path: [[UInt8]], _ place: Known, in chronology: SnapshotChronology) -> Names {
        if let known = keptNames.withLock({ $0.value(path) }), known.generation == chronology.generation,
            !known.isDamaged || known.made == place.made
        {
            return known
        }
        let (names, failure) = names(of: place.history)
        var ordered = names.map { (position: Self.position(of: $0), name: $0) }.sorted {
            $0.position == $1.position ? $0.name.lexicographicallyPrecedes($1.name) : $0.position < $1.position
        }
        for index in ordered.indices.dropFirst() {
            ordered[index].position = max(ordered[index].position, ordered[index - 1].position + 1)
        }
        let found = Names(
            ordered: ordered, failure: failure, generation: chronology.generation, made: place.made,
            isDamaged: place.isDamaged)
        // A failure may pass.
        if failure == nil {
            let cost = ordered.reduce(256 + Self.estimatedBytes(of: path)) { $0 + 64 + $1.name.count }
            keptNames.withLock { $0.insert(found, for: path, cost: cost) }
        }
        return found
    }

    /// Pages that several snapshots share are read once.
    private func names(of history: PathHistory) -> (Set<[UInt8]>, RepositoryError?) {
        var names: Set<[UInt8]> = []
        var trees: Set<ChunkID> = []
        var pages: Set<ChunkID> = []
        var failure: RepositoryError?
        for case .entry(let entry, _) in history.states where entry.type == .directory {
            guard case .tree(let tree) = entry.content else {
                failure = RepositoryError(.notSaved, "the directory could not be read when a backup was made")
                continue
            }
            guard trees.insert(tree).inserted else { continue }
            do throws(RepositoryError) {
                try collect(tree, &pages, &names)
            } catch {
                failure = error
            }
            if names.count > ViewLimits.versionNamesMax {
                failure = RepositoryError(.damaged, "it had more than \(ViewLimits.versionNamesMax) names")
                break
            }
        }
        return (names, failure)
    }

    private func collect(
        _ tree: ChunkID, _ pages: inout Set<ChunkID>, _ names: inout Set<[UInt8]>
    ) throws(RepositoryError) {
        let directory = try directories.directory(tree)
        for index in 0..<directory.pageCount where pages.insert(directory.leaf(index).id).inserted {
            for entry in try directories.page(index, of: directory).entries { names.insert(entry.name) }
        }
    }

    private func find(_ name: [UInt8], in tree: ChunkID) throws(RepositoryError) -> TreeEntry? {
        let directory = try directories.directory(tree)
        guard directory.entryCount > 0 else { return nil }
        return try directories.page(directory.pageIndex(ofName: name), of: directory).entry(named: name)
    }

    /// Behind the positions of versions, and below 2^62 with the one that follows.
    private static func position(of name: [UInt8]) -> UInt64 {
        var hasher = SipHasher(key0: 0, key1: 0)
        hasher.append(name)
        return 1 << 61 | hasher.finish() >> 4
    }
}

extension RepositoryError {
    /// Whether asking again would give the same answer.
    fileprivate var isLasting: Bool { isDamage || code == .notSaved }
}

extension PathHistory {
    /// Whether anything of the name is in any snapshot.
    var isPresent: Bool {
        states.contains { if case .entry = $0 { true } else { false } }
    }

    /// Whether any snapshot has a directory there.
    var isDirectory: Bool {
        states.contains { if case .entry(let entry, _) = $0 { entry.type == .directory } else { false } }
    }

    /// Why nobody knows what some snapshot has there.
    var failure: RepositoryError? {
        for case .unknown(let error) in states { return error }
        return nil
    }

    /// Whether nobody knows that because of damage.
    fileprivate var isDamaged: Bool {
        states.contains { if case .unknown(let error) = $0 { error.isDamage } else { false } }
    }

    /// What the snapshot at a place has.
    func state(_ place: Int) -> State { states[Int(numbers[place])] }

    /// About what it takes in memory, in bytes.
    var estimatedBytes: Int { 256 + numbers.count * 4 + states.count * 448 }
}
