import Coding
import Repository
import Storage
import Synchronization

extension Check {
    /// Holds the packs against the index, and those that are selected against their names and their chunks.
    mutating func checkPacks(
        _ packs: [ObjectEntry], index: [Bytes32: PackTable]
    ) throws(RepositoryError) -> PackHealth {
        let selected = options.selection.chosen(from: packs)
        let before = journal?.wholeBefore.intersection(selected) ?? []
        let reading = selected.subtracting(before).subtracting(wholeInThisRun)
        let work = PackCheck(check: copy self, index: index, reading: reading)
        let observer = observer
        try SharedWork(packs) { (entry) throws(RepositoryError) in
            try work.check(entry)
        } advanced: { done in
            observer?.checkAdvanced(
                CheckProgress(phase: .packs, done: done, total: packs.count, bytes: work.bytesRead))
        }.run(threads: options.workers)
        var health = work.health
        health.listed = Set(index.keys)
        report.packCount = packs.count
        report.packsReadBefore = before.count
        report.packsRead = selected.count - before.count + work.readBesides
        report.packBytesRead += work.bytesRead
        let present = Set(packs.compactMap(\.name.id))
        // The catalog may have read a segment that the storage does not give now: the walk goes by what both list.
        let known = try repository.listedPacks().subtracting(index.keys).subtracting(present)
        let unread = known.subtracting(try repository.sweptPacks(among: known.sorted()))
        for missing in unread.union(index.keys).sorted() where !present.contains(missing) {
            let name = ObjectName(.packs, missing)
            // A segment that was read since the packs were listed names those that have come since.
            guard let fault = try repository.absence(of: name) else { continue }
            health.lostPacks[missing] = damage.report(name.path, fault)
        }
        report.damagedPacks = work.damaged.union(health.lostPacks.keys)
        wholeInThisRun.formUnion(reading.intersection(present).subtracting(report.damagedPacks))
        // What was read before this run may have rotted since.
        report.soundPacks = wholeInThisRun.intersection(selected.intersection(present)).subtracting(report.damagedPacks)
        return health
    }
}

/// What is looked at in each pack, by several threads at once.
private final class PackCheck: Sendable {
    private struct State {
        var bytes: UInt64 = 0
        var health = PackHealth()
        var damaged: Set<Bytes32> = []
        var readBesides = 0
    }

    private let repository: Repository
    private let damage: DamageRegister
    private let notes: DamageRegister
    private let journal: ReadingJournal?
    private let index: [Bytes32: PackTable]
    private let reading: Set<Bytes32>
    private let state = Mutex(State())

    init(check: Check, index: [Bytes32: PackTable], reading: Set<Bytes32>) {
        repository = check.repository
        damage = check.damage
        notes = check.notes
        journal = check.journal
        self.index = index
        self.reading = reading
    }

    var health: PackHealth { state.withLock { $0.health } }
    /// Packs with which anything is wrong.
    var damaged: Set<Bytes32> { state.withLock { $0.damaged } }
    var bytesRead: UInt64 { state.withLock { $0.bytes } }
    /// How many packs were read that were not to be, because they are damaged.
    var readBesides: Int { state.withLock { $0.readBesides } }

    func check(_ entry: ObjectEntry) throws(RepositoryError) {
        guard let pack = entry.name.id else { return }
        if index[pack] == nil {
            notes.report(entry.name.path, "the index does not list it: a run was interrupted, or a segment is lost")
        }
        let isRead = reading.contains(pack)
        do {
            let isWhole = isRead ? try readAll(of: entry, pack) : true
            let isAsListed = try isAsListed(entry, pack)
            if !isAsListed, !isRead {
                // What is lost of it only its bundles tell: who reads these needs neither header nor footer.
                _ = try readAll(of: entry, pack)
                state.withLock { $0.readBesides += 1 }
            }
            if isRead, isWhole, isAsListed { journal?.note(pack) }
        } catch {
            guard error.isFinding else { throw error }
            noteDamaged(pack)
            lose(pack, damage.report(error, entry.name.path))
        }
    }

    /// Holds the pack's size and footer against what the index lists, reports where they do not agree, and returns whether
    /// they do.
    private func isAsListed(_ entry: ObjectEntry, _ pack: Bytes32) throws(RepositoryError) -> Bool {
        let table = index[pack]
        // Of a size that a listing could not find out, whoever asks for that of this one object is told why.
        let bytes = entry.bytes > 0 ? entry.bytes : try repository.storedSize(of: entry.name)
        if let table, bytes != table.packBytes {
            damage.report(entry.name.path, "it has \(bytes) bytes, and the index says \(table.packBytes)")
            noteDamaged(pack)
            return false
        }
        do {
            let footer = try repository.auditFooter(ofPack: pack)
            guard let table, footer != table else { return true }
            damage.report(entry.name.path, "its footer and the index contradict each other")
        } catch {
            guard error.isFinding else { throw error }
            damage.report(error, entry.name.path)
        }
        noteDamaged(pack)
        return false
    }

    /// Reads the pack, and returns whether nothing is wrong with it.
    private func readAll(of entry: ObjectEntry, _ pack: Bytes32) throws(RepositoryError) -> Bool {
        let audit = try repository.auditPack(pack)
        if let fault = audit.fault { damage.report(entry.name.path, fault) }
        var faults: [PackHealth.Bundle: DamageRegister.Number] = [:]
        for fault in audit.bundleFaults {
            faults[.init(pack: pack, offset: fault.offset)] = damage.report(entry.name.path, fault.reason)
        }
        state.withLock { state in
            state.bytes += audit.bytes
            if audit.fault != nil || !faults.isEmpty { state.damaged.insert(pack) }
            state.health.lostBundles.merge(faults) { first, _ in first }
        }
        return audit.fault == nil && faults.isEmpty
    }

    private func noteDamaged(_ pack: Bytes32) {
        state.withLock { _ = $0.damaged.insert(pack) }
    }

    /// Counts all of a pack as lost: one that can't be read at all. Of every other the bundles were tried one by one.
    private func lose(_ pack: Bytes32, _ number: DamageRegister.Number) {
        state.withLock { $0.health.lostPacks[pack] = number }
    }
}
