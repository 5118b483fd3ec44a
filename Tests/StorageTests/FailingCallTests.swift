import Glibc
import Storage
import SystemInterface
import TestSupport
import Testing

/// What becomes of objects when the disk fails. strace(1) makes the kernel refuse; since that
/// concerns a whole process, each test runs in one of its own.
@Suite("A disk whose calls fail", .enabled(if: FailingSystemCalls.isPossible))
struct FailingCallTests {
    @Test("After one failed fsync the object is written anew")
    func writtenAnew() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(nil, isThere: true, whenFailing: "fsync:error=EIO:when=1")
        }
    }

    @Test("After the second failed fsync the object is refused, and nothing is there")
    func refused() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(.ioFailure, isThere: false, whenFailing: "fsync:error=EIO:when=1..2")
        }
    }

    @Test("A full disk that shows only at fsync refuses at once")
    func fullAtSync() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(.noSpace, isThere: false, whenFailing: "fsync:error=ENOSPC:when=1")
        }
    }

    @Test("When only the name could not be made durable the whole object is there")
    func nameNotDurable() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(.ioFailure, isThere: true, whenFailing: "fsync:error=EIO:when=2")
        }
    }

    @Test("A temporary name that a cleaner takes away before it is locked costs the object nothing")
    func cleanedBeforeLocked() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect { directory in
                let store = try StoreKind.directoryWithTemporaryNames.makeDirectoryStore(
                    at: directory.path.appending("store"))
                let folder = directory.path.appending("store/tmp")
                let cleaner = try Thread.spawn(name: "cleaner") {
                    _ = Wait.until(seconds: 60) {
                        (try? FileDescriptor.open(folder, [.directory]).directoryEntries())?.first.flatMap {
                            try? FileSystem.remove(folder.appending($0.name))
                        }
                    }
                }
                try FailingSystemCalls.inject("flock:delay_enter=2000000:when=1")
                let name = ObjectName.sample(.index, seed: 1)
                try store.create(name, [1])
                cleaner.join()
                return try store.read(name) == [1]
                    && FileDescriptor.open(folder, [.directory]).directoryEntries().isEmpty
            }
        }
    }

    @Test("A write that fails half way leaves nothing")
    func failedWrite() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(.ioFailure, isThere: false, whenFailing: "write:error=EIO:when=2")
        }
    }

    /// More than is written at once, and no multiple of a block.
    private static let large: [[UInt8]] = [[1], Array(repeating: 2, count: 2_500_000), [3, 4]]

    @Test("A large object is written past the page cache, and a write that fails leaves nothing of it")
    func failedDirectWrite() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(
                .ioFailure, isThere: false, whenFailing: "pwrite64:error=EIO:when=2", parts: FailingCallTests.large)
        }
    }

    @Test("A file system that does not know direct writes gets a large object all the same")
    func withoutDirectWrites() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(
                nil, isThere: true, whenFailing: "fcntl:error=EINVAL", parts: FailingCallTests.large)
        }
    }

    @Test("A device of larger blocks gets a large object all the same")
    func refusedDirectWrite() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(
                nil, isThere: true, whenFailing: "pwrite64:error=EINVAL:when=1", parts: FailingCallTests.large)
        }
    }

    @Test("A device that begins to refuse direct writes gets a large object all the same")
    func refusedLaterDirectWrite() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(
                nil, isThere: true, whenFailing: "pwrite64:error=EINVAL:when=2", parts: FailingCallTests.large)
        }
    }

    @Test("A file system without files that have no name gets the object all the same")
    func withoutUnnamedFiles() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(nil, isThere: true, whenFailing: "linkat:error=EOPNOTSUPP:when=1")
        }
    }

    @Test("A file system that can only link gets the object all the same")
    func linksOnly() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(
                nil, isThere: true, whenFailing: "renameat2:error=EINVAL", kind: .directoryWithTemporaryNames)
        }
    }

    @Test("A file system that can neither rename nor link without replacing is refused")
    func unsupported() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(
                .unsupported, isThere: false, whenFailing: "renameat2,linkat:error=EINVAL",
                kind: .directoryWithTemporaryNames)
        }
    }

    @Test("An object that another created is not relied on while its name can't be made durable")
    func existingNameNotDurable() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(.ioFailure, whenFailing: "fsync:error=EIO") {
                (store, name) throws(StorageError) in
                try store.create(name, [1])
            }
        }
    }

    @Test("A deletion that may not survive a loss of power is an error")
    func deletionNotDurable() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(.ioFailure, whenFailing: "fsync:error=EIO") {
                (store, name) throws(StorageError) in
                try store.delete(name)
            }
        }
    }

    @Test("A read that fails is an error and no short read")
    func failedRead() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(.ioFailure, whenFailing: "pread64:error=EIO") {
                (store, name) throws(StorageError) in
                _ = try store.read(name)
            }
        }
    }

    @Test("A listing that fails is an error and no shorter listing")
    func failedListing() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expect(.unreachable, whenFailing: "getdents64:error=ESTALE:when=2") {
                (store, name) throws(StorageError) in
                _ = try store.list(.index)
            }
        }
    }

    @Test(
        "A file of which a disk tells nothing is listed as an empty one: a listing is complete",
        arguments: ["EIO", "EUCLEAN", "EBADMSG"])
    func failedStatus(error: String) async {
        await #expect(processExitsWith: .success) { [error = error as String] in
            try FailingCallTests.expect { directory in
                let store = try LocalDirectoryStore.create(at: directory.path.appending("store"))
                let names = (1...3).map { ObjectName.sample(.packs, seed: $0) }.sorted()
                for name in names { try store.create(name, [1, 2]) }
                try FailingSystemCalls.inject("statx:error=\(error):when=1")
                let entries = try store.list(.packs)
                return try entries.map(\.name) == names && entries.map(\.bytes).sorted() == [0, 2, 2]
                    && store.strangers().isEmpty && store.names(in: .packs) == names.compactMap(\.id)
            }
        }
    }

    @Test("A listing in which the status of one file fails in another way is an error that names it")
    func refusedStatus() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expectListingFails(
                .permissionDenied, objects: 1, whenFailing: "statx:error=EACCES:when=1")
        }
    }

    @Test("A listing in which the status of nearly every file fails is an error that names one")
    func failedStatuses() async {
        await #expect(processExitsWith: .success) {
            try FailingCallTests.expectListingFails(
                .ioFailure, objects: 300, whenFailing: "statx:error=EIO:when=1..300")
        }
    }

    /// Ends the process with a failure unless a listing of so many objects throws `code`, and names one of them, while
    /// `injection` makes calls fail.
    private static func expectListingFails(
        _ code: StorageError.Code, objects: Int, whenFailing injection: String
    ) throws {
        try expect { directory in
            let store = try LocalDirectoryStore.create(at: directory.path.appending("store"))
            let names = (1...UInt64(objects)).map { ObjectName.sample(.index, seed: $0) }
            for name in names { try store.create(name, [1]) }
            try FailingSystemCalls.inject(injection)
            do throws(StorageError) {
                _ = try store.list(.index)
                return false
            } catch {
                return error.code == code && names.contains { error.reason.contains($0.path) }
            }
        }
    }

    /// Ends the process with a failure unless `body`, given an object that is there, throws `code` while `injection`
    /// makes calls fail.
    private static func expect(
        _ code: StorageError.Code, whenFailing injection: String,
        _ body: (LocalDirectoryStore, ObjectName) throws(StorageError) -> Void
    ) throws {
        try expect { directory in
            let store = try LocalDirectoryStore.create(at: directory.path.appending("store"))
            let name = ObjectName.sample(.index, seed: 1)
            try store.create(name, [1])
            try FailingSystemCalls.inject(injection)
            return StorageError.code { () throws(StorageError) in try body(store, name) } == code
        }
    }

    /// Creates an object while `injection` makes calls fail; ends the process with a failure unless `create` throws
    /// `code`, and the object is there, whole, or isn't, and nothing else is.
    private static func expect(
        _ code: StorageError.Code?, isThere: Bool, whenFailing injection: String,
        kind: StoreKind = .directoryWithUnnamedFiles, parts: [[UInt8]] = [[1, 2, 3], [4, 5]]
    ) throws {
        try expect { directory in
            let store = try kind.makeDirectoryStore(at: directory.path.appending("store"))
            let name = ObjectName.sample(.index, seed: 1)
            try FailingSystemCalls.inject(injection)
            let found = StorageError.code { () throws(StorageError) in try store.create(name, parts) }
            let folder = try FileDescriptor.open(directory.path.appending("store/tmp"), [.directory])
            return try found == code && store.contains(name) == isThere
                && (!isThere || store.read(name) == Array(parts.joined()))
                && folder.directoryEntries().isEmpty && store.list(.index).count == (isThere ? 1 : 0)
        }
    }

    /// Ends the process as `isRight` says, after its directory has been removed: exit(3) runs no deinitialisers.
    private static func expect(_ isRight: (TemporaryDirectory) throws -> Bool) throws {
        let status: Int32
        do {
            let directory = try TemporaryDirectory()
            status = try isRight(directory) ? EXIT_SUCCESS : EXIT_FAILURE
        }
        exit(status)
    }
}
