import BackupTestSupport
import Repository
import Restorer
import Synchronization
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("What a restore knows of one before it that did not come to its end", .timeLimit(.minutes(20)))
struct UnsyncedMarkTests {
    private let fixture: BackupFixture
    private let snapshot: Snapshot
    private let destination: FilePath
    private static let saved = Timestamp(seconds: 1_000_000_000, nanoseconds: 7)
    private static let name = ".pastfs-restore-unsynced-0123456789abcdef"
    private static let unfinished = ".pastfs-restore-unfinished"

    init() throws {
        fixture = try BackupFixture()
        try FileSystem.makeDirectories(fixture.source.appending("directory"))
        for name in ["directory/file", "top"] { try Self.write(fixture.source.appending(name), "saved") }
        snapshot = try fixture.backUp().committed()
        destination = try fixture.directory.makeDirectory("destination")
    }

    private static func write(_ path: FilePath, _ text: String) throws {
        try FileSystem.write(path, Array(text.utf8))
        try FileDescriptor.workingDirectory.setTimesAt(path.bytes, accessed: nil, modified: saved)
    }

    @discardableResult
    private func restore(
        _ policy: RestoreOptions.Overwriting? = .ifChanged, observer: (any RestoreObserver)? = nil,
        _ change: (inout RestoreOptions) -> Void = { _ in }
    ) throws -> RestoreOutcome {
        var options = RestoreOptions(path: fixture.source, overwriting: policy)
        change(&options)
        return try RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: destination, options: options,
            observer: observer
        ).run()
    }

    private func read(_ name: String) throws -> String {
        String(decoding: try FileSystem.read(destination.appending(name), atMost: 1000), as: UTF8.self)
    }

    private static func names(_ directory: FilePath) throws -> [String] {
        try FileDescriptor.open(directory, [.readOnly, .directory]).directoryEntries()
            .map { FilePath($0.name).description }.sorted()
    }

    private func names() throws -> [String] { try Self.names(destination) }

    /// Sees which names the destination has while files are made, and what is noted.
    private final class Watcher: RestoreObserver {
        let destination: FilePath
        let names = Mutex<Set<String>>([])
        let notes = Mutex<[String]>([])

        init(_ destination: FilePath) { self.destination = destination }

        func restoreAdvanced(_ statistics: RestoreStatistics, path: FilePath) {}
        func restoreDid(_ action: RestoreAction, path: FilePath, isDirectory: Bool) {
            let found = (try? UnsyncedMarkTests.names(destination)) ?? []
            names.withLock { $0.formUnion(found) }
        }
        func restoreMet(_ problem: RestoreProblem) {}
        func restoreNoted(_ note: String, path: FilePath) { notes.withLock { $0.append(note) } }
    }

    @Test("A mark is in the destination while files are made, and gone at the end")
    func marks() throws {
        let watcher = Watcher(destination)
        try restore(.always, observer: watcher)
        let marks = watcher.names.withLock { $0.filter { $0.hasPrefix(".pastfs-restore-unsynced-") } }
        #expect(marks.count == 1)
        #expect(try names() == ["directory", "top"])
    }

    @Test("Where no file is made, or nothing is to be durable, there is no mark", arguments: ["same", "dry", "loose"])
    func marksNothing(_ why: String) throws {
        if why == "same" { try restore() }
        let watcher = Watcher(destination)
        try restore(observer: watcher) {
            $0.isDryRun = why == "dry"
            $0.isDurable = why != "loose"
        }
        #expect(watcher.names.withLock { $0.allSatisfy { !$0.hasPrefix(".pastfs-restore-unsynced-") } })
    }

    /// What an interrupted run has left. Older versions wrote something into their marks.
    static let left: [(mark: String?, isOwn: Bool)] = [
        (nil, false), (nil, true), ("", false), ("", true), ("boot here mount 1\n", false),
    ]

    @Test("Where an interrupted run has left a mark, files that are there are compared by their bytes", arguments: left)
    func compares(_ mark: String?, _ isOwn: Bool) throws {
        let isCompared = mark != nil || isOwn
        try restore()
        try Self.write(destination.appending("top"), "SAVED")
        if isOwn { try FileSystem.write(destination.appending(Self.unfinished), []) }
        if let mark { try FileSystem.write(destination.appending(Self.name), Array(mark.utf8)) }
        let dry = try restore { $0.isDryRun = true }
        #expect(dry.statistics.replaced == (isCompared ? 1 : 0))
        #expect(try names().count == 2 + (isOwn ? 1 : 0) + (mark == nil ? 0 : 1), "a dry run leaves marks")
        let watcher = Watcher(destination)
        let outcome = try restore(observer: watcher)
        #expect(outcome.statistics.replaced == (isCompared ? 1 : 0))
        #expect(try read("top") == (isCompared ? "saved" : "SAVED"))
        #expect(watcher.notes.withLock { $0.count } == (isCompared ? 1 : 0))
        #expect(try names() == ["directory", "top"])
    }

    @Test("What a run has restored is compared if it did not come to its end, though the system was not started again")
    func comparesInterrupted() throws {
        try restore()
        try FileSystem.remove(destination.appending("directory/file"))
        #expect(throws: RestoreError.self) { try interrupt(.ifChanged) }
        try Self.write(destination.appending("directory/file"), "SAVED")
        #expect(try restore().statistics.replaced == 1)
        #expect(try read("directory/file") == "saved")
        #expect(try names() == ["directory", "top"])
    }

    @Test("A mark stays until everything was restored or compared")
    func staysWithProblems() throws {
        try restore()
        let top = destination.appending("top")
        try FileSystem.remove(top)
        // Nothing gives way here, so that nobody knows what the file is.
        try FileSystem.makeDirectories(top)
        try FileSystem.write(destination.appending(Self.name), [])
        try FileSystem.write(destination.appending(Self.unfinished), [])
        #expect(try restore().problemCount == 1)
        #expect(try names() == [Self.unfinished, Self.name, "directory", "top"])
        try FileSystem.remove(top, directory: true)
        try Self.write(top, "SAVED")
        #expect(try restore().statistics.replaced == 1)
        #expect(try read("top") == "saved")
        #expect(try names() == ["directory", "top"])
    }

    @Test(
        "A run that does not compare all of it leaves the mark, and its own does not make up for that",
        arguments: ["include", "exclude", "if-newer", "never", "file", "interrupted"])
    func leavesDoubt(_ kind: String) throws {
        try restore()
        try FileSystem.remove(destination.appending("directory/file"))
        try Self.write(destination.appending("top"), "SAVED")
        try FileSystem.write(destination.appending(Self.name), [])
        let policy: RestoreOptions.Overwriting =
            kind == "if-newer" ? .ifNewer : kind == "never" ? .never : .ifChanged
        if kind == "interrupted" {
            #expect(throws: RestoreError.self) { try interrupt(policy) }
        } else {
            try restore(policy) {
                if kind == "include" { $0.includes = ["directory"] }
                if kind == "exclude" { $0.excludes = ["top"] }
                if kind == "file" { $0.path = fixture.source.appending("directory/file") }
            }
        }
        #expect(try names().contains(Self.name))
        #expect(try restore().statistics.replaced == 1)
        #expect(try read("top") == "saved")
        #expect(try names().filter { $0.hasPrefix(".pastfs") } == [])
    }

    /// A run that is stopped when it has restored one item.
    private func interrupt(_ policy: RestoreOptions.Overwriting) throws {
        final class Stopper: RestoreObserver {
            let run = Mutex<RestoreRun?>(nil)
            func restoreAdvanced(_ statistics: RestoreStatistics, path: FilePath) {}
            func restoreDid(_ action: RestoreAction, path: FilePath, isDirectory: Bool) {
                run.withLock { $0 }?.cancel()
            }
            func restoreMet(_ problem: RestoreProblem) {}
        }
        let stopper = Stopper()
        var options = RestoreOptions(path: fixture.source, overwriting: policy)
        options.workers = 1
        let run = RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: destination, options: options,
            observer: stopper)
        stopper.run.withLock { $0 = run }
        defer { stopper.run.withLock { $0 = nil } }
        _ = try run.run()
    }

    @Test(
        "A mark that another run holds, or that cannot be asked, stays with that of the destination, and is a doubt",
        arguments: [true, false])
    func atWork(_ isHeld: Bool) throws {
        try restore()
        try Self.write(destination.appending("top"), "SAVED")
        try FileSystem.write(destination.appending(Self.unfinished), [])
        let path = destination.appending(Self.name)
        if isHeld { try FileSystem.write(path, []) } else { try FileSystem.makeDirectories(path) }
        let file = try FileDescriptor.open(path, .readOnly)
        #expect(try file.tryLock(exclusive: true))
        #expect(try restore().statistics.replaced == 1)
        #expect(try read("top") == "saved")
        #expect(try names() == [Self.unfinished, Self.name, "directory", "top"])
        // Not by closing it: a program that another test starts at that moment has it, too, until it runs.
        try file.unlock()
        guard isHeld else { return }
        try restore()
        #expect(try names() == ["directory", "top"])
    }

    @Test("Marks that were saved are not restored to where they would tell of this restore")
    func saved() throws {
        for name in [Self.name, Self.unfinished] { try FileSystem.write(fixture.source.appending(name), []) }
        try FileSystem.write(fixture.source.appending("directory").appending(Self.name), [])
        let snapshot = try fixture.backUp().committed()
        let new = fixture.directory.path.appending("new")
        let watcher = Watcher(new)
        for _ in 0..<2 {
            var options = RestoreOptions(path: fixture.source, overwriting: .ifChanged)
            options.deletes = true
            let outcome = try RestoreRun(
                repository: fixture.repository, snapshot: snapshot, destination: new, options: options,
                observer: watcher
            ).run()
            #expect(outcome.problems.isEmpty)
            #expect(try Self.names(new) == ["directory", "top"])
        }
        #expect(watcher.notes.withLock { $0.count { $0.contains("it is left out") } } == 4)
        #expect(watcher.notes.withLock { $0.count { $0.contains("compared") } } == 0)
        // Further down it is a file like any other.
        #expect(try Self.names(new.appending("directory")) == [Self.name, "file"])
    }

    @Test(
        "A mark that was saved is a file like any other to who asks for it by its name", arguments: [name, unfinished])
    func asked(for name: String) throws {
        try FileSystem.write(fixture.source.appending(name), [])
        let snapshot = try fixture.backUp().committed()
        let new = fixture.directory.path.appending("new")
        let options = RestoreOptions(path: fixture.source.appending(name))
        let outcome = try RestoreRun(
            repository: fixture.repository, snapshot: snapshot, destination: new, options: options
        ).run()
        #expect(outcome.problems.isEmpty && outcome.statistics.files == 1)
        #expect(try Self.names(new) == [name])
    }

    @Test("An empty destination is empty with marks of runs that came to nothing", arguments: [Self.name, "other"])
    func emptyDestination(_ name: String) throws {
        try FileSystem.write(destination.appending(name), [])
        guard name == Self.name else {
            _ = #expect(throws: RestoreError.self) { try restore(nil) }
            return
        }
        #expect(try restore(nil).statistics.files == 2)
        #expect(try names() == ["directory", "top"])
    }

    @Test("A destination that takes no mark is restored to all the same", .enabled(if: Host.effectiveUserID == 0))
    func takesNoMark() throws {
        try FileSystem.makeDirectories(destination.appending("directory"))
        let watcher = Watcher(destination)
        let immutable = try ProcessLauncher.wait(
            ProcessLauncher.spawn(
                "/usr/bin/chattr", arguments: ["chattr", "+i", destination.description].map { Array($0.utf8) }))
        guard immutable == 0 else { return }
        defer {
            _ = try? ProcessLauncher.wait(
                ProcessLauncher.spawn(
                    "/usr/bin/chattr", arguments: ["chattr", "-i", destination.description].map { Array($0.utf8) }))
        }
        _ = try restore(.always, observer: watcher)
        #expect(try read("directory/file") == "saved")
        #expect(watcher.notes.withLock { $0.count { $0.contains("no mark") } } == 1)
    }
}
