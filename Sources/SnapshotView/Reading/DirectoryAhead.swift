import Repository
import SystemInterface

/// Opens the directories that a listing shows before whoever walks the tree comes to them, on a thread of its own.
///
/// A walk goes depth first: what was listed last is opened first. How many are open and not yet used is bounded by a
/// window that grows with each that is used and shrinks when some are given up; so is the number of listings that are
/// remembered. Nothing here is owed to anybody: an error is met again by who comes to it.
package final class DirectoryAhead: Sendable {
    /// A page whose subdirectories are opened one after the other.
    private struct Frame: Sendable {
        let number: Int
        let page: TreePage
        var position = 0
        /// How many of its subdirectories are open and not yet used.
        var unusedCount = 0
    }

    private struct State: Sendable {
        /// The one listed last is the last.
        var frames: [Frame] = []
        /// Which frame each directory that is open and not yet used belongs to.
        var unused: [ChunkID: Int] = [:]
        var window = ViewLimits.directoriesAheadMin
        var nextNumber = 0
        var isStarted = false
        var isSleeping = false
        var isCancelled = false
    }

    private let state = ConditionLock(State())
    private let open: @Sendable (ChunkID) -> Void

    /// Opens with `open`, which is called from the thread.
    package init(open: @escaping @Sendable (ChunkID) -> Void) {
        self.open = open
    }

    deinit {
        state.withLock { $0.isCancelled = true }
        state.broadcast()
    }

    /// How many directories are open ahead and not yet used.
    package var unusedCount: Int { state.withLock { $0.unused.count } }

    /// Notes that the beginning of a page was listed.
    package func listed(_ page: TreePage) {
        guard page.directoryCount > 0 else { return }
        let (isWakeNeeded, isFirst) = state.withLock { state in
            if state.frames.count >= ViewLimits.listingsAheadMax { Self.giveUpOldest(&state) }
            state.frames.append(Frame(number: state.nextNumber, page: page))
            state.nextNumber += 1
            defer { state.isStarted = true }
            return (state.isSleeping, !state.isStarted)
        }
        if isFirst { start() }
        if isWakeNeeded { state.broadcast() }
    }

    /// Notes that somebody came to a directory.
    package func used(_ tree: ChunkID) {
        let isWakeNeeded = state.withLock { state in
            guard let number = state.unused.removeValue(forKey: tree) else { return false }
            state.window = min(state.window * 2, ViewLimits.directoriesAheadMax)
            guard let index = state.frames.lastIndex(where: { $0.number == number }) else { return false }
            state.frames[index].unusedCount -= 1
            // The thread is woken when there is something to do for a while: a wake-up costs as much as an opening.
            return state.isSleeping && state.frames[index].unusedCount <= state.window / 2
        }
        if isWakeNeeded { state.broadcast() }
    }

    private static func giveUpOldest(_ state: inout State) {
        let oldest = state.frames.removeFirst()
        guard oldest.unusedCount > 0 else { return }
        state.unused = state.unused.filter { $0.value != oldest.number }
        state.window = max(state.window / 2, ViewLimits.directoriesAheadMin)
    }

    private func start() {
        let (state, open) = (state, open)
        _ = try? Thread.spawn(name: "pastfs-walk") {
            while let tree = Self.next(state) { open(tree) }
        }
    }

    /// The next directory to open, waiting for one; nil when there will be none.
    private static func next(_ state: ConditionLock<State>) -> ChunkID? {
        state.wait { state -> ChunkID?? in
            state.isSleeping = false
            if state.isCancelled { return .some(nil) }
            while let last = state.frames.indices.last {
                // Others that were listed before are farther away than those.
                if state.frames[last].unusedCount >= state.window { break }
                if let tree = nextTree(in: &state.frames[last]) {
                    guard state.unused[tree] == nil else { continue }
                    state.unused[tree] = state.frames[last].number
                    state.frames[last].unusedCount += 1
                    return .some(tree)
                }
                finish(&state)
            }
            state.isSleeping = true
            return nil
        }
    }

    /// Drops the frame listed last. Its directories that are open stay known until they are too many.
    private static func finish(_ state: inout State) {
        state.frames.removeLast()
        guard state.unused.count > ViewLimits.directoriesAheadMax * ViewLimits.listingsAheadMax else { return }
        state.unused = [:]
        for index in state.frames.indices { state.frames[index].unusedCount = 0 }
        state.window = ViewLimits.directoriesAheadMin
    }

    private static func nextTree(in frame: inout Frame) -> ChunkID? {
        while frame.position < frame.page.count {
            let entry = frame.page.entry(at: frame.position)
            frame.position += 1
            if case .tree(let tree) = entry.content { return tree }
        }
        return nil
    }
}
