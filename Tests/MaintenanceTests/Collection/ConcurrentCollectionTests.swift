import Coding
import Maintenance
import Repository
import Storage
import Synchronization
import SystemInterface
import TestSupport
import Testing

@Suite("Garbage collections beside backups and whoever forgets")
struct ConcurrentCollectionTests {
    /// What was acknowledged, and what of it was forgotten.
    private final class Ledger: Sendable {
        let book = Mutex(Book())
    }

    private struct Book {
        var saved: [SnapshotID: (snapshot: Snapshot, files: [String: [UInt8]])] = [:]
        var forgotten: Set<SnapshotID> = []
        var surprises: [String] = []
    }

    @Test(
        "lose no snapshot that was acknowledged and not forgotten", .timeLimit(.minutes(20)),
        arguments: 1...UInt64(3))
    func concurrent(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("store")
        let fixture = try CollectionFixture(store: LocalDirectoryStore.create(at: path), seed: seed)
        let ledger = Ledger()
        let rounds = 12
        func work(_ name: String, _ round: @escaping @Sendable (CollectionFixture, Int) throws -> Void) throws -> Thread
        {
            try Thread.spawn(name: name) {
                for number in 0..<rounds {
                    do {
                        try round(try fixture.over(try LocalDirectoryStore(at: path)), number)
                    } catch let error as RepositoryError {
                        // A run that was fenced, and a collection that began while another was at work.
                        let isExpected = error.code == .fenced || error.code == .removed || error.code == .refused
                        if !isExpected {
                            ledger.book.withLock { $0.surprises.append("\(name): \(error.code) \(error)") }
                        }
                    } catch {
                        ledger.book.withLock { $0.surprises.append("\(name): \(error)") }
                    }
                }
            }
        }
        let threads = try [
            work("writer-1") { try Self.save($0, $1, 1, ledger) },
            work("writer-2") { try Self.save($0, $1, 2, ledger) },
            work("forgetter") { fixture, _ in try Self.forget(fixture, ledger) },
            work("collector-1") { fixture, _ in
                try fixture.collect {
                    $0.isConfirmed = true
                    $0.fencesSessions = true
                }
            },
            work("collector-2") { fixture, _ in try fixture.collect { $0.isConfirmed = true } },
        ]
        for thread in threads { thread.join() }
        let end = try fixture.over(try LocalDirectoryStore(at: path))
        for _ in 0..<4 {
            _ = try end.collect {
                $0.isConfirmed = true
                $0.fencesSessions = true
            }
        }
        let (saved, forgotten, surprises) = ledger.book.withLock { ($0.saved, $0.forgotten, $0.surprises) }
        #expect(surprises == [], "seed \(seed)")
        for (id, entry) in saved where !forgotten.contains(id) {
            #expect(try end.contents(of: entry.snapshot) == entry.files, "seed \(seed), snapshot \(id)")
        }
        let check = try Check(end.repository.reopened(over: end.store), options: CheckOptions(readsData: true)).run()
        #expect(check.damage.map(\.object) == [], "seed \(seed)")
    }

    private static func save(
        _ fixture: CollectionFixture, _ round: Int, _ writer: UInt64, _ ledger: Ledger
    ) throws {
        // Some content again and again, so that runs rely on what others have stored and collectors want to delete.
        let files = [
            "own": CollectionFixture.bytes(1_000 * writer + UInt64(round), count: 5_000),
            "shared": CollectionFixture.bytes(UInt64(round % 3), count: 300_000),
        ]
        let snapshot = try fixture.commit(files)
        ledger.book.withLock { $0.saved[snapshot.id] = (snapshot, files) }
    }

    private static func forget(_ fixture: CollectionFixture, _ ledger: Ledger) throws {
        let chosen = ledger.book.withLock { book in
            let chosen = book.saved.keys.sorted().first { !book.forgotten.contains($0) }
            if let chosen { book.forgotten.insert(chosen) }
            return chosen.flatMap { book.saved[$0]?.snapshot }
        }
        if let chosen { try fixture.forget(chosen) }
    }
}
