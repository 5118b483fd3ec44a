import SystemInterface

/// Looks for names in many snapshots at once, path by path: a directory before what it holds, names in byte order.
///
/// At each path the snapshots are grouped by what they have there. Trees that several share are looked into once, and of
/// those that differ only the pages that differ: who changes little pays little, however many snapshots there are.
/// Of each directory on the way it keeps the entries that are wanted, and subdirectories.
public struct SnapshotSearch {
    /// What was found at a path.
    public struct Found: Sendable {
        /// The path.
        public let path: FilePath
        /// What snapshots have there, by their place among the roots, in ascending order.
        public let states: [(place: Int, entry: TreeEntry)]
    }

    /// A directory of some snapshots that could not be looked into.
    public struct Unread: Error {
        /// The directory.
        public let path: FilePath
        /// One of the snapshots that have it, by its place among the roots.
        public let place: Int
        /// Why.
        public let error: RepositoryError
    }

    /// A directory that some snapshots share.
    private struct Group {
        let tree: ChunkID
        var places: [Int]
    }

    /// Something in a page, and which groups have that page.
    private struct Candidate {
        let entry: TreeEntry
        let isWanted: Bool
        let groups: [Int]
    }

    /// A directory in which the search is.
    private struct Level {
        let path: FilePath
        let groups: [Group]
        /// By name.
        let candidates: [Candidate]
        var position = 0

        /// The snapshots that have a candidate. Most have one group, and share its list.
        func places(of candidate: Candidate) -> [Int] {
            candidate.groups.count == 1
                ? groups[candidate.groups[0]].places : candidate.groups.flatMap { groups[$0].places }
        }
    }

    private let source: ChunkSource
    private let isWanted: (_ directory: FilePath, _ name: [UInt8], _ type: FileType) -> Bool
    private var levels: [Level] = []
    private var failures: [Unread] = []

    /// Looks below the directory `path`, absolute and normalised. A directory on the way there that cannot be read is
    /// told of like any other: it hides what is below in its own snapshots alone.
    ///
    /// - Parameters:
    ///   - roots: the snapshots' root directories; a place in this list stands for a snapshot.
    ///   - isWanted: whether to tell of a name in a directory.
    public init(
        below path: FilePath, roots: [TreeEntry], source: ChunkSource,
        isWanted: @escaping (_ directory: FilePath, _ name: [UInt8], _ type: FileType) -> Bool
    ) {
        self.source = source
        self.isWanted = isWanted
        var history = PathHistory(roots: roots)
        var directory: FilePath = "/"
        for name in path.components {
            let above = history
            history = above.child { (tree) throws(RepositoryError) in
                try TreeDirectory(tree, source: source).entry(named: name)
            }
            noteUnread(directory, below: history, of: above)
            directory = directory.appending(name)
        }
        let entries = history.numbers.enumerated().compactMap { place, number -> (TreeEntry, [Int])? in
            guard case .entry(let entry, _) = history.states[Int(number)] else { return nil }
            return (entry, [place])
        }
        enter(path, entries)
    }

    /// Notes once for all snapshots that share it that `directory`, whose history is `above`, could not be read.
    private mutating func noteUnread(_ directory: FilePath, below: PathHistory, of above: PathHistory) {
        var noted: Set<Int32> = []
        for (place, number) in below.numbers.enumerated() {
            guard case .unknown(let error) = below.states[Int(number)], noted.insert(number).inserted else { continue }
            // Where the directory itself is hidden, that was said of the one that hides it.
            if case .unknown = above.states[Int(above.numbers[place])] { continue }
            failures.append(Unread(path: directory, place: place, error: error))
        }
    }

    /// The next path that is wanted, or nil at the end. Throws for a directory that cannot be read, and goes on behind it
    /// when it is asked again.
    public mutating func next() throws(Unread) -> Found? {
        while true {
            if let failure = failures.popLast() { throw failure }
            guard let top = levels.indices.last else { return nil }
            let level = levels[top]
            guard level.position < level.candidates.count else {
                levels.removeLast()
                continue
            }
            let start = level.position
            let name = level.candidates[start].entry.name
            let end = level.candidates[start...].firstIndex { $0.entry.name != name } ?? level.candidates.count
            levels[top].position = end
            let path = level.path.appending(name)
            let same = level.candidates[start..<end]
            enter(path, same.map { ($0.entry, level.places(of: $0)) })
            let wanted = same.filter(\.isWanted)
            guard !wanted.isEmpty else { continue }
            let states = wanted.flatMap { candidate in
                level.places(of: candidate).map { (place: $0, entry: candidate.entry) }
            }
            return Found(path: path, states: states.sorted { $0.place < $1.place })
        }
    }

    /// Goes into those of `entries` that are directories.
    private mutating func enter(_ path: FilePath, _ entries: [(entry: TreeEntry, places: [Int])]) {
        var groups: [Group] = []
        var numbers: [ChunkID: Int] = [:]
        for (entry, places) in entries where entry.type == .directory {
            guard case .tree(let tree) = entry.content else {
                let error = RepositoryError(.notSaved, "the directory could not be read when the backup was made")
                failures.append(Unread(path: path, place: places[0], error: error))
                continue
            }
            if let number = numbers[tree] {
                groups[number].places += places
            } else {
                numbers[tree] = groups.count
                groups.append(Group(tree: tree, places: places))
            }
        }
        guard !groups.isEmpty else { return }
        let candidates = candidates(in: groups, path)
        if !candidates.isEmpty { levels.append(Level(path: path, groups: groups, candidates: candidates)) }
    }

    /// What is wanted, and every directory, in any of the groups: each different page is read once.
    private mutating func candidates(in groups: [Group], _ path: FilePath) -> [Candidate] {
        var order: [(directory: TreeDirectory, leaf: Int, page: ChunkID)] = []
        var holders: [ChunkID: [Int]] = [:]
        for (number, group) in groups.enumerated() {
            do throws(RepositoryError) {
                let directory = try TreeDirectory(group.tree, source: source)
                for leaf in 0..<directory.pageCount {
                    let page = directory.leaf(leaf).id
                    if holders[page] == nil { order.append((directory, leaf, page)) }
                    holders[page, default: []].append(number)
                }
            } catch {
                failures.append(Unread(path: path, place: group.places[0], error: error))
            }
        }
        var candidates: [Candidate] = []
        for (directory, leaf, id) in order {
            let numbers = holders[id] ?? []
            do throws(RepositoryError) {
                let page = try directory.page(leaf)
                for position in 0..<page.count {
                    let type = page.entry(at: position).type
                    let wanted = isWanted(path, page.name(at: position), type)
                    guard wanted || type == .directory else { continue }
                    candidates.append(
                        Candidate(entry: page.treeEntry(at: position), isWanted: wanted, groups: numbers))
                }
            } catch {
                let place = numbers.first.map { groups[$0].places[0] } ?? 0
                failures.append(Unread(path: path, place: place, error: error))
            }
        }
        return candidates.sorted { $0.entry.name.lexicographicallyPrecedes($1.entry.name) }
    }
}
