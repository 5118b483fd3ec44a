import Glibc
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("What a client remembers")
struct RecollectionFileTests {
    private let directory: TemporaryDirectory
    private let fixture: CollectionFixture

    init() throws {
        directory = try TemporaryDirectory()
        fixture = try CollectionFixture()
        try fixture.commit(["a": [1]])
    }

    private var state: FilePath { directory.path.appending("state") }
    private var path: FilePath { state.appending(fixture.repository.id.description).appending("seen") }

    private func recollection() throws -> Recollection {
        let repository = try fixture.repository.reopened(over: fixture.store)
        #expect(try repository.recall(nil, thoroughly: false).isEmpty)
        return repository.recollection
    }

    private func file() throws -> RecollectionFile {
        RecollectionFile(stateDirectory: state, repository: try fixture.repository.reopened(over: fixture.store))
    }

    private func isUnreadable(_ content: RecollectionFile.Content) -> Bool {
        if case .unreadable = content { true } else { false }
    }

    @Test("is nothing at first, and then what was kept, in a file of its owner alone")
    func roundTrip() throws {
        guard case .none = try file().read() else {
            Issue.record("something is remembered of what was never seen")
            return
        }
        let seen = try recollection()
        #expect(!seen.isEmpty)
        try file().write(seen, entropy: fixture.entropy)
        guard case .remembered(let read) = try file().read() else {
            Issue.record("nothing is remembered")
            return
        }
        #expect(read == seen)
        #expect(try FileSystem.status(path).permissions == 0o600)
        #expect(try FileSystem.status(path.parent).permissions == 0o700)
        let bytes = try FileSystem.read(path, atMost: 1 << 20)
        for name in ["host", "user"] { #expect(!bytes.contains(subsequence: Array(name.utf8))) }
    }

    @Test("is not believed when any of its bits is another, or it is cut off anywhere", .timeLimit(.minutes(20)))
    func damaged() throws {
        try file().write(recollection(), entropy: fixture.entropy)
        let bytes = try FileSystem.read(path, atMost: 1 << 20)
        let file = try file()
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            try FileSystem.write(path, flipped, mode: 0o600)
            switch file.read() {
            case .remembered, .none: Issue.record("bit \(bit) is believed")
            case .unreadable, .otherKeys: break
            }
        }
        for length in 0..<bytes.count {
            try FileSystem.write(path, Array(bytes.prefix(length)), mode: 0o600)
            #expect(isUnreadable(file.read()), "\(length) bytes")
        }
        try file.write(recollection(), entropy: fixture.entropy)
        guard case .remembered = file.read() else {
            Issue.record("a damaged file is not replaced")
            return
        }
    }

    @Test("is that of no other repository, and of no other keys")
    func foreign() throws {
        try file().write(recollection(), entropy: fixture.entropy)
        let other = try CollectionFixture(seed: 2)
        let otherFile = RecollectionFile(stateDirectory: state, repository: other.repository)
        try FileSystem.makeDirectories(state.appending(other.repository.id.description), mode: 0o700)
        let bytes = try FileSystem.read(path, atMost: 1 << 20)
        try FileSystem.write(
            state.appending(other.repository.id.description).appending("seen"), bytes, mode: 0o600)
        #expect(isUnreadable(otherFile.read()))
        let rekeyed = RecollectionFile(
            stateDirectory: state, repository: try fixture.repository.reopenedWithOtherKeys(entropy: fixture.entropy))
        guard case .otherKeys = rekeyed.read() else {
            Issue.record("other keys are not noticed")
            return
        }
    }

    @Test("is not read from a file or a directory that others may write to, nor through a link")
    func unsafePlaces() throws {
        try file().write(recollection(), entropy: fixture.entropy)
        #expect(chmod(path.description, 0o620) == 0)
        #expect(isUnreadable(try file().read()))
        #expect(chmod(path.description, 0o600) == 0)
        #expect(chmod(path.parent.description, 0o777) == 0)
        #expect(isUnreadable(try file().read()))
        #expect(throws: RepositoryError.self) { try file().write(recollection(), entropy: fixture.entropy) }
        #expect(chmod(path.parent.description, 0o700) == 0)
        let moved = path.parent.appending("moved")
        #expect(rename(path.description, moved.description) == 0)
        try FileDescriptor.workingDirectory.symbolicLinkAt(path.bytes, target: moved.bytes)
        #expect(isUnreadable(try file().read()))
        #expect(unlink(path.description) == 0)
        #expect(mkfifo(path.description, 0o600) == 0)
        #expect(isUnreadable(try file().read()))
    }

    @Test("of two processes is kept, whoever writes last")
    func together() throws {
        let first = try recollection()
        let process = try fixture.over(fixture.store)
        #expect(try process.repository.recall(first, thoroughly: false).isEmpty)
        let own = try process.commit(["own": [2]])
        let other = try fixture.over(fixture.store)
        #expect(try other.repository.recall(first, thoroughly: false).isEmpty)
        let theirs = try other.commit(["theirs": [3]])
        try RecollectionFile(stateDirectory: state, repository: other.repository)
            .write(other.repository.recollection, entropy: fixture.entropy)
        try RecollectionFile(stateDirectory: state, repository: process.repository)
            .write(process.repository.recollection, entropy: fixture.entropy)
        guard case .remembered(let merged) = try file().read() else {
            Issue.record("nothing is remembered")
            return
        }
        for hidden in [own, theirs] {
            let session: UInt64 = hidden.id == own.id ? 2 : 3
            let store = HidingStore(
                fixture.store,
                hiding: [
                    ObjectName(.snapshots, hidden.id.bytes), ObjectName(.sessions, number: session, part: .snapshot),
                ])
            var client = RememberingClient(merged)
            #expect(try client.look(at: fixture, through: store) == [ObjectName(.snapshots, hidden.id.bytes).path])
        }
    }

