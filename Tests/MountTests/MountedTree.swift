import FuseMount
import Glibc
import Storage
import SystemInterface
import TestSupport
import ViewTestSupport

/// A repository, mounted by a process of its own that ends with this object, or with the test's process.
final class MountedTree: Sendable {
    /// Where it is mounted.
    let mountPoint: FilePath
    /// Where the repository is.
    let repository: FilePath
    /// The directory that holds the source, if the tree was made from one.
    let source: SourceTree

    private let directory: TemporaryDirectory
    private let process: Int32
    private let input: FileDescriptor
    private let output: FileDescriptor

    /// The name of the snapshot that is mounted.
    static let snapshot = "2001-09-09T01-46-40Z"

    /// Stores `source`, changes the repository with `change`, and mounts it: at `mountPoint`, or in a directory of its own.
    convenience init(
        _ source: SourceTree, at mountPoint: FilePath? = nil, options: [String] = [],
        change: (FilePath) throws -> Void = { _ in }
    ) throws {
        try self.init(source, at: mountPoint, options: options, change: change) { repository in
            let path = source.directory.path
            try repository.commit(started: Timestamp(seconds: 1_000_000_000), tags: ["weekly"]) {
                try TreeScanner(session: $0).root(path)
            }
        }
    }

    /// Lets `fill` make snapshots, changes the repository with `change`, and mounts it with `variables` ("NAME=value")
    /// added to the environment.
    init(
        _ source: SourceTree, at mountPoint: FilePath? = nil, options: [String] = [], variables: [String] = [],
        change: (FilePath) throws -> Void = { _ in }, fill: (TestRepository) throws -> Void
    ) throws {
        self.source = source
        directory = try TemporaryDirectory()
        repository = directory.path.appending("repository")
        self.mountPoint = try mountPoint ?? directory.makeDirectory("mount")
        let store = try LocalDirectoryStore.create(at: repository)
        try fill(try TestRepository(in: store))
        try change(repository)

        let program = try ProcessLauncher.selfExecutablePath().parent.appending("mount-fixture")
        let output = try FileDescriptor.pipe()
        let input = try FileDescriptor.pipe()
        let arguments =
            [
                Array("mount-fixture".utf8), repository.bytes, self.mountPoint.bytes,
                directory.path.appending("log").bytes,
            ]
            + options.map { Array($0.utf8) }
        process = try ProcessLauncher.spawn(
            program, arguments: arguments, environment: variables.map { Array($0.utf8) } + Environment.all,
            descriptors: [0: input.readEnd.rawValue, 1: output.writeEnd.rawValue])
        try input.readEnd.close()
        try output.writeEnd.close()
        self.input = try input.writeEnd.duplicate()
        self.output = try output.readEnd.duplicate()
        try input.writeEnd.close()
        guard try output.readEnd.read(6) == Array("ready\n".utf8) else {
            throw Mismatch("the mount did not get ready")
        }
    }

    deinit {
        kill(process, SIGTERM)
        _ = try? ProcessLauncher.wait(process)
        if isMounted { try? Unmount.unmount(mountPoint) }
    }

    /// The snapshot, asked through the kernel.
    var tree: KernelTree { KernelTree(mountPoint.appending("snapshots").appending(Self.snapshot)) }

    /// The lines of the log.
    var log: String {
        get throws {
            String(decoding: try FileSystem.read(directory.path.appending("log"), atMost: 1 << 20), as: UTF8.self)
        }
    }

    /// How many reads of files the kernel has sent, and how many files were read ahead.
    func counts() throws -> (reads: Int, filesAhead: Int) {
        try input.write(all: [UInt8(ascii: "\n")])
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n") { line += try output.read(1) }
        let numbers = String(decoding: line.dropLast(), as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 2 else { throw Mismatch("the mount does not tell its counts") }
        return (numbers[0], numbers[1])
    }

    /// The most memory that the process has had at once, in bytes (VmHWM of proc(5)).
    var peakMemoryBytes: Int {
        get throws {
            let text = String(
                decoding: try FileSystem.read(FilePath("/proc/\(process)/status"), atMost: 1 << 16), as: UTF8.self)
            let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            guard let number = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
                throw Mismatch("proc(5) does not tell the memory of the mount")
            }
            return number << 10
        }
    }

    /// Whether the table of mounts shows it.
    var isMounted: Bool {
        ((try? MountTable.entries()) ?? []).contains { $0.mountPoint == mountPoint }
    }

    /// Sends a signal and gives the status that the process ends with.
    func end(_ signal: Signal) throws -> Int32 {
        try Signals.send(signal, to: process)
        return try ProcessLauncher.wait(process)
    }

    /// Waits for the process to end by itself.
    func wait() throws -> Int32 {
        try ProcessLauncher.wait(process)
    }
}
