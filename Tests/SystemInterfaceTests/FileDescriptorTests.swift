import Glibc
import SystemInterface
import TestSupport
import Testing

@Suite("Open files")
struct FileDescriptorTests {
    private let temporary: TemporaryDirectory

    init() throws {
        temporary = try TemporaryDirectory()
    }

    private func newFile(_ name: String = "file") throws -> FileDescriptor {
        try FileDescriptor.open(temporary.path.appending(name), [.readWrite, .create, .exclusive], mode: 0o600)
    }

    @Test("What is written is read back, by position and by offset")
    func writeAndRead() throws {
        let file = try newFile()
        var generator = SeededGenerator(seed: 7)
        let contents = generator.bytes(300_000)
        try file.write(all: Array(contents[..<100_000]))
        try file.write(all: contents.span.extracting(100_000...))
        try file.seek(to: 0)
        #expect(try file.read(300_000) == contents)
        #expect(try file.read(1) == [])
        #expect(try file.pread(1000, at: 150_000) == Array(contents[150_000..<151_000]))
        #expect(try file.pread(1000, at: 299_990) == Array(contents[299_990...]))
        #expect(try file.pread(1, at: 300_000) == [])
        #expect(try file.seek(to: 0, from: .current) == 300_000)
        #expect(try file.seek(to: -5, from: .end) == 299_995)
    }

    @Test("Writing at an offset leaves a hole before it and the position alone")
    func pwrite() throws {
        let file = try newFile()
        try file.pwrite(all: [1, 2], at: 3)
        try file.write(all: [9])
        #expect(try file.pread(10, at: 0) == [9, 0, 0, 1, 2])
    }

    @Test("Empty reads and writes do nothing")
    func empty() throws {
        let file = try newFile()
        try file.write(all: [])
        try file.pwrite(all: [], at: 100)
        #expect(try file.read(0) == [])
        #expect(try file.status().size == 0)
    }

