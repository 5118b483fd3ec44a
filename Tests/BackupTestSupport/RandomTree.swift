import SystemInterface
import TestSupport

/// Makes and edits random directories, the same for the same seed.
public struct RandomTree {
    private var generator: SeededGenerator
    private let root: FilePath
    private var directories: [FilePath]
    private var files: [FilePath] = []

    /// Fills the empty directory `root`.
    public init(in root: FilePath, seed: UInt64, items: Int) throws {
        generator = SeededGenerator(seed: seed)
        self.root = root
        directories = [root]
        for _ in 0..<items { try addItem() }
    }

    /// Changes, removes, renames and adds a few things.
    public mutating func edit(_ count: Int) throws {
        for _ in 0..<count {
            switch generator.number(in: 0...4) {
            case 0: try addItem()
            case 1: try removeFile()
            case 2: try renameFile()
            case 3: try touchFile()
            default: try rewriteFile()
            }
        }
    }

    private mutating func newPath() -> FilePath {
        let parent = directories[generator.number(in: 0...directories.count - 1)]
        let count = generator.number(in: 1...24)
        // Any byte but "/" and NUL, and never "." or "..".
        let name = generator.bytes(count).map { $0 == 0 || $0 == UInt8(ascii: "/") ? UInt8(ascii: "x") : $0 }
        return parent.appending([UInt8(ascii: "n")] + name)
    }

    private mutating func addItem() throws {
        let path = newPath()
        guard try !FileSystem.exists(path) else { return }
        switch generator.number(in: 0...9) {
        case 0...1:
            try FileSystem.makeDirectory(path)
            directories.append(path)
        case 2:
            try FileDescriptor.workingDirectory.symbolicLinkAt(path.bytes, target: generator.bytes(9).map { $0 | 1 })
        case 3 where !files.isEmpty:
            let first = files[generator.number(in: 0...files.count - 1)]
            try FileDescriptor.workingDirectory.linkAt(
                first.bytes, to: FileDescriptor.workingDirectory, path.bytes)
            files.append(path)
        case 4: try FileDescriptor.workingDirectory.makeNodeAt(path.bytes, type: .fifo, permissions: 0o640)
        default:
            try write(path)
            files.append(path)
        }
    }

    /// Most files are small, some have many chunks, and some have holes.
    private mutating func write(_ path: FilePath) throws {
        let file = try FileDescriptor.open(path, [.writeOnly, .create, .truncate], mode: 0o644)
        let count =
            generator.number(in: 0...9) == 0 ? generator.number(in: 0...400_000) : generator.number(in: 0...6000)
        try file.write(all: generator.bytes(count))
        if generator.number(in: 0...5) == 0 {
            let start = UInt64(generator.number(in: 1...40)) << 16
            try file.pwrite(all: generator.bytes(generator.number(in: 0...9000)), at: start)
            if generator.number(in: 0...1) == 0 { try file.truncate(to: start + 1_000_000) }
        }
        try file.setPermissions(UInt16(generator.number(in: 0...0o7777)))
        let seconds = Int64(generator.number(in: -1_000_000_000...4_000_000_000))
        let time = Timestamp(seconds: seconds, nanoseconds: UInt32(generator.number(in: 0...999_999_999)))
        try file.setTimes(accessed: nil, modified: time)
        if generator.number(in: 0...7) == 0 {
            try ExtendedAttributes.set(Array("user.note".utf8), to: generator.bytes(40), at: file)
        }
    }

    private mutating func takeFile() -> FilePath? {
        files.isEmpty ? nil : files.remove(at: generator.number(in: 0...files.count - 1))
    }

    private mutating func removeFile() throws {
        if let path = takeFile() { try FileSystem.remove(path) }
    }

    private mutating func renameFile() throws {
        let target = newPath()
        guard try !FileSystem.exists(target), let path = takeFile() else { return }
        try FileDescriptor.workingDirectory.renameAt(
            path.bytes, to: FileDescriptor.workingDirectory, target.bytes, replacing: true)
        files.append(target)
    }

    private mutating func touchFile() throws {
        guard let path = takeFile() else { return }
        files.append(path)
        let time = Timestamp(seconds: Int64(generator.number(in: 0...1_000_000_000)))
        try FileDescriptor.workingDirectory.setTimesAt(path.bytes, accessed: nil, modified: time)
    }

    private mutating func rewriteFile() throws {
        guard let path = takeFile() else { return }
        files.append(path)
        try write(path)
    }
}
