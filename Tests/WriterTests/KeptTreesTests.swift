import BackupTestSupport
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Trees that are kept from the parent snapshot")
struct KeptTreesTests {
    @Test(
        "After random edits an incremental run names the same tree as one that reads everything, and restores to the source",
        arguments: [UInt64](1...8))
    func equalsFullRun(seed: UInt64) throws {
        let fixture = try BackupFixture(seed: seed)
        var tree = try RandomTree(in: fixture.source, seed: seed, items: 150)
        try fixture.backUp()
        for round in 0..<6 {
            // With no edit at all in the first round, everything is kept.
            try tree.edit(round * round)
            let kept = try fixture.backUp().committed()
            let read = try fixture.backUp { $0.parent = .none }.committed()
            #expect(
                try fixture.entry(fixture.source, in: kept) == fixture.entry(fixture.source, in: read),
                "seed \(seed), round \(round)")
            let (path, _) = try fixture.restore(kept, as: "out\(round)")
            let differences = try FileTree(path).differences(from: FileTree(fixture.source))
            #expect(differences == [], "seed \(seed), round \(round)")
        }
    }

    @Test(
        "A directory of many pages is the same tree wherever a name comes or goes",
        arguments: ["a", "name00000", "name02000", "name02000x", "name03999", "zz"])
    func keepsPages(name: String) throws {
        let fixture = try BackupFixture()
        for number in 0..<4000 {
            let digits = String(100_000 + number).dropFirst()
            try FileSystem.write(fixture.source.appending("name\(digits)"), [])
        }
        try fixture.backUp()
        let path = fixture.source.appending(name)
        if try FileSystem.exists(path) {
            try FileSystem.remove(path)
        } else {
            try FileSystem.write(path, [1])
        }
        let kept = try fixture.backUp().committed()
        let read = try fixture.backUp { $0.parent = .none }.committed()
        #expect(try fixture.entry(fixture.source, in: kept) == fixture.entry(fixture.source, in: read))
        #expect(kept.manifest.statistics.bytesNew < 200_000)
    }

    @Test("What lay in a pack that the storage lost is stored anew, although nothing changed")
    func noticesLostPack() throws {
        let store = MemoryStore()
        let fixture = try BackupFixture(store: store)
        _ = try RandomTree(in: fixture.source, seed: 3, items: 60)
        try fixture.backUp()
        try fixture.backUp()
        for pack in try store.list(.packs) { try store.delete(pack.name) }
        let third = try fixture.backUp().committed()
        let (path, outcome) = try fixture.restore(third, as: "out")
        #expect(outcome.problems.isEmpty)
        #expect(try FileTree(path).differences(from: FileTree(fixture.source)) == [])
    }

    @Test("What a lost index segment listed is looked for again, although nothing changed")
    func noticesLostSegment() throws {
        let store = MemoryStore()
        let fixture = try BackupFixture(store: store)
        _ = try RandomTree(in: fixture.source, seed: 4, items: 60)
        try fixture.backUp()
        for segment in try store.list(.index) { try store.delete(segment.name) }
        for pack in try store.list(.packs) { try store.delete(pack.name) }
        let second = try fixture.backUp().committed()
        let (path, outcome) = try fixture.restore(second, as: "out")
        #expect(outcome.problems.isEmpty)
        #expect(try FileTree(path).differences(from: FileTree(fixture.source)) == [])
    }
}