    @Test("Offsets over 63 bits are errors, not traps")
    func hugeOffsets() throws {
        let file = try newFile()
        #expect(throws: SystemError(call: "pread", errno: .invalidArgument)) { try file.pread(1, at: 1 << 63) }
        #expect(throws: SystemError(call: "pwrite", errno: .fileTooLarge)) { try file.pwrite(all: [1], at: .max) }
        #expect(throws: SystemError(call: "pwrite", errno: .fileTooLarge)) {
            try file.pwrite(all: [1, 2], at: UInt64(Int64.max))
        }
        #expect(throws: SystemError(call: "ftruncate", errno: .fileTooLarge)) { try file.truncate(to: .max) }
        #expect(try file.nextData(from: .max) == nil)
    }

    @Test("Reading all stops at the limit", arguments: [0, 1, 65535, 65536, 65537, 200_000])
    func readAll(count: Int) throws {
        let file = try newFile()
        let contents = [UInt8](repeating: 5, count: count)
        try file.write(all: contents)
        try file.seek(to: 0)
        #expect(try file.readAll(atMost: count) == contents)
        try file.seek(to: 0)
        #expect(try file.readAll(atMost: count + 1) == contents)
        guard count > 0 else { return }
        try file.seek(to: 0)
        #expect(throws: SystemError(call: "read", errno: .fileTooLarge)) { try file.readAll(atMost: count - 1) }
    }

    @Test("A failed call names itself, the path and the reason")
    func errors() throws {
        let missing = temporary.path.appending("missing")
        #expect(throws: SystemError(call: "openat", path: missing, errno: .noEntry)) {
            _ = try FileDescriptor.open(missing)
        }
        #expect(throws: SystemError(call: "openat", path: "missing", errno: .noEntry)) {
            _ = try temporary.directory.openAt(Array("missing".utf8))
        }
        let readOnly = try FileDescriptor.open(try temporary.write("r", [1]), .readOnly)
        #expect(throws: SystemError(call: "write", errno: .badDescriptor)) { try readOnly.write(all: [1]) }
        let full = try FileDescriptor.open("/dev/full", .writeOnly)
        #expect(throws: SystemError(call: "write", errno: .noSpace)) { try full.write(all: [1]) }
        let pipe = try FileDescriptor.pipe()
        #expect(throws: SystemError(call: "fsync", errno: .invalidArgument)) { try pipe.writeEnd.sync() }
        #expect(throws: SystemError(call: "fdatasync", errno: .invalidArgument)) { try pipe.writeEnd.syncData() }
        let place = try FileDescriptor.open(temporary.path, [.pathOnly])
        #expect(throws: SystemError(call: "syncfs", errno: .badDescriptor)) { try place.syncFileSystem() }
        #expect(throws: SystemError(call: "read", errno: .isDirectory)) { try temporary.directory.read(1) }
    }

    @Test("What is written is made durable by itself, and with all of its file system")
    func durable() throws {
        let file = try newFile()
        try file.write(all: [1])
        try file.syncData()
        try file.syncFileSystem()
        try FileDescriptor.open(temporary.path, [.readOnly, .directory]).syncFileSystem()
    }

    @Test("A name with NUL is refused: C would cut it short")
    func nulInName() throws {
        try temporary.write("a", [1])
        let name = Array("a\0b".utf8)
        #expect(throws: SystemError(call: "openat", path: FilePath(name), errno: .invalidArgument)) {
            _ = try temporary.directory.openAt(name)
        }
        #expect(throws: SystemError(call: "unlinkat", path: FilePath(name), errno: .invalidArgument)) {
            try temporary.directory.unlinkAt(name)
        }
        #expect(throws: SystemError(call: "symlinkat", path: "b", errno: .invalidArgument)) {
            try temporary.directory.symbolicLinkAt(Array("b".utf8), target: name)
        }
    }

    @Test("A descriptor is closed when its owner lets go, and not before")
    func closing() throws {
        let number: Int32
        do {
            let file = try newFile()
            number = file.rawValue
            #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
            #expect(try file.status().size == 0)
        }
        // Other tests may have been given the number meanwhile, but not for this file.
        let reopened = try? FileDescriptor.open(FilePath("/proc/self/fd/\(number)"), .pathOnly).status().inode
        #expect(reopened != (try temporary.directory.statusAt(Array("file".utf8)).inode))
    }

    @Test("Closing tells of an error")
    func closeError() {
        #expect(throws: SystemError(call: "close", errno: .badDescriptor)) {
            try FileDescriptor(owning: .max).close()
        }
    }

    @Test("The working directory can be let go")
    func workingDirectory() throws {
        try FileDescriptor.workingDirectory.close()
        #expect(try FileStatus(at: ".").type == .directory)
    }

    @Test("A duplicate shares the position, and stays open")
    func duplicate() throws {
        let file = try newFile()
        let twin = try file.duplicate()
        try file.write(all: [1, 2, 3])
        try file.close()
        #expect(try twin.seek(to: 0, from: .current) == 3)
        #expect(fcntl(twin.rawValue, F_GETFD) == FD_CLOEXEC)
    }

    @Test("A released descriptor is the caller's")
    func release() throws {
        let number = try newFile().release()
        #expect(fcntl(number, F_GETFD) != -1)
        try FileDescriptor(owning: number).close()
    }

    @Test("A pipe passes bytes, and ends when its writing end is closed")
    func pipe() throws {
        let pipe = try FileDescriptor.pipe()
        let readEnd = pipe.readEnd
        let writeEnd = pipe.writeEnd
        try writeEnd.write(all: [1, 2, 3])
        try writeEnd.close()
        #expect(try readEnd.readAll(atMost: 10) == [1, 2, 3])
    }

    @Test("A lock keeps others out until it is given back")
    func lock() throws {
        let first = try newFile()
        let second = try FileDescriptor.open(temporary.path.appending("file"), .readWrite)
        #expect(try first.tryLock(exclusive: true))
        #expect(try !second.tryLock(exclusive: false))
        try first.unlock()
        #expect(try second.tryLock(exclusive: false))
        #expect(try first.tryLock(exclusive: false))
        #expect(try !first.tryLock(exclusive: true))
    }

    @Test("A symbolic link is not opened when links are not to be followed")
    func noFollow() throws {
        try temporary.write("target", [1])
        try temporary.directory.symbolicLinkAt(Array("link".utf8), target: Array("target".utf8))
        #expect(throws: SystemError(call: "openat", path: "link", errno: .tooManySymbolicLinks)) {
            _ = try temporary.directory.openAt(Array("link".utf8), [.readOnly, .noFollow])
        }
        #expect(try temporary.directory.openAt(Array("link".utf8)).read(9) == [1])
    }

    @Test("Reading without leaving a trace keeps the access time")
    func noAccessTime() throws {
        let path = try temporary.write("file", [1])
        let old = Timestamp(seconds: 1000)
        try temporary.directory.setTimesAt(Array("file".utf8), accessed: old, modified: Timestamp(seconds: 2000))
        _ = try FileDescriptor.open(path, [.readOnly, .noAccessTime]).read(1)
        #expect(try FileStatus(at: path).accessed == old)
    }

    @Test("The file system tells its size and kind")
    func fileSystem() throws {
        let statistics = try temporary.directory.fileSystemStatistics()
        #expect(statistics.totalBytes >= statistics.freeBytes)
        #expect(statistics.freeBytes >= statistics.availableBytes)
        #expect(statistics.nameBytesMax == 255)
        #expect(try temporary.directory.fileSystemType() == FileSystemStatistics(at: temporary.path).type)
        // PROC_SUPER_MAGIC of <linux/magic.h>
        #expect(try FileSystemStatistics(at: "/proc").type == 0x9FA0)
        #expect(throws: SystemError(call: "statfs", path: "/nowhere", errno: .noEntry)) {
            try FileSystemStatistics(at: "/nowhere")
        }
    }
}
