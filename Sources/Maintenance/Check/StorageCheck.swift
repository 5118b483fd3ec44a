import Coding
import Repository
import Storage
import Synchronization

/// A check without a key, for whoever keeps the storage: the bytes of every object against its name, and its size and what
/// it says in clear against what such an object has.
///
/// Holds a window of each object in memory. It finds what rots, is cut off or lies where it does not belong. That an object
/// is missing, or was put in the place of another by somebody who can name it rightly, only a key tells.
public struct StorageCheck {
    private let store: any ObjectStore
    private let options: CheckOptions
    private let journal: ReadingJournal?
    private let observer: (any CheckObserver)?
    private let damage = DamageRegister()
    private let notes = DamageRegister()
    private var report = CheckReport()

    /// A check of the repository in `store`; of packs those are read that `options` select, and of everything else all.
    public init(
        _ store: any ObjectStore, options: CheckOptions = CheckOptions(.all), journal: ReadingJournal? = nil,
        observer: (any CheckObserver)? = nil
    ) {
        self.store = store
        self.options = options
        self.journal = journal
        self.observer = observer
    }

    /// Checks, and returns what was found. Throws `.noRepository`, or when the storage does not answer.
    public consuming func run() throws(RepositoryError) -> CheckReport {
        let repository = try identifier()
        report.objectCount = 1
        for folder in ObjectFolder.allCases { try check(folder, of: repository) }
        do {
            for stranger in try store.strangers() { notes.report(stranger, "it is no object of a repository") }
        } catch {
            throw RepositoryError(error)
        }
        report.damage = damage.findings
        report.notes = notes.findings
        journal?.finish()
        return report
    }

    private func identifier() throws(RepositoryError) -> RepositoryID? {
        do {
            return try Repository.storedIdentifier(in: store)
        } catch {
            guard error.isFinding else { throw error }
            damage.report(error, "format")
            return nil
        }
    }

    private mutating func check(_ folder: ObjectFolder, of repository: RepositoryID?) throws(RepositoryError) {
        var entries: [ObjectEntry]
        do {
            entries = try store.list(folder)
        } catch {
            throw RepositoryError(error)
        }
        report.objectCount += entries.count
        for entry in entries { report.storedBytes.addSaturating(entry.bytes) }
        if folder == .packs { entries = select(entries) }
        let work = ObjectWork(store: store, repository: repository, damage: damage, journal: journal)
        let total = entries.count
        let observer = observer
        let phase: CheckPhase =
            folder == .packs ? .packs : folder == .index ? .index : folder == .snapshots ? .snapshots : .keys
        try SharedWork(entries) { (entry) throws(RepositoryError) in
            try work.check(entry)
        } advanced: { done in
            observer?.checkAdvanced(CheckProgress(phase: phase, done: done, total: total, bytes: work.bytesRead))
        }.run(threads: options.workers)
        try tellMissing(work.missing, in: folder)
        if folder == .packs {
            report.packBytesRead = work.bytesRead
            let damaged = Set(damage.findings.map(\.object))
            report.damagedPacks = Set(entries.map(\.name).filter { damaged.contains($0.path) }.compactMap(\.id))
        }
        if folder == .snapshots { report.snapshotCount = entries.count }
    }

    /// What was listed and could not be found was deleted meanwhile, unless it is still listed.
    private func tellMissing(_ missing: [ObjectName: RepositoryError], in folder: ObjectFolder) throws(RepositoryError)
    {
        guard !missing.isEmpty else { return }
        do {
            for entry in try store.list(folder) {
                if let error = missing[entry.name] { damage.report(error, entry.name.path) }
            }
        } catch {
            throw RepositoryError(error)
        }
    }

    private mutating func select(_ packs: [ObjectEntry]) -> [ObjectEntry] {
        let selected = options.selection.chosen(from: packs)
        let before = journal?.wholeBefore.intersection(selected) ?? []
        report.packCount = packs.count
        report.packsReadBefore = before.count
        report.packsRead = selected.count - before.count
        return packs.filter { $0.name.id.map { selected.contains($0) && !before.contains($0) } ?? false }
    }
}

/// Reads objects, on several threads at once.
private final class ObjectWork: Sendable {
    private let store: any ObjectStore
    private let repository: RepositoryID?
    private let damage: DamageRegister
    private let journal: ReadingJournal?
    private let bytes = Mutex<UInt64>(0)
    private let notFound = Mutex<[ObjectName: RepositoryError]>([:])

    init(store: any ObjectStore, repository: RepositoryID?, damage: DamageRegister, journal: ReadingJournal?) {
        self.store = store
        self.repository = repository
        self.damage = damage
        self.journal = journal
    }

    var bytesRead: UInt64 { bytes.withLock { $0 } }
    /// What was listed and was not there.
    var missing: [ObjectName: RepositoryError] { notFound.withLock { $0 } }

    func check(_ entry: ObjectEntry) throws(RepositoryError) {
        do {
            let count = try Repository.auditStored(entry, in: store, repository: repository)
            bytes.withLock { $0 += count }
            if entry.name.folder == .packs, let pack = entry.name.id { journal?.note(pack) }
        } catch {
            guard error.isFinding else { throw error }
            guard error.code != .storage(.notFound) else { return notFound.withLock { $0[entry.name] = error } }
            damage.report(error, entry.name.path)
        }
    }
}
