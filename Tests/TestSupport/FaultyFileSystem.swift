import Glibc
import SystemInterface

/// A directory that the program `faulty-file-system` serves, with the faults that files in a third directory describe. Its
/// process ends with this object, with the test's process, or after a time limit.
public final class FaultyFileSystem: Sendable {
    /// Where the files can be had through the program. Only processes with a time limit are to look there.
    public let path: FilePath
    /// Where the files can be had without.
    public let behind: FilePath
    /// Where the rules are.
    public let rules: FilePath

    private let process: Int32
    private let input: FileDescriptor

    /// Whether this process may mount here: the program takes its mount away as root.
    public static let isPossible = Host.effectiveUserID == 0 && (try? FileSystem.exists("/dev/fuse")) == true

    /// The mount did not come about.
    struct NotMounted: Error {}

    /// Mounts an empty directory as `name` in `directory`, with further `arguments` and, from the beginning on, empty
    /// files called as `rules` are.
    public init(
        in directory: TemporaryDirectory, name: String, rules names: [String] = [], arguments: [[UInt8]] = []
    ) throws {
        path = try directory.makeDirectory(name)
        behind = try directory.makeDirectory(name + "-behind")
        rules = try directory.makeDirectory(name + "-rules")
        for name in names { try FileSystem.write(rules.appending(name), []) }
        let output = try FileDescriptor.pipe()
        let input = try FileDescriptor.pipe()
        let program = "faulty-file-system"
        process = try ProcessLauncher.spawn(
            ProcessLauncher.selfExecutablePath().parent.appending(program),
            arguments: [Array(program.utf8), behind.bytes, path.bytes, rules.bytes] + arguments,
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
        // One that crashed has left its mount behind; where there is none any more nothing happens.
        _ = path.withCString { umount2($0, Int32(MNT_DETACH)) }
    }

    /// Ends the program as a crash does: the mount stays, and everything in it is ENOTCONN from then on.
    public func crash() {
        kill(process, SIGKILL)
    }
}
