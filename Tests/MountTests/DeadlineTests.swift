import Glibc
import SystemInterface
import TestSupport
import Testing
import ViewTestSupport

@Suite("A mount whose storage does not answer", .timeLimit(.minutes(20)))
struct DeadlineTests {
    private static let source: Result<SourceTree, any Error> = Result { try SourceTree() }

    @Test("answers with an error after the time limit, goes on with what it has, and recovers", arguments: 1...3)
    func recovers(round: Int) throws {
        let directory = try TemporaryDirectory()
        let gate = try directory.write("gate", [])
        let mounted = try MountedTree(Self.source.get(), options: ["gate=\(gate)", "timeout=5,threads=3"])
        let lock = try FileDescriptor.open(gate, .readWrite)
        let path = FilePath("many chunks")
        _ = try mounted.tree.names("")
        // What a listing has read ahead goes through the gate as well.
        try #require(try Wait.until(seconds: 60) { try lock.tryLock(exclusive: true) ? true : nil } == true)

        let answers = ConditionLock<[Errno?]>([])
        let tree = mounted.tree
        let readers = try (0..<3).map { number in
            try Thread.spawn(name: "reader") {
                var answer: Errno?
                do throws(Errno) {
                    _ = try tree.read(path, at: UInt64(number) << 20, count: 4_096)
                } catch {
                    answer = error
                }
                answers.withLock { $0.append(answer) }
            }
        }
        // No thread is left: this waits until others take the place of those that wait. What they need is decoded.
        #expect(try tree.status("old").size == 11)
        #expect(throws: Errno.noEntry) { try tree.status("nothing of the kind") }
        for reader in readers { reader.join() }
        #expect(answers.withLock { $0 } == [Errno?](repeating: .ioFailure, count: 3))
        #expect(try tree.readLink("link") == Array("one chunk".utf8))
        #expect(try mounted.log.contains("\(path): the storage did not answer within 5 seconds"))

        try lock.unlock()
        let wanted = try mounted.source.tree.read(path, at: 0, count: 3 << 20)
        // The kernel may still wait for what it reads ahead; that was begun before the lock was gone.
        let found = Wait.until(seconds: 60) { try? tree.read(path, at: 0, count: 3 << 20) }
        #expect(found == wanted)
        #expect(try mounted.end(.terminate) == 0)
    }
}