    @Test("has nothing of a snapshot that was seen to be removed, also where another process has kept that before")
    func removed() throws {
        let snapshot = try fixture.over(fixture.store).commit(["b": [2]])
        try file().write(recollection(), entropy: fixture.entropy)
        try fixture.over(fixture.store).forget(snapshot)
        try fixture.over(fixture.store).collectHere()
        // Of the newest session everybody asks.
        try fixture.over(fixture.store).commit(["c": [3]])
        for _ in 0..<2 {
            guard case .remembered(let kept) = try file().read() else {
                Issue.record("nothing is remembered")
                return
            }
            let process = try fixture.over(fixture.store)
            #expect(try process.repository.recall(kept, thoroughly: false).isEmpty)
            try RecollectionFile(stateDirectory: state, repository: process.repository)
                .write(process.repository.recollection, entropy: fixture.entropy)
        }
        guard case .remembered(let kept) = try file().read() else {
            Issue.record("nothing is remembered")
            return
        }
        // Who believed that it is to be there would ask how it ended.
        let ends = try fixture.store.list(.tombstones).map(\.name)
        let failing = try fixture.repository.reopened(over: UnreadableStore(fixture.store, ends))
        let repository = try fixture.repository.reopened(
            over: HidingStore(fixture.store, hiding: Set(ends), in: .keys))
        #expect(try repository.recall(kept, thoroughly: false).isEmpty)
        #expect(try failing.recall(kept, thoroughly: false).isEmpty)
    }

    @Test("of many threads that write at once is all of it", .timeLimit(.minutes(20)))
    func many() throws {
        let snapshots = try (0..<8).map { try fixture.over(fixture.store).commit(["file": [UInt8($0)]]) }
        let threads = try snapshots.map { snapshot in
            let repository = try fixture.repository.reopened(
                over: HidingStore(
                    fixture.store,
                    hiding: Set(
                        snapshots.filter { $0.id != snapshot.id }.map {
                            ObjectName(.snapshots, $0.id.bytes)
                        })))
            let state = state
            let entropy = fixture.entropy
            return try Thread.spawn(name: "writer") {
                _ = try? repository.recall(nil, thoroughly: false)
                // Where the disk is slow, it is given up after a while.
                _ = Wait.until(seconds: 300) {
                    try? RecollectionFile(stateDirectory: state, repository: repository)
                        .write(repository.recollection, entropy: entropy)
                }
            }
        }
        for thread in threads { thread.join() }
        guard case .remembered(let merged) = try file().read() else {
            Issue.record("nothing is remembered")
            return
        }
        var client = RememberingClient(merged)
        let nothing = HidingStore(
            fixture.store,
            hiding: Set(try fixture.store.list(.snapshots).map(\.name) + fixture.store.list(.sessions).map(\.name)))
        let missing = try client.look(at: fixture, through: nothing)
        for snapshot in snapshots { #expect(missing.contains(ObjectName(.snapshots, snapshot.id.bytes).path)) }
    }

    @Test("waits for a process that is writing, and not for ever")
    func locked() throws {
        try file().write(recollection(), entropy: fixture.entropy)
        let before = try FileSystem.read(path, atMost: 1 << 20)
        try fixture.over(fixture.store).commit(["b": [2]])
        let lock = try FileDescriptor.open(path.parent.appending("lock"), [.readWrite])
        #expect(try lock.tryLock(exclusive: true))
        #expect(throws: RepositoryError.self) { try file().write(recollection(), entropy: fixture.entropy) }
        #expect(try FileSystem.read(path, atMost: 1 << 20) == before)
        try lock.unlock()
        try file().write(recollection(), entropy: fixture.entropy)
        #expect(try FileSystem.read(path, atMost: 1 << 20) != before)
    }

    @Test("says which of two stores with one identifier a process has seen")
    func contradiction() throws {
        let copy = try fixture.copy()
        let (one, two) = (try fixture.over(fixture.store), try fixture.over(copy))
        let before = try recollection()
        for process in [one, two] { #expect(try process.repository.recall(before, thoroughly: false).isEmpty) }
        try one.commit(["b": [2]])
        try two.commit(["b": [3]])
        let file = RecollectionFile(stateDirectory: state, repository: one.repository)
        #expect(try file.write(one.repository.recollection, entropy: fixture.entropy).isEmpty)
        let other = RecollectionFile(stateDirectory: state, repository: two.repository)
        #expect(
            try other.write(two.repository.recollection, entropy: fixture.entropy).map(\.object)
                == ["sessions/2", "sessions/2.outcome"])
        guard case .remembered(let kept) = file.read() else {
            Issue.record("nothing is remembered")
            return
        }
        var client = RememberingClient(kept)
        #expect(try client.look(at: fixture) == [])
        #expect(try !client.look(at: fixture, through: copy).isEmpty)
    }
}

extension [UInt8] {
    /// Whether these bytes stand somewhere in it.
    func contains(subsequence: [UInt8]) -> Bool {
        guard count >= subsequence.count else { return false }
        return (0...count - subsequence.count).contains { Array(self[$0..<$0 + subsequence.count]) == subsequence }
    }
}
