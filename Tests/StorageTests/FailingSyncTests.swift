import Glibc
import Storage
import SystemInterface
import TestSupport
import Testing

/// What becomes of an object when the disk refuses to make it durable. strace(1) makes the kernel refuse; since that
/// concerns a whole process, each test runs in one of its own.
@Suite("A disk that fails to make data durable", .enabled(if: FailingSystemCalls.isPossible))
struct FailingSyncTests {
    @Test("After one failed fsync the object is written anew")
    func writtenAnew() async {
        await #expect(processExitsWith: .success) {
            try FailingSyncTests.expect(nil, isThere: true, whenFailing: "fsync:error=EIO:when=1")
        }
    }

    @Test("After the second failed fsync the object is refused, and nothing is there")
    func refused() async {
        await #expect(processExitsWith: .success) {
            try FailingSyncTests.expect(.ioFailure, isThere: false, whenFailing: "fsync:error=EIO:when=1..2")
        }
    }

    @Test("A full disk that shows only at fsync refuses at once")
    func fullAtSync() async {
        await #expect(processExitsWith: .success) {
            try FailingSyncTests.expect(.noSpace, isThere: false, whenFailing: "fsync:error=ENOSPC:when=1")
        }
    }

    @Test("When only the name could not be made durable the whole object is there")
    func nameNotDurable() async {
        await #expect(processExitsWith: .success) {
            try FailingSyncTests.expect(.ioFailure, isThere: true, whenFailing: "fsync:error=EIO:when=2")
        }
    }

    @Test("A write that fails half way leaves nothing")
    func failedWrite() async {
        await #expect(processExitsWith: .success) {
            try FailingSyncTests.expect(.ioFailure, isThere: false, whenFailing: "write:error=EIO:when=2")
        }
    }

    @Test("A file system without files that have no name gets the object all the same")
    func withoutUnnamedFiles() async {
        await #expect(processExitsWith: .success) {
            try FailingSyncTests.expect(nil, isThere: true, whenFailing: "linkat:error=EOPNOTSUPP:when=1")
        }
    }

    @Test("A file system that can only link gets the object all the same")
    func linksOnly() async {
        await #expect(processExitsWith: .success) {
            try FailingSyncTests.expect(
                nil, isThere: true, whenFailing: "renameat2:error=EINVAL", kind: .directoryWithTemporaryNames)
        }
    }

    @Test("A file system that can neither rename nor link without replacing is refused")
    func unsupported() async {
        await #expect(processExitsWith: .success) {
            try FailingSyncTests.expect(
                .unsupported, isThere: false, whenFailing: "renameat2,linkat:error=EINVAL",
                kind: .directoryWithTemporaryNames)
        }
    }

    /// Creates an object while `injection` makes calls fail; ends the process with a failure unless `create` throws
    /// `code`, and the object is there, whole, or isn't, and nothing else is.
    private static func expect(
        _ code: StorageError.Code?, isThere: Bool, whenFailing injection: String,
        kind: StoreKind = .directoryWithUnnamedFiles
    ) throws {
        let directory = try TemporaryDirectory()
        let store = try kind.makeDirectoryStore(at: directory.path.appending("store"))
        let name = ObjectName.sample(.index, seed: 1)
        let parts: [[UInt8]] = [[1, 2, 3], [4, 5]]
        try FailingSystemCalls.inject(injection)
        let found = StorageError.code { () throws(StorageError) in try store.create(name, parts) }
        let folder = try FileDescriptor.open(directory.path.appending("store/tmp"), [.directory])
        let isRight =
            try found == code && store.contains(name) == isThere && (!isThere || store.read(name) == [1, 2, 3, 4, 5])
            && folder.directoryEntries().isEmpty && store.list(.index).count == (isThere ? 1 : 0)
        exit(isRight ? EXIT_SUCCESS : EXIT_FAILURE)
    }
}
