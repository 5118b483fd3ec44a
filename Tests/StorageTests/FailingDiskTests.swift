import Glibc
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A disk that is full or takes no changes", .enabled(if: MountedMemory.isPossible))
struct FailingDiskTests {
    @Test("A full disk refuses an object, and nothing of it stays", arguments: StoreKind.directories)
    func fullDisk(kind: StoreKind) throws {
        let disk = try MountedMemory(size: "512k")
        let store = try kind.makeDirectoryStore(at: disk.path)
        let small = ObjectName.sample(.packs, seed: 1)
        try store.create(small, Array(repeating: 1, count: 4000))
        let free = try FileSystemStatistics(at: disk.path).freeBytes
        let large = ObjectName.sample(.index, seed: 2)
        let bytes = Array(repeating: UInt8(2), count: 1 << 20)
        #expect(StorageError.code { () throws(StorageError) in try store.create(large, bytes) } == .noSpace)
        #expect(try !store.contains(large))
        #expect(try store.list(.index).isEmpty)
        #expect(try FileDescriptor.open(disk.path.appending("tmp"), [.directory]).directoryEntries().isEmpty)
        // A program that another test starts at this moment has the file until it is executed.
        let isFree = try Wait.until(seconds: 60) {
            try FileSystemStatistics(at: disk.path).freeBytes == free ? true : nil
        }
        #expect(isFree == true)
        #expect(try store.read(small).count == 4000)
        try store.create(large, Array(bytes[..<1000]))
        try store.delete(small)
        #expect(try store.list(.index).map(\.bytes) == [1000])
    }

    @Test("A disk without room for another file refuses an object", arguments: StoreKind.directories)
    func noInodes(kind: StoreKind) throws {
        let disk = try MountedMemory(size: "1m", inodes: 12)
        let store = try kind.makeDirectoryStore(at: disk.path)
        var codes: [StorageError.Code?] = []
        for seed in 0..<UInt64(10) {
            codes.append(
                StorageError.code { () throws(StorageError) in try store.create(.sample(.keys, seed: seed), [1]) })
        }
        #expect(codes.last == .noSpace)
        #expect(Set(codes) == [nil, .noSpace])
        #expect(try store.list(.keys).count == codes.filter { $0 == nil }.count)
    }

    @Test("A disk that takes no changes can be read and not written", arguments: StoreKind.directories)
    func readOnlyDisk(kind: StoreKind) throws {
        let disk = try MountedMemory(size: "1m")
        let store = try kind.makeDirectoryStore(at: disk.path)
        let name = ObjectName.sample(.packs, seed: 3)
        try store.create(name, [1])
        try disk.makeReadOnly()
        let reopened = try LocalDirectoryStore(at: disk.path)
        #expect(try reopened.read(name) == [1])
        #expect(try reopened.list(.packs).count == 1)
        for other in [ObjectName.format, .sample(.packs, seed: 4), .sample(.keys, seed: 4)] {
            #expect(StorageError.code { () throws(StorageError) in try store.create(other, [1]) } == .readOnly)
        }
        #expect(StorageError.code { () throws(StorageError) in try store.delete(name) } == .readOnly)
        #expect(
            StorageError.code { () throws(StorageError) in try LocalDirectoryStore.create(at: disk.path) } == .notEmpty)
        #expect(try store.read(name) == [1])
    }

    @Test("A store can't be made on a disk that takes no changes")
    func establishingOnReadOnlyDisk() throws {
        let disk = try MountedMemory(size: "1m")
        try disk.makeReadOnly()
        #expect(
            StorageError.code { () throws(StorageError) in try LocalDirectoryStore.create(at: disk.path) } == .readOnly)
        let below = disk.path.appending("store")
        #expect(StorageError.code { () throws(StorageError) in try LocalDirectoryStore.create(at: below) } == .readOnly)
    }
}
