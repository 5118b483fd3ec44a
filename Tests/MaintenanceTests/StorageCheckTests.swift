import Coding
import Maintenance
import Repository
import Storage
import Testing

@Suite("A check without a key")
struct StorageCheckTests {
    private let sample: SampleRepository

    init() throws {
        sample = try SampleRepository()
    }

    @Test("finds nothing in a repository that is whole, and reads every byte of packs")
    func whole() throws {
        let report = try check(sample.objects)
        #expect(report.isWhole)
        #expect(report.notes.isEmpty)
        #expect(report.objectCount == sample.objects.count)
        let packs = sample.names(in: .packs)
        #expect(report.packBytesRead == packs.reduce(0) { $0 + UInt64(sample.objects[$1]?.count ?? 0) })
        #expect(report.packsRead == packs.count)
    }

    @Test(
        "finds a flipped bit of any byte that a name stands for",
        arguments: ObjectFolder.allCases.filter { $0.naming == .digest })
    func flipped(folder: ObjectFolder) throws {
        for name in sample.names(in: folder) {
            let bytes = try #require(sample.objects[name])
            for position in bytes.indices {
                var objects = sample.objects
                objects[name]?[position] ^= 1 << (position % 8)
                #expect(try check(objects).damage.map(\.object) == [name.path], "byte \(position)")
            }
        }
    }

    @Test("finds objects that lie under each other's names, and one of another repository")
    func misplaced() throws {
        let packs = sample.names(in: .packs)
        var objects = sample.objects
        objects[packs[0]] = sample.objects[packs[1]]
        #expect(try check(objects).damage.map(\.object) == [packs[0].path])
        objects = sample.objects
        let other = try SampleRepository(seed: 2)
        let stranger = try #require(other.pack(.content))
        objects[stranger] = other.objects[stranger]
        let finding = try #require(try check(objects).damage.first)
        #expect(finding.object == stranger.path && finding.what.contains("it belongs to another repository"))
    }

    @Test("reads the packs that are selected, and everything else")
    func subset() throws {
        let pack = try #require(sample.pack(.content))
        let part = try #require(pack.id).prefix64 % 2
        var objects = sample.objects
        objects[pack]?[40] ^= 1
        let own = try check(objects, CheckOptions(.part(Int(part) + 1, of: 2)))
        let other = try check(objects, CheckOptions(.part(2 - Int(part), of: 2)))
        #expect(own.damage.map(\.object) == [pack.path])
        #expect(other.isWhole)
        #expect(own.packsRead + other.packsRead == own.packCount)
    }

    @Test("does not read an object that is larger than any of its folder", arguments: ObjectFolder.allCases)
    func tooLarge(folder: ObjectFolder) throws {
        let names = sample.names(in: folder)
        #expect(!names.isEmpty)
        for name in names {
            let store = MissizedStore(try SampleRepository.store(of: sample.objects), [name: 1 << 62])
            let report = try StorageCheck(store, options: CheckOptions(.all)).run()
            #expect(report.damage.map(\.object) == [name.path])
            #expect(report.damage.first?.what.contains("such an object has") == true)
            #expect(store.bytesRead == 0)
        }
    }

    @Test("takes no object for damaged whose size a listing could not find out, and the next moment can")
    func unknownSize() throws {
        let sizes = Dictionary(uniqueKeysWithValues: sample.objects.keys.map { ($0, UInt64(0)) })
        let store = MissizedStore(try SampleRepository.store(of: sample.objects), sizes, onlyListed: true)
        #expect(try StorageCheck(store, options: CheckOptions(.all)).run().damage.map(\.object) == [])
    }

    @Test("counts bytes as far as a number goes")
    func manyBytes() throws {
        let sizes = Dictionary(uniqueKeysWithValues: sample.names(in: .packs).map { ($0, UInt64.max / 2 + 1) })
        let store = MissizedStore(try SampleRepository.store(of: sample.objects), sizes)
        let report = try StorageCheck(store, options: CheckOptions(.all)).run()
        #expect(report.storedBytes == .max)
        #expect(report.damage.count == sizes.count)
    }

    @Test("names a format object that is missing or damaged, and goes on", arguments: [true, false])
    func format(isMissing: Bool) throws {
        var objects = sample.objects
        if isMissing { objects[.format] = nil } else { objects[.format]?[0] ^= 1 }
        #expect(try check(objects).damage.map(\.object) == ["format"])
    }

    @Test("says that there is no repository where nothing was ever stored")
    func absent() throws {
        let error = #expect(throws: RepositoryError.self) { try StorageCheck(MemoryStore()).run() }
        #expect(error?.code == .noRepository)
    }

    private func check(
        _ objects: [ObjectName: [UInt8]], _ options: CheckOptions = CheckOptions(.all)
    ) throws -> CheckReport {
        try StorageCheck(try SampleRepository.store(of: objects), options: options).run()
    }
}
