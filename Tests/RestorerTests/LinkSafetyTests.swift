import BackupTestSupport
import Repository
import Restorer
import Synchronization
import SystemInterface
import TestSupport
import Testing
import Writer

/// What lies in the destination, or comes from the snapshot, must never lead a restore elsewhere.
@Suite("A restore and links that lie in its way")
struct LinkSafetyTests {
    private let fixture: BackupFixture
    private let destination: FilePath
    private let victim: FilePath
    private var here: FileDescriptor { .workingDirectory }

    init() throws {
        fixture = try BackupFixture()
        try FileSystem.makeDirectories(fixture.source.appending("one/two/three"))
        for name in ["one/file", "one/two/file", "one/two/three/file"] {
            try FileSystem.write(fixture.source.appending(name), Array("saved".utf8))
        }
        try FileDescriptor.workingDirectory.makeNodeAt(
            fixture.source.appending("one/two/fifo").bytes, type: .fifo, permissions: 0o622)
        destination = try fixture.directory.makeDirectory("destination")
        victim = try fixture.directory.makeDirectory("victim")
        for name in ["file", "two/file", "two/three/file", "three/file", "fifo"] {
            try FileSystem.makeDirectories(victim.appending(name).parent)
            try FileSystem.write(victim.appending(name), Array("mine".utf8))
        }
    }

