import Coding
import Commands
import Maintenance
import Repository
import Restorer
import Storage
import SystemInterface
import TestSupport

/// What is done with a repository.
enum Errand: CaseIterable {
    case list, check, archive, compare, search, dryRepair, repair, retain, collect, dryCollect
}

/// Does what the program does with a repository that may say anything, for a bounded number of steps.
struct ReaderWalk {
    /// A tree of a few pages can have more entries than can be counted.
    private static let stepsMax = 3_000
    private static let archiveBytesMax = 1 << 20

    private let repository: Repository
    private let snapshots: [Snapshot]

    init(_ repository: Repository) {
        self.repository = repository
        snapshots = repository.snapshots() + repository.forgottenSnapshots().map(\.snapshot)
    }

    func run(_ errand: Errand) {
        do {
            switch errand {
            case .list: for snapshot in snapshots { try list(snapshot) }
            case .check: try check()
            case .archive: for snapshot in snapshots { try archive(snapshot) }
            case .compare: compare()
            case .search: search()
            case .dryRepair: try repair(isDryRun: true)
            case .repair: try repair(isDryRun: false)
            case .retain: try retain()
            case .collect: try collect(isDryRun: false)
            case .dryCollect: try collect(isDryRun: true)
            }
        } catch {
            SealedInput.examine(error)
        }
    }

    /// Goes through a tree, and reads of each file its beginning, its end and what is between its holes.
    private func list(_ snapshot: Snapshot) throws {
        let source = repository.makeSource(cacheBytes: 1 << 20, verifies: false)
        var stack = [snapshot.manifest.root]
        var steps = 0
        while let entry = stack.popLast(), steps < Self.stepsMax {
            steps += 1
            examine { () throws(RepositoryError) in _ = try entry.extendedAttributes.load(from: source) }
            examine { () throws(RepositoryError) in try read(entry, source) }
            guard case .tree(let root) = entry.content else { continue }
            examine { () throws(RepositoryError) in
                let directory = try TreeDirectory(root, source: source)
                for page in 0..<min(directory.pageCount, 8) {
                    let entries = try directory.page(page).entries
                    for entry in entries.prefix(64) {
                        let found = try directory.entry(named: entry.name)
                        require(found == entry, "an entry that is listed is not found")
                    }
                    stack += entries.prefix(64)
                }
            }
        }
    }

    private func read(_ entry: TreeEntry, _ source: ChunkSource) throws(RepositoryError) {
        guard entry.type == .regular, entry.content != .unreadable else { return }
        let file = try FileContents(entry, source: source)
        require(file.size == entry.size, "a file of another size")
        for offset in [0, file.size / 2, file.size &- 3] where offset < file.size {
            let wanted = min(64, file.size - offset)
            let bytes = try [UInt8](unsafeUninitializedCapacity: 64) { (buffer, count) throws(RepositoryError) in
                count = try file.read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            }
            require(UInt64(bytes.count) == wanted, "\(bytes.count) bytes of \(wanted)")
            if let hole = try file.nextHole(from: offset) { require(hole >= offset && hole <= file.size, "a hole") }
            if let data = try file.nextData(from: offset) { require(data >= offset && data < file.size, "data") }
        }
    }

    private func check() throws {
        let report = try Check(repository, options: CheckOptions(.all, workers: 1)).run()
        for finding in report.damage { require(!finding.what.isEmpty, "a finding without words") }
        _ = try StorageCheck(repository.store, options: CheckOptions(.all, workers: 1)).run()
        _ = try repository.statistics()
    }

    private func archive(_ snapshot: Snapshot) throws {
        struct Full: Error {}
        var bytes = 0
        let run = ArchiveRun(repository: repository, snapshot: snapshot, path: nil) { piece in
            bytes += piece.count
            if bytes > Self.archiveBytesMax { throw Full() }
        }
        do {
            _ = try run.run()
        } catch {
            SealedInput.examine(error)
        }
    }

    private func compare() {
        guard let first = snapshots.first, let last = snapshots.last else { return }
        for pair in [(first, last), (last, first)] {
            var comparison = DeepTreeComparison(
                old: pair.0.manifest.root, new: pair.1.manifest.root, path: "/", source: repository.makeSource())
            for _ in 0..<Self.stepsMax where comparison.next() == nil { break }
        }
    }

