import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A check that is resumed")
struct ReadingJournalTests {
    private let directory: TemporaryDirectory
    private let sample: SampleRepository
    private var path: FilePath { directory.path.appending("cache").appending("check-all") }

    init() throws {
        directory = try TemporaryDirectory()
        sample = try SampleRepository()
    }

    @Test("reads what the interrupted one did not come to, and leaves no journal")
    func resumes() throws {
        let last = sample.names(in: .packs).last
        #expect(throws: RepositoryError.self) { try check(try journal(resuming: false), failingAt: last) }
        let second = try journal(resuming: true)
        #expect(second.wholeBefore.count == sample.names(in: .packs).count - 1)
        let report = try check(second, failingAt: nil)
        #expect(report.isWhole)
        #expect(report.packsReadBefore == sample.names(in: .packs).count - 1)
        #expect(report.packsRead == 1)
        #expect(try !FileSystem.exists(path))
    }

    @Test("reads a damaged pack again, and tells of it again")
    func damagedAgain() throws {
        let pack = try #require(sample.pack(.content))
        var objects = sample.objects
        objects[pack]?[60] ^= 1
        let last = try #require(sample.names(in: .packs).last { $0 != pack })
        #expect(throws: RepositoryError.self) { try check(try journal(resuming: false), objects, failingAt: last) }
        let second = try journal(resuming: true)
        #expect(!second.wholeBefore.isEmpty)
        #expect(!second.wholeBefore.contains(try #require(pack.id)))
        #expect(try check(second, objects, failingAt: nil).damage.contains { $0.object == pack.path })
    }

    @Test("reads again what another check has found damaged since, and answers for nothing that it has not read")
    func doubted() throws {
        let packs = sample.names(in: .packs)
        let (pack, last) = (packs[0], packs[packs.count - 1])
        let id = try #require(pack.id)
        #expect(throws: RepositoryError.self) { try check(try journal(resuming: false), failingAt: last) }
        // Rotten since.
        var objects = sample.objects
        objects[pack]?[60] ^= 1
        let second = try journal(resuming: true, doubted: [id])
        #expect(second.wholeBefore == Set(packs.dropFirst().dropLast().compactMap(\.id)))
        let report = try check(second, objects, failingAt: nil)
        #expect(report.damage.contains { $0.object == pack.path })
        #expect(report.damagedPacks == [id])
        #expect(report.soundPacks == [try #require(last.id)])
    }

    @Test("reads a pack again that the index contradicts")
    func contradicted() throws {
        let packs = sample.names(in: .packs)
        let (pack, last) = (packs[0], packs[packs.count - 1])
        let store = UnreachableObjectStore(try SampleRepository.store(of: sample.objects), object: last)
        let size = UInt64(try #require(sample.objects[pack]).count)
        let listed = MissizedStore(store, [pack: size + 1], onlyListed: true)
        let repository = try sample.repository.reopened(over: listed)
        let options = CheckOptions(readsData: true, workers: 1)
        #expect(throws: RepositoryError.self) {
            try Check(repository, options: options, journal: try journal(resuming: false)).run()
        }
        let second = try journal(resuming: true)
        #expect(second.wholeBefore == Set(packs.dropFirst().dropLast().compactMap(\.id)))
    }

    @Test("keeps the seed of the interrupted one, and begins anew where it is not resumed")
    func seeds() throws {
        _ = try journal(resuming: false, seed: 5)
        #expect(try journal(resuming: true, seed: 6).seed == 5)
        #expect(try journal(resuming: false, seed: 7).seed == 7)
    }

    @Test("begins anew where the journal is none, and takes no line that was cut off", arguments: [true, false])
    func damagedJournal(hasHeading: Bool) throws {
        _ = try journal(resuming: false, seed: 5)
        let id = try #require(sample.pack(.content)?.id)
        let lines = (hasHeading ? "pastfs check 1 seed 5\n" : "") + "\(id)\n" + "\(id)".prefix(20)
        try FileSystem.write(path, Array(lines.utf8))
        let journal = try journal(resuming: true, seed: 6)
        #expect(journal.seed == (hasHeading ? 5 : 6))
        #expect(journal.wholeBefore == (hasHeading ? [id] : []))
    }

    @Test("is not what another process is doing at the same time")
    func locked() throws {
        let first = try journal(resuming: false)
        #expect(try ReadingJournal(path: path, resuming: true, seed: 1) == nil)
        _ = first.seed
    }

    private func journal(
        resuming: Bool, seed: UInt64 = 1, doubted: Set<Bytes32> = []
    ) throws -> ReadingJournal {
        // A program that another test starts has the file of the one before, too, until it runs.
        let journal = try Wait.until(seconds: 10) {
            try ReadingJournal(path: path, resuming: resuming, seed: seed, doubted: doubted)
        }
        return try #require(journal)
    }

    /// A thorough check by one thread, to which the storage does not answer any more when it reads `object`.
    private func check(
        _ journal: ReadingJournal, _ objects: [ObjectName: [UInt8]]? = nil, failingAt object: ObjectName?
    ) throws -> CheckReport {
        let store = UnreachableObjectStore(try SampleRepository.store(of: objects ?? sample.objects), object: object)
        let repository = try sample.repository.reopened(over: store)
        return try Check(repository, options: CheckOptions(readsData: true, workers: 1), journal: journal).run()
    }
}
