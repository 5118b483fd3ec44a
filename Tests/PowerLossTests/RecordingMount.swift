import Glibc
import SystemInterface
import TestSupport

/// A mount that writes down every change, served by a process of its own that ends with this object.
final class RecordingMount: Sendable {
    /// Where the directory can be changed. Only processes with a time limit are to look there.
    let path: FilePath
    /// The same directory without the mount.
    let behind: FilePath

    private let log: FilePath
    private let rules: FilePath
    private let process: Int32
    private let input: FileDescriptor

    /// Whether this process may mount here.
    static let isPossible = Host.effectiveUserID == 0 && (try? FileSystem.exists("/dev/fuse")) == true

    /// The mount did not come about.
    struct NotMounted: Error {}

    /// Mounts an empty directory below `directory`; without `hasUnnamedFiles` it knows nothing of O_TMPFILE.
    init(in directory: TemporaryDirectory, hasUnnamedFiles: Bool) throws {
        path = try directory.makeDirectory("mount")
        behind = try directory.makeDirectory("behind")
        rules = try directory.makeDirectory("rules")
        log = directory.path.appending("log")
        if !hasUnnamedFiles { try FileSystem.write(rules.appending("named"), []) }
        let output = try FileDescriptor.pipe()
        let input = try FileDescriptor.pipe()
        process = try ProcessLauncher.spawn(
            ProcessLauncher.selfExecutablePath().parent.appending("faulty-file-system"),
            arguments: [Array("faulty-file-system".utf8), behind.bytes, path.bytes, rules.bytes]
                + [Array("record".utf8), log.bytes],
            descriptors: [0: input.readEnd.rawValue, 1: output.writeEnd.rawValue])
        try input.readEnd.close()
        try output.writeEnd.close()
        self.input = try input.writeEnd.duplicate()
        try input.writeEnd.close()
        guard try output.readEnd.read(6) == Array("ready\n".utf8) else { throw NotMounted() }
    }

    deinit {
        kill(process, SIGTERM)
        _ = try? ProcessLauncher.wait(process)
    }

    /// Writes a line of our own into the log.
    func mark(_ line: String) throws {
        let file = try FileDescriptor.open(log, [.writeOnly, .append])
        try file.write(all: Array((line + "\n").utf8))
    }

    /// What was written down until now.
    func readLog() throws -> [UInt8] {
        try FileSystem.read(log, atMost: 1 << 30)
    }

    /// From now on kills who asks for the change `number`, 1 being the next, before or after it is made.
    func killAtChange(_ number: Int, isAfter: Bool) throws {
        try stopKilling()
        try FileSystem.write(rules.appending("kill"), Array("\(number) \(isAfter ? "after" : "before")\n".utf8))
    }

    /// From now on stops who asks for the change `number`, 1 being the next, before or after it is made, until `resume`.
    func stopAtChange(_ number: Int, isAfter: Bool) throws {
        try stopKilling()
        try FileSystem.write(rules.appending("kill"), Array("\(number) \(isAfter ? "after" : "before") stop\n".utf8))
    }

    /// Whether somebody is stopped.
    func hasStopped() throws -> Bool {
        try FileSystem.exists(rules.appending("stopped"))
    }

    /// Lets who is stopped go on, and stops nobody any more.
    func resume() throws {
        try stopKilling()
        let file = rules.appending("stopped")
        guard try FileSystem.exists(file) else { return }
        let text = String(decoding: try FileSystem.read(file, atMost: 100), as: UTF8.self)
        try FileSystem.remove(file)
        guard let process = text.split(separator: "\n").first.flatMap({ Int32($0) }) else { throw NotStopped() }
        kill(process, SIGCONT)
    }

    /// Nobody knows who is stopped.
    struct NotStopped: Error {}

    /// Kills nobody any more.
    func stopKilling() throws {
        if try FileSystem.exists(rules.appending("kill")) { try FileSystem.remove(rules.appending("kill")) }
    }
}
