import Coding
import Repository
import Storage
import Synchronization
import SystemInterface

/// What repairing the index came to.
public struct IndexRepairReport: Sendable {
    /// How many packs the storage has.
    public internal(set) var packCount = 0
    /// Packs that no readable segment listed as their footers do, or as the local catalog does where their footers cannot be
    /// read, and that new segments list.
    public internal(set) var packsListed: [Bytes32] = []
    /// Packs whose footers cannot be read, and that no readable segment lists, nor new ones do: what is wrong, by object.
    public internal(set) var packsUnreadable: [String: String] = [:]
    /// Segments that cannot be read or say what is not so: what is wrong, by object.
    public internal(set) var segmentsWrong: [String: String] = [:]
    /// How many segments were written.
    public internal(set) var segmentsWritten = 0
    /// The wrong segments that were moved away.
    public internal(set) var segmentsMoved: [String] = []

    /// Whether the index now lists every pack, and lists nothing that is not so.
    public var isWhole: Bool { packsUnreadable.isEmpty && segmentsWrong.count == segmentsMoved.count }
}

/// Makes the index again from the footers of the packs: what no segment says rightly, new ones do.
///
/// Where a footer cannot be read, and no segment lists its pack, the local catalog may know what it holds. That is listed if
/// all of it is found in the pack. Until then no damaged segment is moved away: a catalog drops what it has of a segment that
/// is gone.
///
/// A segment that is wrong stays, unless there is a place that it is moved to; what it lists besides is then listed anew
/// before. One that is right when it is read for that stays, too. Runs beside backups and collections: a pack that is listed twice is no harm, and one that was swept is none.
public struct IndexRepair {
    private static let cannotMove =
        "; what cannot be read cannot be moved away: if nobody can read it, delete it by hand"

    private static let isNeeded = "; it stays, so that the local catalog keeps what it has of it"

    private let repository: Repository
    private let options: RepairOptions
    private let observer: (any CheckObserver)?
    private var report = IndexRepairReport()
    /// Wrong segments that the storage did not give: nobody knows what they say.
    private var unread: Set<String> = []
    /// Wrong segments that say nothing: what they said a catalog may have that has read them before.
    private var undecoded: Set<String> = []
    /// Packs of which only the local catalog says what they hold, and in which not all of that was found.
    private var unproven: Set<Bytes32> = []

    /// A repair of the index of `repository`, which is best opened with a catalog in memory.
    public init(_ repository: Repository, options: RepairOptions, observer: (any CheckObserver)? = nil) {
        self.repository = repository
        self.options = options
        self.observer = observer
    }

    /// Repairs, and returns what was done. Throws when the storage does not answer, or cannot store, and `.fenced` when a
    /// collector has ended it or does not let it look.
    public consuming func run() throws(RepositoryError) -> IndexRepairReport {
        try RepairRun.perform(repository, options) { (run) throws(RepositoryError) in
            let missing = try run.undisturbed { () throws(RepositoryError) in try look() }
            guard !options.isDryRun else { return report }
            report.segmentsWritten = try repository.storeIndex(of: missing, entropy: options.entropy)
            try run.finish()
            try moveWrongSegments()
            return report
        }
    }

    /// Fills the report in, and returns what is to be listed.
    private mutating func look() throws(RepositoryError) -> [PackTable] {
        report = IndexRepairReport()
        (unread, undecoded, unproven) = ([], [], [])
        let segments = try readSegments()
        let packs = try presentPacks(namedBy: segments)
        report.packCount = packs.count
        let footers = try readFooters(packs)
        let present = Set(packs)
        var listed: Set<Bytes32> = []
        var listedByWrong: [PackTable] = []
        for (name, tables) in segments {
            if let fault = Self.fault(in: tables, footers: footers, present: present) {
                report.segmentsWrong[name.path] = fault
                // A damaged footer is no reason to lose what a segment says of its pack.
                listedByWrong += tables.filter { present.contains($0.id) && footers.unreadable[$0.id] != nil }
                if options.moving == nil { listed.formUnion(Self.right(tables, footers, present)) }
            } else {
                listed.formUnion(tables.map(\.id))
            }
        }
        var missing = footers.tables.values.filter { !listed.contains($0.id) }
        if options.moving != nil { missing += listedByWrong.filter { !listed.contains($0.id) } }
        let saved = listed.union(listedByWrong.map(\.id))
        missing += try provenTables(footers.unreadable.filter { !saved.contains($0.key) })
        // Of a pack whose footer is damaged several segments may say something.
        report.packsListed = Set(missing.map(\.id)).sorted()
        return missing
    }

    /// What the local catalog says rightly of packs of which nothing else says anything; the others are unreadable, for these
    /// reasons.
    private mutating func provenTables(_ reasons: [Bytes32: String]) throws(RepositoryError) -> [PackTable] {
        var reasons = reasons
        var proven: [PackTable] = []
        for table in try repository.localTables(of: Set(reasons.keys), below: options.cacheDirectory) {
            if try repository.isProven(table) {
                proven.append(table)
                reasons[table.id] = nil
            } else {
                unproven.insert(table.id)
                reasons[table.id]?.append(
                    "; only the local catalog says what it holds, and not all of that can be read: "
                        + "`pastfs repair packs \(table.id)` saves the rest")
            }
        }
        for (pack, reason) in reasons { report.packsUnreadable[ObjectName(.packs, pack).path] = reason }
        return proven
    }

