import Repository
import Synchronization
import SystemInterface

/// The list of snapshots, kept up to date with the repository.
///
/// Whoever looks at a list that is older than `ViewLimits.refreshSeconds` refreshes it; others meanwhile see the old
/// one. So a view that nobody looks at costs nothing, and one in use lists three folders every other second. A refresh
/// that fails leaves the old list, and is logged. Before the first one is done there is no list, and everybody waits.
final class SnapshotRegister: Sendable {
    private struct State {
        var table: SnapshotTable?
        /// What the repository's `snapshotsGeneration` was when `table` was made.
        var generation: UInt64 = 0
        var refreshed: Timestamp
        var isRefreshing = false
    }

    private enum Found {
        case table(SnapshotTable)
        /// It is the caller's turn to ask the repository.
        case due
    }

    private let repository: Repository
    private let clock: any WallClock
    private let filter: SnapshotFilter
    private let style: SnapshotNameStyle
    private let log: DamageLog
    private let opened: Timestamp
    private let state: ConditionLock<State>

    /// A list that is read when it is first looked at.
    init(repository: Repository, options: ViewOptions, log: DamageLog) {
        self.repository = repository
        clock = options.clock
        filter = options.filter
        style = options.nameStyle
        self.log = log
        opened = clock.now()
        state = ConditionLock(State(table: nil, refreshed: opened))
    }

    /// When the list changed last; before the first reading, which is not waited for, when the view was opened.
    ///
    /// A list that is too old is refreshed: the kernel goes on showing the listing that it has until this time changes.
    var changed: Timestamp {
        guard state.withLock({ $0.table != nil }) else { return opened }
        return (try? current())?.changed ?? opened
    }

    /// The snapshots, refreshed if the last time is too long ago.
    ///
    /// Throws `.damaged` while the repository has never been listed: an empty list would say that there is nothing.
    func current() throws(ViewError) -> SnapshotTable {
        let now = clock.now()
        let found = state.wait { state -> Found? in
            if let table = state.table, state.isRefreshing || Self.isFresh(state, now) { return .table(table) }
            // Somebody reads the very first list.
            if state.isRefreshing { return nil }
            state.isRefreshing = true
            return .due
        }
        switch found {
        case .table(let table): return table
        case .due:
            guard let table = refreshed(now: now) else { throw .damaged }
            return table
        }
    }

    /// Refreshes the list now, unless another thread is at it.
    func refresh() {
        let isMine = state.withLock { state in
            defer { state.isRefreshing = true }
            return !state.isRefreshing
        }
        if isMine { _ = refreshed(now: clock.now()) }
    }

    private static func isFresh(_ state: borrowing State, _ now: Timestamp) -> Bool {
        let age = now.seconds.subtractingReportingOverflow(state.refreshed.seconds)
        // A clock that was set back makes the list old, rather than new for a long time.
        return !age.overflow && (0..<ViewLimits.refreshSeconds).contains(age.partialValue)
    }

    /// Asks the repository; only one thread is here at a time. Gives what is known afterwards, or nil for nothing.
    private func refreshed(now: Timestamp) -> SnapshotTable? {
        let (old, oldGeneration) = state.withLock { ($0.table, $0.generation) }
        var (table, generation) = (old, oldGeneration)
        do throws(RepositoryError) {
            try repository.refresh()
            // Asked before the list itself: what comes between the two is listed twice rather than never.
            generation = repository.snapshotsGeneration
            if old == nil || generation != oldGeneration { table = listed(after: old, now: now) }
        } catch {
            log.report(Array("/snapshots".utf8), error)
        }
        for (id, reason) in repository.damagedSnapshots() {
            log.report(Array("/snapshots/\(id.short)".utf8), reason)
        }
        state.withLock { state in
            state.table = table
            state.generation = generation
            state.refreshed = now
            state.isRefreshing = false
        }
        state.broadcast()
        return table
    }

    private func listed(after old: SnapshotTable?, now: Timestamp) -> SnapshotTable {
        let all = repository.snapshots()
        // Names do not depend on which snapshots are shown.
        let shown = zip(all, SnapshotNaming.names(of: all, style: style)).filter { filter.shows($0.0) }
        let (snapshots, names) = (shown.map(\.0), shown.map(\.1))
        guard let old else {
            return SnapshotTable(
                snapshots, names: names, after: nil, changed: snapshots.map(\.manifest.finished).max() ?? opened)
        }
        return old.lists(snapshots, names: names)
            ? old : SnapshotTable(snapshots, names: names, after: old, changed: now)
    }
}
