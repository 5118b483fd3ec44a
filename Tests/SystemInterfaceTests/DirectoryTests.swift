import SystemInterface
import TestSupport
import Testing

@Suite("Directories")
struct DirectoryTests {
    private let temporary: TemporaryDirectory

    init() throws {
        temporary = try TemporaryDirectory()
    }

    @Test("Making directories in a file system that takes none is an error, and ends")
    func makeDirectoriesNowhere() {
        let error = #expect(throws: SystemError.self) { try FileSystem.makeDirectories("/proc/pastfs-none/below") }
        #expect(error?.errno == .noEntry || error?.errno == .accessDenied)
    }

    @Test("A \"..\" behind a link goes up from where the link leads to, and other links stay")
    func absolutePaths() throws {
        let root = try FileSystem.realPath(temporary.path)
        try FileSystem.makeDirectories(root.appending("real/inner"))
        try temporary.directory.symbolicLinkAt(Array("link".utf8), target: Array("real/inner".utf8))
        let expected = [
            "link/../x": "real/x", "link/x/..//y/.": "link/y", "link/": "link", "none/../x": "x", "real/./../x": "x",
        ]
        for (path, result) in expected {
            #expect(try FileSystem.absolutePath(root.appending(path)) == root.appending(result), "\(path)")
        }
        #expect(try FileSystem.absolutePath("/../..") == "/")
        #expect(try FileSystem.target(ofLink: root.appending("link")) == root.appending("real/inner"))
        #expect(try FileSystem.target(ofLink: root.appending("real")) == nil)
    }

    @Test("An empty directory has no entries: its own and its parent's are left out")
    func empty() throws {
        #expect(try temporary.directory.directoryEntries() == [])
    }

    @Test("Names that are not text, are long, or look like dots are listed as they are")
    func strangeNames() throws {
        let names: [[UInt8]] = [
            [0xFF, 0xFE], [0x01], Array("...".utf8), Array("..a".utf8), Array(".a".utf8), Array(" ".utf8),
            Array("new\nline".utf8), [UInt8](repeating: 0x80, count: 255), Array("-rf".utf8), [0x5C],
        ]
        for name in names {
            try temporary.directory.makeNodeAt(name, type: .regular, permissions: 0o600)
        }
        let entries = try temporary.directory.directoryEntries()
        #expect(Set(entries.map(\.name)) == Set(names))
        #expect(entries.count == names.count)
        for entry in entries {
            #expect(entry.inode == (try temporary.directory.statusAt(entry.name).inode))
        }
    }

