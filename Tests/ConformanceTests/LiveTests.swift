import SystemInterface
import Testing

/// A mount while its repository changes.
@Suite("A served repository", .enabled(if: Site.isPossible), .timeLimit(.minutes(20)))
final class LiveTests {
    /// What is promised, in seconds, and half a second for the question itself.
    private static let secondsMax = 5.5

    private let site: Site
    private let snapshots: FileDescriptor

    init() throws {
        site = try Site()
        try site.prepare(
            #"""
            mkdir "$SITE/source"; echo 1 >"$SITE/source/file"; seq 300000 >"$SITE/source/long"
            "$PASTFS" init --kdf-log-n 10; "$PASTFS" backup "$SITE/source"
            "$PASTFS" mount "$SITE/mount"
            """#)
        snapshots = try FileDescriptor.open(site.mountPoint.appending("snapshots"), [.readOnly, .directory])
    }

    /// The names of snapshots as the held directory lists them.
    private func listed() throws -> [String] {
        try snapshots.directoryEntries().map { String(decoding: $0.name, as: UTF8.self) }.sorted()
    }

    private func newest() throws -> String {
        let target = try FileDescriptor.workingDirectory.readLinkAt(site.mountPoint.appending("latest").bytes)
        return String(decoding: target, as: UTF8.self)
    }

    /// Whether it comes true in time.
    private func becomes(_ condition: () throws -> Bool) rethrows -> Bool {
        let never = ConditionLock(())
        let begin = ContinuousClock.now
        while true {
            // Too late is only what is still answered as before when it is asked after that time.
            let isLast = ContinuousClock.now - begin >= .seconds(Self.secondsMax)
            if try condition() { return true }
            if isLast { return false }
            never.wait(seconds: 0.02) { _ in Void?.none }
        }
    }

    @Test("shows new snapshots and the newest one, in a directory that is held open and by name")
    func showsNewOnes() throws {
        var known = try listed()
        #expect(known.count == 1)
        for number in 2...4 {
            // An absent name that the kernel has kept must not hide it.
            #expect(throws: SystemError.self) { try snapshots.statusAt(Array("no such snapshot".utf8)) }
            try site.prepare("next_second; echo \(number) >\"$SITE/source/file\"; \"$PASTFS\" backup \"$SITE/source\"")
            #expect(try becomes { try listed().count == number }, "the list after backup \(number)")
            #expect(try becomes { try newest() == "snapshots/\(try listed().last ?? "")" })
            let name = try #require(try listed().first { !known.contains($0) })
            #expect(try snapshots.statusAt(Array(name.utf8)).type == .directory)
            let file = site.mountPoint.appending("latest\(site.path)/source/file")
            #expect(try becomes { try FileSystem.read(file, atMost: 10) == Array("\(number)\n".utf8) })
            known = try listed()
        }
    }

    @Test("lets removed snapshots vanish, while what is open in them stays readable")
    func forgetsRemovedOnes() throws {
        let first = try #require(try listed().first)
        let file = try FileDescriptor.open(
            site.mountPoint.appending("snapshots/\(first)\(site.path)/source/long"), .readOnly)
        let wanted = try FileSystem.read(site.path.appending("source/long"), atMost: 4 << 20)
        try site.prepare(
            #"""
            mapfile -t old < <(find "$SITE/repository/snapshots" -type f)
            next_second; echo 2 >"$SITE/source/file"; "$PASTFS" backup "$SITE/source"
            rm -f -- "${old[@]}"
            """#)
        #expect(try becomes { try listed().count == 1 && (try listed()) != [first] })
        #expect(becomes { (try? snapshots.statusAt(Array(first.utf8))) == nil })
        #expect(try file.pread(wanted.count, at: 0) == wanted)
        #expect(try becomes { try newest() != "snapshots/\(first)" })
    }
}
