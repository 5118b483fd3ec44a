import SystemInterface
import TestSupport

/// The edits between two snapshots: files that grow, are written anew, are added and are removed, spread over a tree.
struct TreeChange {
    /// 2026-01-01: later than whatever a tree has.
    private static let time = Timestamp(seconds: 1_767_225_600)
    private static let editBytes = 300

    private let count: Int
    private var generator: SeededGenerator
    private let source: ContentSource

    /// `count` edits.
    init(count: Int, seed: UInt64) {
        self.count = count
        generator = SeededGenerator(seed: seed)
        source = ContentSource(&generator)
    }

    /// Edits the tree at `root`.
    mutating func apply(to root: FilePath) throws {
        var directories: [FilePath] = []
        try Self.collect(root, into: &directories)
        for number in 0..<count {
            // A directory each, as far as there are enough; the root itself holds no files.
            let index = 1 + number * (directories.count - 1) / count
            try edit(directories[min(index, directories.count - 1)], number)
        }
    }

    private mutating func edit(_ path: FilePath, _ number: Int) throws {
        let directory = try FileDescriptor.open(path, [.readOnly, .directory])
        let status = try directory.status()
        let names = try directory.directoryEntries().filter { $0.type == .regular }.map(\.name)
        guard let name = names.min(by: { $0.lexicographicallyPrecedes($1) }) else {
            throw UsageFault("\(path) holds no file")
        }
        var bytes: [UInt8] = []
        source.appendText(Self.editBytes, to: &bytes, &generator)
        switch number % 4 {
        case 0: try write(bytes, name, [.writeOnly, .append], in: directory)
        case 1: try write(bytes, name, [.writeOnly, .truncate], in: directory)
        case 2: try write(bytes, Array("added-\(number).txt".utf8), [.writeOnly, .create, .exclusive], in: directory)
        default: try directory.unlinkAt(name)
        }
        // The same tree from the same numbers: no time of today stays in it.
        let isNamesChange = number % 4 >= 2
        try directory.setTimes(accessed: Self.time, modified: isNamesChange ? Self.time : status.modified)
    }

    private func write(
        _ bytes: [UInt8], _ name: [UInt8], _ flags: OpenFlags, in directory: borrowing FileDescriptor
    ) throws {
        let file = try directory.openAt(name, flags, mode: 0o644)
        try file.write(all: bytes)
        try file.setTimes(accessed: Self.time, modified: Self.time)
        try file.close()
    }

    /// All directories in byte order of their paths' names, each before what it holds.
    private static func collect(_ path: FilePath, into directories: inout [FilePath]) throws {
        directories.append(path)
        let names = try FileDescriptor.open(path, [.readOnly, .directory]).directoryEntries()
            .filter { $0.type == .directory }.map(\.name).sorted { $0.lexicographicallyPrecedes($1) }
        for name in names { try collect(path.appending(name), into: &directories) }
    }
}
