import BackupTestSupport
import Repository
import Restorer
import Synchronization
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("A snapshot of a stream")
struct StreamTests {
    let fixture: BackupFixture

    init() throws {
        fixture = try BackupFixture()
    }

    @Test("It holds the stream's bytes in one file, however they arrive", arguments: [0, 1, 4_095, 700_000])
    func bytes(count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let bytes = random.bytes(count)
        let outcome = try fixture.backUp {
            $0.paths = ["/dumps/all.sql"]
            $0.stream = BytesStream(bytes, step: 1_013)
        }
        let snapshot = try outcome.committed()
        #expect(snapshot.manifest.paths == ["/dumps/all.sql"])
        #expect(snapshot.manifest.kind == .full)
        #expect(outcome.statistics.files == 1)
        #expect(outcome.statistics.directories == 2)
        #expect(outcome.statistics.bytesRead == UInt64(count))
        #expect(try fixture.names("/", in: snapshot) == ["dumps"])
        let entry = try #require(try fixture.entry("/dumps/all.sql", in: snapshot))
        #expect(entry.permissions == 0o600)
        let restored = try fixture.restore(snapshot, path: "/dumps", as: "restored").path
        #expect(try FileSystem.read(restored.appending("all.sql"), atMost: 1 << 20) == bytes)
    }

    @Test("It is cut as a file of the same bytes is, so that nothing is stored twice")
    func sharesChunks() throws {
        var random = SeededGenerator(seed: 3)
        let bytes = random.bytes(500_000)
        try FileSystem.write(fixture.source.appending("file"), bytes)
        let file = try #require(
            try fixture.entry(fixture.source.appending("file"), in: fixture.backUp().committed()))
        let stream = try fixture.backUp {
            $0.paths = ["/stream"]
            $0.stream = BytesStream(bytes, step: 10_007)
        }
        #expect(try fixture.entry("/stream", in: stream.committed())?.content == file.content)
    }

    @Test("One that breaks off, or turns out not to be whole, leaves no snapshot", arguments: [true, false])
    func failures(whileReading: Bool) throws {
        let stream = BytesStream([1, 2, 3], step: 2, failsReading: whileReading, failsAtEnd: !whileReading)
        let error = #expect(throws: BackupError.self) {
            try fixture.backUp {
                $0.paths = ["/stream"]
                $0.stream = stream
            }
        }
        #expect(error?.code == .streamFailed)
        #expect(try fixture.store.list(.snapshots).isEmpty)
    }

    @Test("One without a name is refused")
    func nameless() throws {
        let error = #expect(throws: BackupError.self) {
            try fixture.backUp {
                $0.paths = ["/"]
                $0.stream = BytesStream([], step: 1)
            }
        }
        #expect(error?.code == .invalidArgument)
    }
}

/// Bytes that arrive in pieces.
private final class BytesStream: BackupStream {
    private let bytes: [UInt8]
    private let step: Int
    private let failsReading: Bool
    private let failsAtEnd: Bool
    private let position = Mutex(0)

    init(_ bytes: [UInt8], step: Int, failsReading: Bool = false, failsAtEnd: Bool = false) {
        self.bytes = bytes
        self.step = step
        self.failsReading = failsReading
        self.failsAtEnd = failsAtEnd
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        let start = position.withLock { $0 }
        if failsReading, start > 0 { throw SystemError(call: "read", errno: .ioFailure) }
        let end = min(bytes.count, start + min(step, buffer.count))
        buffer.copyBytes(from: bytes[start..<end])
        position.withLock { $0 = end }
        return end - start
    }

    func finish() throws(BackupError) {
        if failsAtEnd { throw BackupError(ofStream: "a test", "it is not whole") }
    }
}
