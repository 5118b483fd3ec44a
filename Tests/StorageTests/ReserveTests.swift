import Glibc
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("What a directory sets aside")
struct ReserveTests {
    private let directory: TemporaryDirectory
    private let store: LocalDirectoryStore
    private let path: FilePath

    init() throws {
        directory = try TemporaryDirectory()
        store = try LocalDirectoryStore.create(at: directory.path.appending("store"))
        path = directory.path.appending("store/reserve")
    }

    @Test("is there once it is made, is completed, and is gone when it is given up, as often as one likes")
    func life() throws {
        try store.releaseReserve()
        try store.makeReserve()
        #expect(try FileSystem.status(path).size == 1 << 20)
        let bytes = try FileSystem.read(path, atMost: 1 << 20)
        try store.makeReserve()
        #expect(try FileSystem.read(path, atMost: 1 << 20) == bytes)
        #expect(truncate(path.description, 5000) == 0)
        try store.makeReserve()
        #expect(try FileSystem.status(path).size == 1 << 20)
        #expect(try FileSystem.read(path, atMost: 1 << 20).prefix(5000) == bytes.prefix(5000))
        for _ in 0..<2 {
            try store.releaseReserve()
            #expect(try !FileSystem.exists(path))
        }
    }

    @Test("is no object, and no stranger either")
    func isNothing() throws {
        try store.makeReserve()
        #expect(try store.strangers() == [])
        #expect(try ObjectFolder.allCases.allSatisfy { try store.list($0).isEmpty })
    }

    @Test("is neither followed nor written where it is a link or a pipe", arguments: [true, false])
    func isAnotherKind(isLink: Bool) throws {
        let target = try directory.write("target", [1])
        if isLink {
            try FileDescriptor.workingDirectory.symbolicLinkAt(path.bytes, target: target.bytes)
        } else {
            try FileDescriptor.workingDirectory.makeNodeAt(path.bytes, type: .fifo, permissions: 0o600)
        }
        let error = StorageError.code { () throws(StorageError) in try store.makeReserve() }
        #expect(error != nil)
        #expect(try FileSystem.read(target, atMost: 10) == [1])
    }

    @Test(
        "takes what room there is, and gives it back when the disk is full to the last byte",
        .enabled(if: MountedMemory.isPossible))
    func fullDisk() throws {
        let disk = try MountedMemory(size: "4m")
        let store = try LocalDirectoryStore.create(at: disk.path.appending("store"))
        let path = disk.path.appending("store/reserve")
        try store.makeReserve()
        let full = try #require(store.bytesAvailable())
        try store.create(.sample(.packs, seed: 1), [UInt8](repeating: 1, count: Int(full)))
        #expect(store.bytesAvailable() == 0)
        let name = ObjectName.sample(.index, seed: 2)
        #expect(StorageError.code { () throws(StorageError) in try store.create(name, [2]) } == .noSpace)
        try store.releaseReserve()
        try store.create(name, [2])
        try store.makeReserve()
        #expect(try FileSystem.status(path).size == 1 << 20 - 4096)
        #expect(store.bytesAvailable() == 0)
        #expect(try store.read(name) == [2])
    }
}