    @Test("A name of 256 bytes is too long")
    func tooLong() throws {
        let name = [UInt8](repeating: 0x61, count: 256)
        #expect(throws: SystemError(call: "mknodat", path: FilePath(name), errno: .nameTooLong)) {
            try temporary.directory.makeNodeAt(name, type: .regular, permissions: 0o600)
        }
    }

    @Test("Entries tell their types")
    func types() throws {
        try temporary.directory.makeDirectoryAt(Array("directory".utf8))
        try temporary.directory.symbolicLinkAt(Array("symbolicLink".utf8), target: Array("nowhere".utf8))
        try temporary.directory.makeNodeAt(Array("fifo".utf8), type: .fifo, permissions: 0o600)
        try temporary.directory.makeNodeAt(Array("socket".utf8), type: .socket, permissions: 0o600)
        try temporary.directory.makeNodeAt(Array("regular".utf8), type: .regular, permissions: 0o600)
        let entries = try temporary.directory.directoryEntries()
        #expect(entries.count == 5)
        for entry in entries {
            let type = try #require(entry.type)
            #expect("\(type)" == FilePath(entry.name).text)
        }
    }

    @Test("A directory of many buffers is listed whole, each name once, and again from the start")
    func manyEntries() throws {
        let count = 20_000
        let padding = String(repeating: "x", count: 60)
        for number in 0..<count {
            try temporary.directory.makeNodeAt(Array("\(number)-\(padding)".utf8), type: .regular, permissions: 0o600)
        }
        let first = try temporary.directory.directoryEntries()
        #expect(first.count == count)
        #expect(Set(first.map(\.name)).count == count)
        #expect(try temporary.directory.directoryEntries() == first)
    }

    @Test("A file is not a directory")
    func notDirectory() throws {
        let file = try FileDescriptor.open(try temporary.write("file", []))
        #expect(throws: SystemError(call: "getdents64", errno: .notDirectory)) { try file.directoryEntries() }
        #expect(throws: SystemError(call: "openat", path: "file", errno: .notDirectory)) {
            _ = try temporary.directory.openAt(Array("file".utf8), [.readOnly, .directory])
        }
    }

    @Test("A directory that was removed while open is an error, not an empty list")
    func removedDirectory() throws {
        let path = try temporary.makeDirectory("gone")
        let gone = try FileDescriptor.open(path, [.readOnly, .directory])
        try FileSystem.remove(path, directory: true)
        #expect(throws: SystemError(call: "getdents64", errno: .noEntry)) { try gone.directoryEntries() }
    }

    @Test("Missing directories are made, present ones left alone")
    func makeDirectories() throws {
        let path = temporary.path.appending("a/b/c")
        try FileSystem.makeDirectories(path, mode: 0o700)
        try FileSystem.makeDirectories(path, mode: 0o700)
        #expect(try FileStatus(at: path).type == .directory)
        let file = try temporary.write("a/file", [])
        #expect(throws: SystemError(call: "mkdirat", path: file, errno: .alreadyExists)) {
            try FileSystem.makeDirectories(file)
        }
        #expect(throws: SystemError.self) { try FileSystem.makeDirectories(file.appending("below")) }
    }

    @Test("A temporary directory vanishes with all that is in it")
    func temporaryDirectoryVanishes() throws {
        let path: FilePath
        do {
            let other = try TemporaryDirectory()
            path = other.path
            try other.makeDirectory("a/b")
            try other.write("a/b/file", [1])
            try other.directory.symbolicLinkAt(Array("link".utf8), target: temporary.path.bytes)
            try other.makeDirectory("closed/inner")
            try other.directory.setPermissionsAt(Array("closed".utf8), 0)
            #expect(try FileSystem.exists(path))
        }
        #expect(try !FileSystem.exists(path))
        #expect(try FileSystem.exists(temporary.path))
    }

    @Test("Whether something exists doesn't depend on where a link points")
    func exists() throws {
        try temporary.directory.symbolicLinkAt(Array("broken".utf8), target: Array("nowhere".utf8))
        #expect(try FileSystem.exists(temporary.path.appending("broken")))
        #expect(try !FileSystem.exists(temporary.path.appending("missing")))
        #expect(try !FileSystem.exists(try temporary.write("file", []).appending("below")))
        #expect(throws: SystemError.self) {
            try FileSystem.exists(FilePath([UInt8](repeating: 0x61, count: 5000)))
        }
    }

    @Test("The real path has neither links nor dots")
    func realPath() throws {
        try temporary.makeDirectory("a")
        try temporary.directory.symbolicLinkAt(Array("link".utf8), target: Array("a".utf8))
        #expect(try FileSystem.realPath(temporary.path.appending("a/../link/.")) == temporary.path.appending("a"))
        let missing = temporary.path.appending("missing")
        #expect(throws: SystemError(call: "realpath", path: missing, errno: .noEntry)) {
            try FileSystem.realPath(missing)
        }
        #expect(try FileSystem.workingDirectory() == FileSystem.realPath("."))
    }

    @Test("A whole file is read up to its limit")
    func wholeFile() throws {
        let path = try temporary.write("file", [1, 2, 3])
        #expect(try FileSystem.read(path, atMost: 3) == [1, 2, 3])
        #expect(throws: SystemError(call: "read", path: path, errno: .fileTooLarge)) {
            try FileSystem.read(path, atMost: 2)
        }
        try FileSystem.write(path, [4])
        #expect(try FileSystem.read(path, atMost: 3) == [4])
    }
}
