import BackupTestSupport
import Repository
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("A scout ahead of the walk")
struct ScoutTests {
    let fixture: BackupFixture
    private let source: FilePath

    init() throws {
        fixture = try BackupFixture()
        source = fixture.source
    }

    private func scout(_ change: (inout BackupOptions) -> Void = { _ in }) throws -> SourceScout {
        var options = BackupOptions(paths: [source], host: BackupFixture.host)
        change(&options)
        return try #require(SourceScout(options, clock: fixture.clock))
    }

    private func make(_ files: [String]) throws {
        for file in files {
            let parts = file.split(separator: "/")
            var path = source
            for name in parts.dropLast() {
                path = path.appending(String(name))
                if try !FileSystem.exists(path) { try FileSystem.makeDirectory(path) }
            }
            try FileSystem.write(path.appending(String(parts.last ?? "")), Array(file.utf8))
        }
    }

    /// What the scout has of a directory below the source, as the walk asks for it.
    private func take(_ scout: SourceScout, _ name: String) throws -> ScoutedDirectory? {
        let path = name.isEmpty ? source : source.appending(name)
        return scout.take(path.bytes, try FileSystem.status(path))
    }

    private func wait(_ scout: SourceScout) {
        while !scout.hasReturned { Thread.pause(seconds: 0.001) }
    }

    @Test("It has the names and the status of all that the sources hold, in the walk's order")
    func seesAll() throws {
        // Names with bytes below the slash: `a` is walked whole before `a-b`, which is before `a.b` and `ab`.
        try make(["a/x", "a-b/x", "a.b/x", "ab/x", "a/c/x", "a/c-d/y", "z"])
        let scout = try scout()
        for name in ["", "a", "a/c", "a/c-d", "a-b", "a.b", "ab"] {
            let found = try #require(try take(scout, name), "\(name)")
            let path = name.isEmpty ? source : source.appending(name)
            let names = try FileDescriptor.open(path, [.directory]).directoryEntries()
            #expect(Set(found.names) == Set(names))
            for (item, status) in zip(found.names, found.statuses) {
                #expect(try status == FileSystem.status(path.appending(item.name)))
            }
        }
    }

    @Test("A directory that it passed over is the walk's own, and those behind it are not lost")
    func passesOver() throws {
        try make(["a/x", "b/x", "c/x"])
        let scout = try scout { $0.excludes = ["/b"] }
        #expect(try take(scout, "a") != nil)
        #expect(try take(scout, "b") == nil)
        #expect(try take(scout, "c") != nil)
    }

    @Test("What the walk does not ask for hides nothing of what comes behind it")
    func isPassedOver() throws {
        // As bytes "a/c" is behind "a-b"; a walk comes to it before.
        try make(["a/c/x", "a-b/x", "ab/x"])
        let scout = try scout()
        #expect(try take(scout, "a") != nil)
        #expect(try take(scout, "a-b") != nil)
        #expect(try take(scout, "a/c") == nil)
        #expect(try take(scout, "ab") != nil)
    }

    @Test("It does not go where the run is not to go", arguments: ["exclude", "own", "tag", "marker"])
    func staysOut(reason: String) throws {
        try make(["a/x", "out/CACHEDIR.TAG", "out/below/x"])
        let out = source.appending("out")
        let scout = try scout { options in
            switch reason {
            case "exclude": options.excludes = ["below"]
            case "own": options.ownDirectories = [out.appending("below")]
            case "tag": options.filter.leavesOutCaches = true
            default: options.filter.markerNames = [Array("CACHEDIR.TAG".utf8)]
            }
        }
        #expect(try take(scout, "out") != nil)
        #expect(try take(scout, "out/below") == nil)
        wait(scout)
    }

    @Test("What changed since it was there is looked at again")
    func noticesChange() throws {
        try make(["a/x", "b/x"])
        // Clocks of file systems tick slowly: what was made a moment ago may change without a trace.
        try FileDescriptor.open(source.appending("a"), [.directory]).setTimes(
            accessed: nil, modified: Timestamp(seconds: 1_000_000))
        let scout = try scout()
        wait(scout)
        try FileSystem.write(source.appending("a").appending("new"), [1])
        #expect(try take(scout, "a") == nil)
        #expect(try take(scout, "b") != nil)
    }

    @Test("What it saw long ago is looked at again", arguments: [(30, true), (31, false), (-1, false)])
    func noticesAge(seconds: Int64, isUsed: Bool) throws {
        try make(["a/x"])
        let scout = try scout()
        wait(scout)
        fixture.clock.advance(seconds: seconds)
        #expect(try (take(scout, "a") != nil) == isUsed)
    }

    @Test("Called back, it lets the walk go on alone", .timeLimit(.minutes(20)))
    func callsBack() throws {
        try make(["a/x"])
        let scout = try scout()
        scout.cancel()
        #expect(try take(scout, "a") == nil)
    }

    @Test("A snapshot is the same with a scout and without", arguments: [UInt64](1...6))
    func sameSnapshot(seed: UInt64) throws {
        var tree = try RandomTree(in: source, seed: seed, items: 120)
        try make(["cache/CACHEDIR.TAG", "cache/x", "kept/nobackup", "kept/y", "deep/a/b/c/d.tmp", "deep/a/b/e"])
        for round in 0..<3 {
            let change: (inout BackupOptions) -> Void = { options in
                options.parent = .none
                options.excludes = seed % 2 == 0 ? ["*.tmp", "/deep/a/b/", "!e"] : []
                options.filter.markerNames = [Array("nobackup".utf8)]
                options.filter.leavesOutCaches = seed % 3 == 0
                if seed == 5 { options.paths.append(source.appending("deep").appending("a")) }
            }
            let alone = try fixture.makeBackup(change).run()
            let helped = try fixture.makeBackup(isScouted: true, change).run()
            #expect(try entry(helped) == entry(alone), "seed \(seed), round \(round)")
            #expect(helped.statistics.files == alone.statistics.files)
            #expect(helped.excludedCount == alone.excludedCount)
            let next = try fixture.makeBackup(isScouted: true) { options in
                change(&options)
                options.parent = .automatic
            }.run()
            #expect(next.statistics.bytesRead == 0)
            #expect(try entry(next) == entry(alone), "seed \(seed), round \(round)")
            try tree.edit(30)
        }
    }

    private func entry(_ outcome: BackupOutcome) throws -> TreeEntry {
        try #require(try fixture.entry(source, in: outcome.committed()))
    }

    @Test("A file that changes behind the scout is in the next snapshot as it is then")
    func seesLateChange() throws {
        try make(["a/x", "a/y"])
        try fixture.backUp()
        let late = fixture.makeBackup(isScouted: true)
        let other = try scout()
        wait(other)
        let file = try FileDescriptor.open(source.appending("a").appending("x"), .writeOnly)
        try file.pwrite(all: [1, 2], at: 0)
        _ = try late.run()
        let next = try fixture.makeBackup(isScouted: true).run()
        let (path, _) = try fixture.restore(next.committed(), as: "out")
        #expect(try FileTree(path).differences(from: FileTree(source)) == [])
    }

    @Test("A snapshot begins when its scout was sent out")
    func begins() throws {
        try make(["a"])
        let run = fixture.makeBackup(isScouted: true)
        let sent = fixture.clock.now()
        fixture.clock.advance(seconds: 20)
        #expect(try run.run().manifest.started == sent)
    }
}
