import Coding
import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A store in a directory")
struct LocalDirectoryStoreTests {
    private let directory: TemporaryDirectory
    private let path: FilePath

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.path.appending("store")
    }

    @Test(
        "Objects are files of their paths, for the owner alone and not to be written", arguments: StoreKind.directories)
    func layout(kind: StoreKind) throws {
        let store = try kind.makeDirectoryStore(at: path)
        #expect(store.location == path.description)
        for name in ObjectFolder.allCases.map({ ObjectName.sample($0, seed: 1) }) + [.format] {
            try store.create(name, [1, 2, 3])
            let file = path.appending(name.path)
            #expect(try FileSystem.read(file, atMost: 10) == [1, 2, 3])
            #expect(try FileSystem.status(file).permissions == 0o400)
            #expect(try FileSystem.status(file.parent).permissions == 0o700)
        }
        #expect(try names(in: "tmp").isEmpty)
    }

    @Test("A second store on the directory sees what the first created")
    func reopens() throws {
        let name = ObjectName.sample(.packs, seed: 2)
        try LocalDirectoryStore.create(at: path).create(name, [5])
        #expect(try LocalDirectoryStore(at: path).read(name) == [5])
    }

    @Test("An object that was cut short since is read as it is now, and a range of it that is gone is an error")
    func truncatedFile() throws {
        let store = try LocalDirectoryStore.create(at: path)
        let name = ObjectName.sample(.packs, seed: 3)
        try store.create(name, Array(repeating: 1, count: 1000))
        try FileDescriptor.open(path.appending(name.path), [.writeOnly]).truncate(to: 400)
        #expect(try store.read(name).count == 400)
        #expect(StorageError.code { () throws(StorageError) in try store.read(name, range: 300..<500) } == .outOfRange)
    }

    @Test("A file over the limit is refused before memory is taken for it")
    func hugeFile() throws {
        let store = try LocalDirectoryStore.create(at: path)
        let name = ObjectName.sample(.index, seed: 4)
        let file = try FileDescriptor.open(path.appending(name.path), [.writeOnly, .create], mode: 0o600)
        try file.truncate(to: 1 << 42)
        #expect(StorageError.code { () throws(StorageError) in try store.read(name) } == .tooLarge)
        let range: Range<UInt64> = 0..<(1 << 41)
        #expect(StorageError.code { () throws(StorageError) in try store.read(name, range: range) } == .tooLarge)
        #expect(try store.read(name, range: (1 << 41)..<(1 << 41) + 2) == [0, 0])
    }

    @Test("Strange files are passed over, left alone and named")
    func strangers() throws {
        let store = try LocalDirectoryStore.create(at: path)
        let name = ObjectName.sample(.packs, seed: 5)
        try store.create(name, [1])
        try store.create(.format, [1])
        let misplaced = ObjectName.sample(.packs, seed: 6)
        let key = ObjectName.sample(.keys, seed: 5)
        let strange = [
            "README", "keys/notes.txt", "keys/\(key.fileName.uppercased())", "index/\(key.fileName)~",
            "packs/\(name.fileName)", "packs/xy", "packs/AB", name.path + ".part",
            "packs/\(name.fileName.prefix(2))/\(misplaced.fileName)", "snapshots/line\nbreak",
        ]
        for file in strange { try FileSystem.write(path.appending(file), [1]) }
        try FileSystem.makeDirectory(path.appending("packs/zz"))
        try FileSystem.makeDirectory(path.appending(key.path))
        try FileSystem.makeDirectory(path.appending("lost+found"))
        let byteName = path.appending("index").appending([0xFF, 0xFE])
        try FileSystem.write(byteName, [1])
        #expect(try store.list(.packs).map(\.name) == [name])
        for folder in [ObjectFolder.keys, .index, .snapshots] {
            #expect(try store.list(folder).isEmpty)
        }
        let expected = strange.map { FilePath($0).description } + ["packs/zz", key.path, "index/\\xff\\xfe"]
        #expect(try Set(store.strangers()) == Set(expected))
        #expect(try FileSystem.exists(byteName))
    }

    @Test("Only a file is an object: a directory, a link and a fifo of its name are errors", arguments: 0..<3)
    func notAFile(which: Int) throws {
        let store = try LocalDirectoryStore.create(at: path)
        let name = ObjectName.sample(.snapshots, seed: 7)
        let folder = try FileDescriptor.open(path.appending("snapshots"), [.directory])
        let file = Array(name.fileName.utf8)
        switch which {
        case 0: try folder.makeDirectoryAt(file)
        case 1: try folder.symbolicLinkAt(file, target: Array("/etc/passwd".utf8))
        default: try folder.makeNodeAt(file, type: .fifo, permissions: 0o600)
        }
        #expect(StorageError.code { () throws(StorageError) in try store.read(name) } == .ioFailure)
        #expect(StorageError.code { () throws(StorageError) in try store.size(of: name) } == .ioFailure)
        #expect(StorageError.code { () throws(StorageError) in try store.create(name, [1]) } == .ioFailure)
        #expect(try store.list(.snapshots).isEmpty)
        #expect(try store.strangers() == [name.path])
    }

    @Test("A folder that is a symbolic link is not followed")
    func linkedFolder() throws {
        let store = try LocalDirectoryStore.create(at: path)
        let elsewhere = try directory.makeDirectory("elsewhere")
        try FileSystem.remove(path.appending("keys"), directory: true)
        let root = try FileDescriptor.open(path, [.directory])
        try root.symbolicLinkAt(Array("keys".utf8), target: elsewhere.bytes)
        let name = ObjectName.sample(.keys, seed: 8)
        #expect(StorageError.code { () throws(StorageError) in try store.create(name, [1]) } == .ioFailure)
        #expect(throws: StorageError.self) { try store.list(.keys) }
        #expect(try FileDescriptor.open(elsewhere, [.directory]).directoryEntries().isEmpty)
    }

    @Test(
        "A missing folder is an error and no empty listing",
        arguments: ObjectFolder.allCases.filter { !$0.isMadeWhenNeeded })
    func missingFolder(folder: ObjectFolder) throws {
        let store = try LocalDirectoryStore.create(at: path)
        try FileSystem.remove(path.appending(folder.rawValue), directory: true)
        #expect(StorageError.code { () throws(StorageError) in try store.list(folder) } == .notFound)
        #expect(StorageError.code { () throws(StorageError) in try store.strangers() } == .notFound)
        let name = ObjectName.sample(folder, seed: 9)
        #expect(StorageError.code { () throws(StorageError) in try store.create(name, [1]) } == .notFound)
    }

    @Test("A folder that is made when it is needed is empty until then", arguments: StoreKind.directories)
    func folderMadeWhenNeeded(kind: StoreKind) throws {
        let store = try kind.makeDirectoryStore(at: path)
        for folder in ObjectFolder.allCases where folder.isMadeWhenNeeded {
            try FileSystem.remove(path.appending(folder.rawValue), directory: true)
            let name = ObjectName.sample(folder, seed: 9)
            #expect(try store.list(folder).isEmpty)
            #expect(try store.names(in: folder).isEmpty)
            #expect(try store.strangers().isEmpty)
            #expect(try !store.contains(name))
            #expect(StorageError.code { () throws(StorageError) in try store.delete(name) } == .notFound)
            try store.create(name, [1])
            #expect(try store.list(folder).map(\.name) == [name])
            #expect(try FileSystem.status(path.appending(folder.rawValue)).permissions == 0o700)
        }
    }

    @Test("Nothing is made in the place of a store that is gone")
    func makesNoFolderWithoutAStore() throws {
        let store = try LocalDirectoryStore.create(at: path)
        for folder in ObjectFolder.allCases where folder != .keys {
            try FileSystem.remove(path.appending(folder.rawValue), directory: true)
        }
        for folder in ObjectFolder.allCases where folder.isMadeWhenNeeded {
            let name = ObjectName.sample(folder, seed: 9)
            #expect(StorageError.code { () throws(StorageError) in try store.create(name, [1]) } == .notFound)
            #expect(StorageError.code { () throws(StorageError) in try store.list(folder) } == .notFound)
            #expect(try !FileSystem.exists(path.appending(folder.rawValue)))
        }
    }

    @Test("The store stays in its directory when that is renamed, and fails when it is deleted")
    func keepsItsDirectory() throws {
        let store = try LocalDirectoryStore.create(at: path)
        let name = ObjectName.sample(.index, seed: 10)
        try store.create(name, [1])
        let moved = directory.path.appending("moved")
        try FileDescriptor.workingDirectory.renameAt(
            path.bytes, to: FileDescriptor.workingDirectory, moved.bytes, replacing: false)
        #expect(try store.read(name) == [1])
        for folder in ObjectFolder.allCases.map(\.rawValue) + ["tmp"] {
            if folder == "index" { try FileSystem.remove(moved.appending(name.path)) }
            try FileSystem.remove(moved.appending(folder), directory: true)
        }
        try FileSystem.remove(moved, directory: true)
        #expect(StorageError.code { () throws(StorageError) in try store.create(name, [1]) } == .notFound)
        #expect(StorageError.code { () throws(StorageError) in try store.list(.index) } == .notFound)
    }

    @Test("What interrupted processes left is removed, what is being written stays")
    func leftovers() throws {
        let store = try LocalDirectoryStore.create(at: path)
        let left = path.appending("tmp/left")
        let used = path.appending("tmp/used")
        try FileSystem.write(left, [1], mode: 0o400)
        try FileSystem.write(used, [1], mode: 0o400)
        try FileSystem.makeDirectory(path.appending("tmp/folder"))
        let writer = try FileDescriptor.open(used, .readOnly)
        #expect(try writer.tryLock(exclusive: true))
        #expect(try store.removeLeftovers() == 1)
        #expect(try names(in: "tmp") == ["folder", "used"])
        try writer.unlock()
        #expect(try store.removeLeftovers() == 1)
        #expect(try store.strangers().isEmpty)
    }

    @Test("Objects are created while leftovers are removed all the time", arguments: StoreKind.directories)
    func cleaningWhileWriting(kind: StoreKind) async throws {
        let store = try kind.makeDirectoryStore(at: path)
        let codes = await withTaskGroup(of: [StorageError.Code?].self) { group in
            group.addTask {
                (0..<UInt64(100)).map { seed in
                    StorageError.code { () throws(StorageError) in try store.create(.sample(.index, seed: seed), [1]) }
                }
            }
            group.addTask {
                (0..<100).map { _ in StorageError.code { () throws(StorageError) in try store.removeLeftovers() } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(codes.allSatisfy { $0 == nil })
        #expect(try store.list(.index).count == 100)
        #expect(try names(in: "tmp").isEmpty)
    }

    @Test("A missing folder for temporary names is made again")
    func missingTemporaryFolder() throws {
        let store = try StoreKind.directoryWithTemporaryNames.makeDirectoryStore(at: path)
        try FileSystem.remove(path.appending("tmp"), directory: true)
        #expect(try store.removeLeftovers() == 0)
        try store.create(.format, [1])
        #expect(try store.read(.format) == [1])
    }

    private func names(in folder: String) throws -> [String] {
        let entries = try FileDescriptor.open(path.appending(folder), [.directory]).directoryEntries()
        return entries.map { FilePath($0.name).description }.sorted()
    }
}