    /// What the segments list that can be read; the others are wrong.
    private mutating func readSegments() throws(RepositoryError) -> [(name: ObjectName, tables: [PackTable])] {
        var read: [(name: ObjectName, tables: [PackTable])] = []
        for segment in try repository.objects(in: .index) {
            do {
                read.append((segment.name, try repository.auditIndexSegment(segment.name)))
            } catch {
                guard error.isFinding else { throw error }
                // A collector has replaced it: what it listed is listed by another, or once more by this repair.
                if error.code == .storage(.notFound), try !isListed(segment.name) { continue }
                report.segmentsWrong[segment.name.path] = error.reason
                if error.isOfStorage {
                    unread.insert(segment.name.path)
                } else {
                    undecoded.insert(segment.name.path)
                }
            }
        }
        return read
    }

    /// The packs that are there and were not swept: those that the storage lists, and those that segments name and that
    /// answer by their keys, as a listing may leave out any.
    private func presentPacks(
        namedBy segments: [(name: ObjectName, tables: [PackTable])]
    ) throws(RepositoryError) -> [Bytes32] {
        var packs = try repository.names(in: .packs)
        let swept = try repository.sweptPacks(among: packs)
        packs.removeAll { swept.contains($0) }
        let unlisted = Set(segments.flatMap { $0.tables.map(\.id) }).subtracting(packs)
        for pack in unlisted.sorted() where try repository.absence(of: ObjectName(.packs, pack)) == nil {
            packs.append(pack)
        }
        return packs
    }

    private func isListed(_ name: ObjectName) throws(RepositoryError) -> Bool {
        try repository.objects(in: .index).contains { $0.name == name }
    }

    fileprivate struct Footers {
        var tables: [Bytes32: PackTable] = [:]
        var unreadable: [Bytes32: String] = [:]
    }

    private func readFooters(_ packs: [Bytes32]) throws(RepositoryError) -> Footers {
        let box = FooterBox()
        let (repository, observer) = (repository, observer)
        try SharedWork(packs) { (pack) throws(RepositoryError) in
            do throws(RepositoryError) {
                let table = try repository.auditFooter(ofPack: pack)
                box.found.withLock { $0.tables[pack] = table }
            } catch {
                guard error.isFinding else { throw error }
                let reason = error.reason
                box.found.withLock { $0.unreadable[pack] = reason }
            }
        } advanced: { done in
            observer?.checkAdvanced(CheckProgress(phase: .packs, done: done, total: packs.count, bytes: 0))
        }.run(threads: options.workers)
        return box.found.withLock { $0 }
    }

    /// What a segment says that is not so, or nil.
    private static func fault(in tables: [PackTable], footers: Footers, present: Set<Bytes32>) -> String? {
        for table in tables {
            if !present.contains(table.id) { return "it lists pack \(table.id), which is missing" }
            if let footer = footers.tables[table.id], footer != table {
                return "what it says of pack \(table.id) is not what the footer of that says"
            }
        }
        return nil
    }

    /// The packs that a segment lists rightly, as far as can be told.
    private static func right(_ tables: [PackTable], _ footers: Footers, _ present: Set<Bytes32>) -> [Bytes32] {
        tables.filter { table in
            present.contains(table.id) && footers.tables[table.id].map { $0 == table } ?? true
        }.map(\.id)
    }

    private mutating func moveWrongSegments() throws(RepositoryError) {
        guard let shelf = options.moving else { return }
        for path in report.segmentsWrong.keys.sorted() {
            guard !unread.contains(path), let name = ObjectName(path: path) else {
                report.segmentsWrong[path]?.append(Self.cannotMove)
                continue
            }
            guard unproven.isEmpty || !undecoded.contains(path) else {
                report.segmentsWrong[path]?.append(Self.isNeeded)
                continue
            }
            let move = try shelf.move(name, from: repository.store) { (bytes) throws(RepositoryError) in
                try isRight(name, holding: bytes)
            }
            switch move {
            case .moved: report.segmentsMoved.append(path)
            case .sound:
                report.segmentsWrong[path]?.append("; read once more nothing is wrong with it, and it stays")
            case .unread: report.segmentsWrong[path]?.append(Self.cannotMove)
            }
        }
    }

    /// Whether a segment that has these bytes says nothing that is not so, looked at once more.
    private func isRight(_ name: ObjectName, holding bytes: [UInt8]) throws(RepositoryError) -> Bool {
        let tables: [PackTable]
        do {
            tables = try repository.auditIndexSegment(name, holding: bytes)
        } catch {
            guard error.isFinding else { throw error }
            return false
        }
        for table in tables {
            guard try repository.absence(of: ObjectName(.packs, table.id)) == nil else { return false }
            do {
                guard try repository.auditFooter(ofPack: table.id) == table else { return false }
            } catch {
                // Of a footer that nobody can read, nobody can say that it contradicts.
                guard error.isFinding else { throw error }
            }
        }
        return true
    }
}

/// What the footers say, collected by several threads.
private final class FooterBox: Sendable {
    let found = Mutex(IndexRepair.Footers())
}
