import Coding
import Repository
import Storage
import Synchronization
import SystemInterface

/// What repairing packs came to.
public struct PackRepairReport: Sendable {
    /// One damaged pack.
    public struct Pack: Sendable {
        /// The pack's path in the repository.
        public let object: String
        /// What is wrong with it, in words.
        public internal(set) var faults: [String]
        /// How many bundles were moved to new packs.
        public let movedBundles: Int
        /// How many bundles are whole, and whole in another pack too.
        public let spareBundles: Int
        /// How many bundles are lost, as far as their number can be told.
        public let lostBundles: Int
        /// Whether nothing at all can be read of it, so that nobody knows what it held.
        public let isLost: Bool
        /// Whether it was moved out of the repository.
        public internal(set) var isMoved = false
    }

    /// The damaged packs, by name.
    public internal(set) var packs: [Pack] = []
    /// How many packs were made of what is whole.
    public internal(set) var packsWritten = 0
    /// How many packs were read.
    public internal(set) var packsRead = 0

    /// Whether something cannot be had back from its pack.
    public var hasLosses: Bool { packs.contains { $0.lostBundles > 0 || $0.isLost } }
    /// The damaged packs that are still in the repository.
    public var damagedPacks: Set<Bytes32> {
        Set(packs.filter { !$0.isMoved }.compactMap { ObjectName(path: $0.object)?.id })
    }
}

/// Saves what is whole in damaged packs: bundles that authenticate go into new packs, sealed as they are.
///
/// What is whole in another pack stays there, if it was read there: what the index says of a pack is no proof.
///
/// A damaged pack stays and is named, unless there is a place that it is moved to. New packs are durable before they are
/// listed, and listed before anything is moved. The run ends when all is moved: until then no collector drops what takes a
/// damaged pack's place. Repeating it makes no second copy.
public struct PackRepair {
    private static let givesMore =
        "read once more it gives more than before, and it stays; repeat the repair, which saves that"
    private static let cannotMove =
        "what cannot be read cannot be moved away: if nobody can read it, delete it by hand"

    private let repository: Repository
    private let options: RepairOptions
    private let observer: (any CheckObserver)?
    private var report = PackRepairReport()

    /// A repair of packs of `repository`, which is best opened with a catalog in memory.
    public init(_ repository: Repository, options: RepairOptions, observer: (any CheckObserver)? = nil) {
        self.repository = repository
        self.options = options
        self.observer = observer
    }

    /// Repairs those of `packs` that are damaged, and returns what was done. Throws when the storage does not answer, or
    /// cannot store, and `.fenced` when a collector has ended it or does not let it look.
    public consuming func run(_ packs: Set<Bytes32>) throws(RepositoryError) -> PackRepairReport {
        try RepairRun.perform(repository, options) { (run) throws(RepositoryError) in
            try repair(packs, run)
            return report
        }
    }

    private mutating func repair(_ packs: Set<Bytes32>, _ run: RepairRun) throws(RepositoryError) {
        let damaged = try run.undisturbed { () throws(RepositoryError) in
            let there = packs.subtracting(try repository.sweptPacks(among: packs.sorted()))
            report.packsRead = there.count
            return try findDamaged(there.sorted())
        }
        try believeLocalCatalog(of: damaged)
        let unsound = damaged.union(try missing()).union(try quarantined())
        let copies = CopyVerifier(repository)
        var written: [PackTable] = []
        for pack in damaged.sorted() {
            let object = ObjectName(.packs, pack).path
            do {
                let outcome = try repository.salvage(
                    pack, unsound: unsound, copies, isDryRun: options.isDryRun, entropy: options.entropy)
                note(outcome, object)
                written += outcome.packs
            } catch {
                guard error.isFinding, error.object == object else { throw error }
                guard try !isSwept(pack) else { continue }
                report.packs.append(
                    .init(
                        object: object, faults: [error.reason], movedBundles: 0, spareBundles: 0, lostBundles: 0,
                        isLost: true))
            }
        }
        report.packsWritten = written.count
        guard !options.isDryRun else { return }
        try repository.storeIndex(of: written, entropy: options.entropy)
        try moveAway(run, unsound: unsound)
        try run.finish()
    }

    /// Has this run believe what the local catalog says of packs that no segment lists: where their footers are damaged, too,
    /// nothing else tells where their bundles are. Each of these is opened before it is saved.
    private func believeLocalCatalog(of packs: Set<Bytes32>) throws(RepositoryError) {
        let unlisted = packs.subtracting(try repository.listedPacks())
        for table in try repository.localTables(of: unlisted, below: options.cacheDirectory) {
            try repository.believe(table)
        }
    }

    /// The packs that a collection plans to delete; none where nobody can tell what its plan says: then it deletes nothing,
    /// and a check tells.
    ///
    /// Throws where a sweep plan cannot be read: a pack that another run is about to delete would be taken for a sound place.
    private func quarantined() throws(RepositoryError) -> Set<Bytes32> {
        do {
            return try repository.quarantinedPacks()
        } catch {
            let name = error.object.flatMap { ObjectName(path: $0) }
            guard error.isOfContents, let name, name.folder == .quarantine, name.part == nil else { throw error }
            return []
        }
    }

