import BackupTestSupport
import Repository
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Sources that were listed a moment ago")
struct ListTests {
    let fixture: BackupFixture

    init() throws {
        fixture = try BackupFixture()
    }

    private func write(_ names: [String]) throws -> [FilePath] {
        try names.map { name in
            let path = fixture.source.appending(name)
            try FileSystem.makeDirectories(path.parent)
            try FileSystem.write(path, Array(name.utf8))
            return path
        }
    }

    @Test("Exactly what is listed is saved, and a directory with all that is in it")
    func savesListed() throws {
        let paths = try write(["a/1", "a/2", "b/1", "c/d/1"])
        let outcome = try fixture.backUp {
            $0.paths = [paths[0], paths[3].parent]
            $0.isListed = true
        }
        let snapshot = try outcome.committed()
        #expect(try fixture.names(fixture.source, in: snapshot) == ["a", "c"])
        #expect(try fixture.names(fixture.source.appending("a"), in: snapshot) == ["1"])
        #expect(try fixture.names(fixture.source.appending("c/d"), in: snapshot) == ["1"])
    }

    @Test("One that is missing is a problem, all that are missing are an error")
    func missing() throws {
        let paths = try write(["a"])
        let gone = fixture.source.appending("gone/file")
        let outcome = try fixture.backUp {
            $0.paths = paths + [gone]
            $0.isListed = true
        }
        #expect(outcome.problemCount == 1)
        #expect(try fixture.names(fixture.source, in: outcome.committed()) == ["a"])
        let error = #expect(throws: BackupError.self) {
            try fixture.backUp {
                $0.paths = [gone]
                $0.isListed = true
            }
        }
        #expect(error?.code == .sourceMissing)
    }

    @Test("A list that differs has a parent in whatever snapshot shares a path with it")
    func parents() throws {
        let paths = try write(["a", "b", "c"])
        let first = try fixture.backUp {
            $0.paths = [paths[0], paths[1]]
            $0.isListed = true
        }
        let second = try fixture.backUp {
            $0.paths = [paths[1], paths[2]]
            $0.isListed = true
        }
        #expect(second.manifest.parent == (try first.committed().id))
        #expect(second.statistics.filesUnchanged == 1)
        let third = try fixture.backUp { $0.paths = [paths[1]] }
        #expect(third.manifest.parent == nil)
    }

    @Test("More paths than a snapshot records are all saved, and their directories are recorded")
    func manyPaths() throws {
        let many = try write((0..<(Limits.snapshotPathsMax + 1)).map { "many/\($0)" })
        let few = try write(["few/1", "few/2", "few/not"])
        let outcome = try fixture.backUp {
            $0.paths = many + few.prefix(2)
            $0.isListed = true
        }
        #expect(outcome.statistics.files == UInt64(many.count + 2))
        #expect(outcome.manifest.paths == [few[0], few[1], fixture.source.appending("many")])
        let again = try fixture.backUp {
            $0.paths = many + few.prefix(2)
            $0.isListed = true
        }
        #expect(again.statistics.filesUnchanged == UInt64(many.count + 2))
    }
}
