import Glibc
import SystemInterface
import TestSupport

/// A directory behind a mount that writes down every change.
final class RecordingMount: Sendable {
    /// Where the directory can be changed. Only processes with a time limit are to look there.
    var path: FilePath { server.path }
    /// The same directory without the mount.
    var behind: FilePath { server.behind }

    private let log: FilePath
    private let server: FaultyFileSystem

    /// Whether this process may mount here.
    static let isPossible = FaultyFileSystem.isPossible

    /// Mounts an empty directory below `directory`; without `hasUnnamedFiles` it knows nothing of O_TMPFILE.
    init(in directory: TemporaryDirectory, hasUnnamedFiles: Bool) throws {
        log = directory.path.appending("log")
        server = try FaultyFileSystem(
            in: directory, name: "mount", rules: hasUnnamedFiles ? [] : ["named"],
            arguments: [Array("record".utf8), log.bytes])
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

    // What is to happen at which change, and who was stopped there.
    private var command: FilePath { server.rules.appending("kill") }
    private var stopped: FilePath { server.rules.appending("stopped") }

    /// From now on kills who asks for the change `number`, 1 being the next, before or after it is made.
    func killAtChange(_ number: Int, isAfter: Bool) throws {
        try stopKilling()
        try FileSystem.write(command, Array("\(number) \(isAfter ? "after" : "before")\n".utf8))
    }

    /// From now on stops who asks for the change `number`, 1 being the next, before or after it is made, until `resume`.
    func stopAtChange(_ number: Int, isAfter: Bool) throws {
        try stopKilling()
        try FileSystem.write(command, Array("\(number) \(isAfter ? "after" : "before") stop\n".utf8))
    }

    /// Whether somebody is stopped.
    func hasStopped() throws -> Bool {
        try FileSystem.exists(stopped)
    }

    /// Lets who is stopped go on, and stops nobody any more.
    func resume() throws {
        try stopKilling()
        guard try FileSystem.exists(stopped) else { return }
        let text = String(decoding: try FileSystem.read(stopped, atMost: 100), as: UTF8.self)
        try FileSystem.remove(stopped)
        guard let process = text.split(separator: "\n").first.flatMap({ Int32($0) }) else { throw NotStopped() }
        kill(process, SIGCONT)
    }

    /// Nobody knows who is stopped.
    struct NotStopped: Error {}

    /// Kills nobody any more.
    func stopKilling() throws {
        if try FileSystem.exists(command) { try FileSystem.remove(command) }
    }
}