    /// Whether a collector has decided meanwhile that the pack goes: nobody needs what it held.
    private func isSwept(_ pack: Bytes32) throws(RepositoryError) -> Bool {
        try repository.refresh()
        return try !repository.sweptPacks(among: [pack]).isEmpty
    }

    /// Those of `packs` with which anything is wrong.
    private func findDamaged(_ packs: [Bytes32]) throws(RepositoryError) -> Set<Bytes32> {
        let found = FoundPacks()
        let (repository, observer) = (repository, observer)
        try SharedWork(packs) { (pack) throws(RepositoryError) in
            do throws(RepositoryError) {
                let audit = try repository.auditPack(pack)
                if audit.fault != nil || !audit.bundleFaults.isEmpty { found.add(pack) }
            } catch {
                guard error.isFinding else { throw error }
                found.add(pack)
            }
        } advanced: { done in
            observer?.checkAdvanced(CheckProgress(phase: .packs, done: done, total: packs.count, bytes: 0))
        }.run(threads: options.workers)
        return found.packs
    }

    /// The packs that the index lists and the storage does not have.
    private func missing() throws(RepositoryError) -> Set<Bytes32> {
        let listed = try repository.listedPacks()
        return listed.subtracting(try repository.names(in: .packs))
    }

    private mutating func note(_ outcome: SalvageOutcome, _ object: String) {
        guard !outcome.faults.isEmpty else { return }
        let isLost = outcome.movedBundles + outcome.spareBundles + outcome.lostBundles == 0
        report.packs.append(
            .init(
                object: object, faults: outcome.faults, movedBundles: outcome.movedBundles,
                spareBundles: outcome.spareBundles, lostBundles: outcome.lostBundles, isLost: isLost))
    }

    private mutating func moveAway(_ run: RepairRun, unsound: Set<Bytes32>) throws(RepositoryError) {
        guard let shelf = options.moving else { return }
        // A segment that is not known may say what is in a pack whose footer is damaged.
        try repository.refresh()
        guard !repository.hasUnreadSegments else { return }
        // The catalog may have been made anew meanwhile.
        try believeLocalCatalog(of: report.damagedPacks)
        // What was stored and what was relied on is read, too: it takes the place of what goes.
        let copies = CopyVerifier(repository)
        for index in report.packs.indices {
            guard let pack = ObjectName(path: report.packs[index].object)?.id,
                try isSpent(pack, unsound: unsound, copies)
            else { continue }
            switch try move(pack, to: shelf, run, unsound: unsound, copies) {
            case .moved: report.packs[index].isMoved = true
            case .sound: report.packs[index].faults.append(Self.givesMore)
            case .unread: report.packs[index].faults.append(Self.cannotMove)
            }
        }
    }

    /// Moves a pack away while the run goes on: until it ends, no collector decides on what takes the pack's place.
    ///
    /// Where one ends it in just that moment, and may have relied on the pack, that is put back.
    private func move(
        _ pack: Bytes32, to shelf: DamagedShelf, _ run: RepairRun, unsound: Set<Bytes32>, _ copies: CopyVerifier
    ) throws(RepositoryError) -> DamagedShelf.Move {
        let name = ObjectName(.packs, pack)
        // The very bytes that go are judged: a disk that fails now and then gives now what it has not given before.
        let copy = try shelf.copy(name, from: repository.store) { (bytes) throws(RepositoryError) in
            try !isSpent(pack, holding: bytes, unsound: unsound, copies)
        }
        let bytes: [UInt8]
        switch copy {
        case .sound: return .sound
        case .unread: return .unread
        case .kept(let kept): bytes = kept
        }
        try run.requireOpen()
        try repository.delete(name)
        do throws(RepositoryError) {
            try run.requireOpen()
        } catch {
            try putBack(name, bytes)
            throw error
        }
        return .moved
    }

    private func putBack(_ name: ObjectName, _ bytes: [UInt8]) throws(RepositoryError) {
        do {
            try repository.store.create(name, bytes)
        } catch {
            guard error.code == .alreadyExists else { throw RepositoryError(error) }
        }
    }
}

extension PackRepair {
    /// Whether a pack that was damaged is so still, and holds nothing any more that could be saved: a disk that fails once
    /// is no reason to take away what it gives a moment later. `bytes` are the pack where they are given.
    private func isSpent(
        _ pack: Bytes32, holding bytes: [UInt8]? = nil, unsound: Set<Bytes32>, _ copies: CopyVerifier
    ) throws(RepositoryError) -> Bool {
        do throws(RepositoryError) {
            let left = try repository.salvage(
                pack, holding: bytes, unsound: unsound, copies, isDryRun: true, entropy: options.entropy)
            return !left.faults.isEmpty && left.movedBundles == 0
        } catch {
            guard error.isFinding, error.object == ObjectName(.packs, pack).path else { throw error }
            // What the storage does not give now, or a newer version has written, may be whole.
            return false
        }
    }
}

/// Packs that several threads find.
private final class FoundPacks: Sendable {
    private let state = Mutex<Set<Bytes32>>([])

    var packs: Set<Bytes32> { state.withLock { $0 } }

    func add(_ pack: Bytes32) {
        state.withLock { _ = $0.insert(pack) }
    }
}
