import Coding
import Repository
import Storage
import Synchronization
import SystemInterface

extension Check {
    /// Holds the packs against the index, and in a thorough check against their names and their chunks.
    mutating func checkPacks(
        _ packs: [ObjectEntry], index: [Bytes32: PackTable]
    ) throws(RepositoryError) -> PackHealth {
        let work = PackWork(check: copy self, packs: packs, index: index)
        try work.run(threads: options.workers)
        var health = work.health
        health.listed = Set(index.keys)
        report.packBytesRead += work.bytesRead
        let present = Set(packs.compactMap(\.name.id))
        for missing in index.keys.sorted() where !present.contains(missing) {
            health.lostPacks[missing] = damage.report(ObjectName(.packs, missing).path, "it is missing")
        }
        return health
    }
}

/// The packs of a repository, shared out among threads.
private final class PackWork: Sendable {
    private struct State {
        var next = 0
        var done = 0
        var bytes: UInt64 = 0
        var health = PackHealth()
        var failure: RepositoryError?
    }

    private let repository: Repository
    private let options: CheckOptions
    private let observer: (any CheckObserver)?
    private let damage: DamageRegister
    private let notes: DamageRegister
    private let packs: [ObjectEntry]
    private let index: [Bytes32: PackTable]
    private let state = Mutex(State())

    init(check: Check, packs: [ObjectEntry], index: [Bytes32: PackTable]) {
        repository = check.repository
        options = check.options
        observer = check.observer
        damage = check.damage
        notes = check.notes
        self.packs = packs
        self.index = index
    }

    var health: PackHealth { state.withLock { $0.health } }
    var bytesRead: UInt64 { state.withLock { $0.bytes } }

    /// Checks all packs on this thread and `threads - 1` others.
    func run(threads: Int) throws(RepositoryError) {
        var others: [Thread] = []
        for number in 1..<max(1, min(threads, packs.count)) {
            // A system without room for another thread has this one.
            guard let thread = try? Thread.spawn(name: "pastfs-check-\(number)", { self.checkAll() }) else { break }
            others.append(thread)
        }
        checkAll()
        for thread in others { thread.join() }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func checkAll() {
        while let entry = nextPack() {
            do throws(RepositoryError) {
                try check(entry)
            } catch {
                state.withLock { $0.failure = $0.failure ?? error }
            }
            let progress = state.withLock { state in
                state.done += 1
                return CheckProgress(phase: .packs, done: state.done, total: packs.count, bytes: state.bytes)
            }
            observer?.checkAdvanced(progress)
        }
    }

    private func nextPack() -> ObjectEntry? {
        state.withLock { state in
            guard state.failure == nil, state.next < packs.count else { return nil }
            defer { state.next += 1 }
            return packs[state.next]
        }
    }

    private func check(_ entry: ObjectEntry) throws(RepositoryError) {
        guard let pack = entry.name.id else { return }
        let table = index[pack]
        if table == nil {
            notes.report(entry.name.path, "the index does not list it: a run was interrupted, or a segment is lost")
        }
        do {
            if options.readsData { try readAll(of: entry, pack) }
            try checkFooter(of: entry, pack, table)
        } catch {
            guard error.isFinding else { throw error }
            let number = damage.report(error, entry.name.path)
            // A damaged footer alone takes nothing away: the index says where the bundles are.
            if error.code != .damaged { lose(pack, number) }
        }
    }

    private func checkFooter(of entry: ObjectEntry, _ pack: Bytes32, _ table: PackTable?) throws(RepositoryError) {
        if let table, entry.bytes != table.packBytes {
            let number = damage.report(
                entry.name.path, "it has \(entry.bytes) bytes, and the index says \(table.packBytes)")
            if !options.readsData { lose(pack, number) }
            return
        }
        let footer = try repository.auditFooter(ofPack: pack)
        if let table, footer != table {
            let number = damage.report(entry.name.path, "its footer and the index contradict each other")
            if !options.readsData { lose(pack, number) }
        }
    }

    private func readAll(of entry: ObjectEntry, _ pack: Bytes32) throws(RepositoryError) {
        let audit = try repository.auditPack(pack)
        if let fault = audit.fault { damage.report(entry.name.path, fault) }
        var faults: [PackHealth.Bundle: DamageRegister.Number] = [:]
        for fault in audit.bundleFaults {
            faults[.init(pack: pack, offset: fault.offset)] = damage.report(entry.name.path, fault.reason)
        }
        state.withLock { state in
            state.bytes += audit.bytes
            state.health.lostBundles.merge(faults) { first, _ in first }
        }
    }

    /// Counts all of a pack as lost. A thorough check does so only with a pack that can't be read at all, since it tries
    /// the bundles of the others one by one.
    private func lose(_ pack: Bytes32, _ number: DamageRegister.Number) {
        state.withLock { $0.health.lostPacks[pack] = number }
    }
}