    private func restore(
        _ snapshot: Snapshot, _ policy: RestoreOptions.Overwriting = .always, deletes: Bool = false
    ) throws -> RestoreOutcome {
        var options = RestoreOptions(path: fixture.source, overwriting: policy)
        options.deletes = deletes
        return try RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: destination, options: options
        ).run()
    }

    private func expectUntouched(
        _ before: FileTree, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try FileTree(victim).differences(from: before) == [], sourceLocation: sourceLocation)
    }

    @Test(
        "A planted link is replaced and nothing behind it touched, at every level, deleting or not",
        arguments: ["one", "one/two", "one/two/three", "one/two/fifo", "one/two/three/file"],
        [true, false])
    func planted(_ name: String, _ deletes: Bool) throws {
        let before = try FileTree(victim)
        let place = destination.appending(name)
        try FileSystem.makeDirectories(place.parent)
        let target = name == "one/two/three/file" ? victim.appending("file") : victim
        try here.symbolicLinkAt(place.bytes, target: target.bytes)
        let outcome = try restore(fixture.backUp().committed(), deletes ? .ifChanged : .always, deletes: deletes)
        #expect(outcome.problems.isEmpty)
        try expectUntouched(before)
        let differences = try FileTree(destination).differences(from: FileTree(fixture.source))
        #expect(differences.filter { !$0.hasPrefix(".:") } == [])
    }

    @Test("A link that may not be replaced is not followed either", arguments: ["one", "one/two"])
    func kept(_ name: String) throws {
        let before = try FileTree(victim)
        let place = destination.appending(name)
        try FileSystem.makeDirectories(place.parent)
        try here.symbolicLinkAt(place.bytes, target: victim.bytes)
        let outcome = try restore(fixture.backUp().committed(), .never)
        #expect(outcome.problemCount == 1)
        try expectUntouched(before)
        #expect(try FileSystem.status(place).type == .symbolicLink)
    }

    @Test("Links under the names that a restore uses for itself are not followed")
    func temporaryNames() throws {
        let snapshot = try fixture.backUp().committed()
        let before = try FileTree(victim)
        // FNV-1a of 64 bits of "file".
        let hash = "file".utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        for directory in ["one", "one/two"] {
            let place = destination.appending(directory)
            try FileSystem.makeDirectories(place)
            let name = ".pastfs-restore-" + String(hash, radix: 16)
            try here.symbolicLinkAt(place.appending(name).bytes, target: victim.appending("file").bytes)
        }
        try here.symbolicLinkAt(
            destination.appending(".pastfs-restore-unfinished").bytes, target: victim.appending("file").bytes)
        #expect(try restore(snapshot).problems.isEmpty)
        try expectUntouched(before)
    }

    @Test("A snapshot whose link becomes a directory, and the other way round, leads nowhere")
    func linkThenDirectory() throws {
        let place = fixture.source.appending("one/two/three")
        let directory = try fixture.backUp().committed()
        try FileSystem.remove(place.appending("file"))
        try FileSystem.remove(place, directory: true)
        try here.symbolicLinkAt(place.bytes, target: victim.bytes)
        let link = try fixture.backUp().committed()
        let before = try FileTree(victim)
        #expect(try restore(link).problems.isEmpty)
        #expect(try FileSystem.status(destination.appending("one/two/three")).type == .symbolicLink)
        #expect(try restore(directory, deletes: true).problems.isEmpty)
        #expect(try FileSystem.status(destination.appending("one/two/three")).type == .directory)
        #expect(try restore(link, deletes: true).problems.isEmpty)
        #expect(try FileSystem.status(destination.appending("one/two/three")).type == .symbolicLink)
        try expectUntouched(before)
    }

    @Test("A file with another name elsewhere is replaced and not changed")
    func hardLink() throws {
        let saved = fixture.source.appending("one/file")
        try here.setPermissionsAt(saved.bytes, 0o640)
        let time = try FileSystem.status(saved).modified
        let mine = victim.appending("file")
        try FileSystem.write(mine, Array("saved".utf8))
        try here.setTimesAt(mine.bytes, accessed: nil, modified: time)
        try here.setPermissionsAt(mine.bytes, 0o600)
        let place = destination.appending("one/file")
        try FileSystem.makeDirectories(place.parent)
        try here.linkAt(mine.bytes, to: here, place.bytes)
        #expect(try restore(fixture.backUp().committed(), .ifChanged).problems.isEmpty)
        #expect(try FileSystem.status(mine).permissions == 0o600)
        #expect(try FileSystem.status(place).permissions == 0o640)
    }

    /// Puts a link and a directory in each other's place until it is told to stop.
    private func swapping(_ place: FilePath, while body: () throws -> Void) throws {
        let aside = fixture.directory.path.appending("aside")
        try FileDescriptor.workingDirectory.symbolicLinkAt(aside.bytes, target: victim.bytes)
        let stop = StopFlag()
        let swaps = Mutex(0)
        let thread = try Thread.spawn(name: "swap") {
            let spare = FilePath(aside.bytes + Array("-spare".utf8))
            while !stop.isSet {
                let here = FileDescriptor.workingDirectory
                // What stands there goes aside, what stood aside takes its place.
                guard (try? here.renameAt(place.bytes, to: here, spare.bytes, replacing: true)) != nil else { continue }
                try? here.renameAt(aside.bytes, to: here, place.bytes, replacing: false)
                try? here.renameAt(spare.bytes, to: here, aside.bytes, replacing: false)
                if (try? FileSystem.exists(spare)) == true { try? FileSystem.remove(spare) }
                swaps.withLock { $0 += 1 }
            }
        }
        defer {
            stop.set()
            thread.join()
        }
        try body()
        #expect(swaps.withLock { $0 } > 0)
    }

    @Test(
        "While somebody puts links in the place of directories, nothing behind them is touched",
        arguments: ["one", "one/two", "one/two/three"], [true, false])
    func races(_ name: String, _ deletes: Bool) throws {
        for number in 0..<60 {
            try FileSystem.write(fixture.source.appending("one/two/three/file\(number)"), Array("saved".utf8))
        }
        let snapshot = try fixture.backUp().committed()
        let before = try FileTree(victim)
        try swapping(destination.appending(name)) {
            for _ in 0..<40 {
                // Whatever it comes to, be it a problem, an error or a tree: only what is outside counts.
                _ = try? restore(snapshot, deletes: deletes)
            }
        }
        try expectUntouched(before)
    }
}
