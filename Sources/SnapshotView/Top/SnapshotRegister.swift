import Repository
import Synchronization
import SystemInterface

/// The list of snapshots, kept up to date with the repository.
///
/// Whoever looks at a list that is older than `ViewLimits.refreshSeconds` refreshes it; others meanwhile see the old
/// one. A refresh that fails leaves the old list, and is logged.
final class SnapshotRegister: Sendable {
    private struct State {
        var table: SnapshotTable
        var refreshed: Timestamp
        var isRefreshing = false
    }

    private let repository: Repository
    private let clock: any WallClock
    private let log: DamageLog
    private let state: Mutex<State>

    /// Lists what an opened repository has.
    init(repository: Repository, clock: any WallClock, log: DamageLog) throws(RepositoryError) {
        self.repository = repository
        self.clock = clock
        self.log = log
        let snapshots = repository.snapshots()
        let table = SnapshotTable(
            snapshots, names: SnapshotNaming.names(of: snapshots), after: nil,
            changed: snapshots.map(\.manifest.finished).max() ?? clock.now())
        state = Mutex(State(table: table, refreshed: clock.now()))
    }

    /// The snapshots, refreshed if the last time is too long ago.
    func current() -> SnapshotTable {
        let now = clock.now()
        let (table, isDue) = state.withLock { state in
            let age = now.seconds.subtractingReportingOverflow(state.refreshed.seconds)
            // A clock that was set back makes the list old, rather than new for a long time.
            let isFresh = !age.overflow && (0..<ViewLimits.refreshSeconds).contains(age.partialValue)
            guard !isFresh, !state.isRefreshing else { return (state.table, false) }
            state.isRefreshing = true
            return (state.table, true)
        }
        return isDue ? refreshed(table, now: now) : table
    }

    /// Refreshes the list now.
    func refresh() {
        let now = clock.now()
        let table: SnapshotTable? = state.withLock { state in
            guard !state.isRefreshing else { return nil }
            state.isRefreshing = true
            return state.table
        }
        if let table { _ = refreshed(table, now: now) }
    }

    /// Asks the repository; only one thread is here at a time.
    private func refreshed(_ old: SnapshotTable, now: Timestamp) -> SnapshotTable {
        var table = old
        do throws(RepositoryError) {
            try repository.refresh()
            let snapshots = repository.snapshots()
            let names = SnapshotNaming.names(of: snapshots)
            if !old.lists(snapshots, names: names) {
                table = SnapshotTable(snapshots, names: names, after: old, changed: now)
            }
        } catch {
            log.report(Array("/snapshots".utf8), error)
        }
        for (id, reason) in repository.damagedSnapshots() {
            log.report(Array("/snapshots/\(id.short)".utf8), reason)
        }
        state.withLock { state in
            state.table = table
            state.refreshed = now
            state.isRefreshing = false
        }
        return table
    }
}
