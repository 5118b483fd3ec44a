/// What stood at one path in each of many snapshots.
///
/// Histories are made from the root down, one name at a time. A directory that many snapshots share is looked into once:
/// who changes little pays little, however many snapshots there are.
public struct PathHistory: Sendable {
    /// What one or several snapshots have at the path.
    public enum State: Sendable {
        /// Nothing.
        case absent
        /// This entry, which stands in the directory `tree`; nil for a snapshot's root.
        case entry(TreeEntry, tree: ChunkID?)
        /// Nobody knows: what holds it could not be read.
        case unknown(RepositoryError)
    }

    /// The different states.
    public let states: [State]
    /// The number in `states` of each snapshot's, in the order in which the snapshots were given.
    public let numbers: [Int32]

    /// The number in `states` of what a directory was found to hold.
    private let known: [ChunkID: Int32]

    /// The history of the root of snapshots.
    public init(roots: some Sequence<TreeEntry>) {
        var states: [State] = []
        var numbers: [Int32] = []
        var known: [TreeEntry: Int32] = [:]
        for root in roots {
            let number = known[root] ?? Int32(states.count)
            if number == states.count {
                known[root] = number
                states.append(.entry(root, tree: nil))
            }
            numbers.append(number)
        }
        self.init(states: states, numbers: numbers, known: [:])
    }

    private init(states: [State], numbers: [Int32], known: [ChunkID: Int32]) {
        self.states = states
        self.numbers = numbers
        self.known = known
    }

    /// The history of a name in this directory.
    ///
    /// - Parameters:
    ///   - previous: an older history of the same path, whose findings are taken over.
    ///   - lookUp: finds the name in a directory's tree, or nil. Each tree is asked once.
    public func child(
        previous: PathHistory? = nil, lookUp: (ChunkID) throws(RepositoryError) -> TreeEntry?
    ) -> PathHistory {
        var builder = Builder(previous)
        let translated = states.map { builder.number(below: $0, lookUp: lookUp) }
        return PathHistory(
            states: builder.states, numbers: numbers.map { translated[Int($0)] }, known: builder.known)
    }

    /// What grows while a history is made.
    private struct Builder {
        var states: [State] = [.absent]
        var known: [ChunkID: Int32] = [:]
        private var entries: [TreeEntry: Int32] = [:]
        private let previous: PathHistory?

        init(_ previous: PathHistory?) {
            self.previous = previous
        }

        mutating func number(
            below state: State, lookUp: (ChunkID) throws(RepositoryError) -> TreeEntry?
        ) -> Int32 {
            switch state {
            case .absent: return 0
            case .unknown: return add(state)
            case .entry(let entry, _):
                guard entry.type == .directory else { return 0 }
                guard case .tree(let tree) = entry.content else {
                    return add(.unknown(RepositoryError(.notSaved, "the directory was not saved")))
                }
                if let number = known[tree] { return number }
                let number = remembered(in: tree) ?? found(in: tree, lookUp)
                known[tree] = number
                return number
            }
        }

        /// What an older history found in a tree. Failures are tried again.
        private mutating func remembered(in tree: ChunkID) -> Int32? {
            guard let previous, let number = previous.known[tree] else { return nil }
            switch previous.states[Int(number)] {
            case .absent: return 0
            case .entry(let entry, _): return self.number(of: entry, in: tree)
            case .unknown: return nil
            }
        }

        private mutating func found(
            in tree: ChunkID, _ lookUp: (ChunkID) throws(RepositoryError) -> TreeEntry?
        ) -> Int32 {
            do throws(RepositoryError) {
                guard let entry = try lookUp(tree) else { return 0 }
                return number(of: entry, in: tree)
            } catch {
                return add(.unknown(error))
            }
        }

        /// Equal entries of different directories are one state.
        private mutating func number(of entry: TreeEntry, in tree: ChunkID) -> Int32 {
            if let number = entries[entry] { return number }
            let number = add(.entry(entry, tree: tree))
            entries[entry] = number
            return number
        }

        private mutating func add(_ state: State) -> Int32 {
            states.append(state)
            return Int32(states.count - 1)
        }
    }
}

extension PathHistory {
    /// The snapshots in which a version of the file begins, as places among the snapshots that the history is of.
    ///
    /// - Parameter lines: for each snapshot the line of snapshots that it belongs to, such as its host; each line is
    ///   followed by itself, in the order given, oldest first.
    ///
    /// A version begins where the path holds something other than a directory that is not of the version which the line
    /// had last. A snapshot without the path ends nothing: its run may have been of other directories.
    public func versionStarts(lines: [Int]) -> [Int] {
        precondition(lines.count == numbers.count)
        var last: [Int: Int32] = [:]
        var starts: [Int] = []
        for (place, number) in numbers.enumerated() {
            guard case .entry(let entry, _) = states[Int(number)], entry.type != .directory else { continue }
            if let before = last[lines[place]] {
                if before == number { continue }
                last[lines[place]] = number
                if case .entry(let old, _) = states[Int(before)], old.isSameVersion(as: entry) { continue }
            }
            last[lines[place]] = number
            starts.append(place)
        }
        return starts
    }
}