    private func search() {
        let source = repository.makeSource()
        var search = SnapshotSearch(
            below: "/", roots: snapshots.map(\.manifest.root), source: source
        ) { _, name, _ in name.count > 1 }
        for _ in 0..<Self.stepsMax {
            do throws(SnapshotSearch.Unread) {
                guard try search.next() != nil else { break }
            } catch {
                SealedInput.examine(error.error)
            }
        }
        for snapshot in snapshots {
            examine { () throws(RepositoryError) in
                _ = try SnapshotPath.lookup([Array("inner".utf8), Array("a".utf8)], in: snapshot, source: source)
            }
        }
    }

    private func repair(isDryRun: Bool) throws {
        let options = RepairOptions(workers: 1, isDryRun: isDryRun, entropy: SeededEntropy(seed: 3))
        let packs = Set(try repository.store.names(in: .packs))
        examine { () throws(RepositoryError) in _ = try IndexRepair(repository, options: options).run() }
        examine { () throws(RepositoryError) in _ = try PackRepair(repository, options: options).run(packs) }
        examine { () throws(RepositoryError) in
            _ = try SnapshotRepair(repository, reading: .all, options: options).run()
        }
    }

    private func retain() throws {
        let entropy = SeededEntropy(seed: 4)
        let attribution = Attribution(time: .zero, userName: "somebody", host: "house", reason: "because")
        _ = repository.damagedSnapshots()
        try plan()
        examine { () throws(RepositoryError) in
            for snapshot in try repository.snapshotsWithHolds() { _ = try repository.holds(of: snapshot) }
        }
        for snapshot in snapshots.map(\.id) {
            examine { () throws(RepositoryError) in _ = try repository.standing(of: snapshot) }
            examine { () throws(RepositoryError) in
                _ = try repository.addHold(of: snapshot, by: attribution, entropy: entropy)
            }
            examine { () throws(RepositoryError) in
                _ = try repository.forget(snapshot, by: attribution, entropy: entropy)
            }
            examine { () throws(RepositoryError) in
                _ = try repository.undoForget(snapshot, by: attribution, entropy: entropy)
            }
        }
    }

    /// Applies a policy of every rule to what the manifests say of times, hosts, paths and tags.
    private func plan() throws {
        var policy = RetentionPolicy()
        policy.last = 1
        policy.within = RetentionDuration("1y")
        policy.tags = ["first"]
        for period in RetentionPeriod.allCases { policy.periods[period] = 1 }
        let candidates = snapshots.map { RetentionCandidate($0, isHeld: false) }
        for east in [0, -43_200, 50_400] {
            _ = try? RetentionPlan(
                candidates, policy: policy, grouping: [.host, .paths, .tags], now: Timestamp(seconds: 1_900_000_000)
            ) { _ in east }
        }
        for manifest in snapshots.map(\.manifest) {
            let texts = [TimeText.full(manifest.started), TimeText.short(manifest.finished)]
            require(texts.allSatisfy { !$0.isEmpty }, "a time without a text")
        }
    }

    /// Collects twice, as a sweep needs two runs, and asks for all that says how that went.
    private func collect(isDryRun: Bool) throws {
        var options = CollectionOptions(identity: RunIdentity(started: Timestamp(seconds: 1_900_000_000)))
        options.isDryRun = isDryRun
        options.isConfirmed = true
        options.fencesSessions = true
        options.graceSeconds = 0
        let entropy = SeededEntropy(seed: 6)
        for _ in 0..<2 {
            examine { () throws(RepositoryError) in
                _ = try Collection(repository, options: options, entropy: entropy).run()
            }
        }
        for snapshot in snapshots { try list(snapshot) }
        for number in 1...3 as ClosedRange<UInt64> {
            for part in [nil, ObjectPart.outcome, .snapshot] {
                let name = ObjectName(.sessions, number: number, part: part)
                examine { () throws(RepositoryError) in try repository.auditRecord(name) }
            }
        }
    }

    private func examine(_ body: () throws(RepositoryError) -> Void) {
        do throws(RepositoryError) {
            try body()
        } catch {
            SealedInput.examine(error)
        }
    }
}
