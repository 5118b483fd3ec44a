import Glibc
import SystemInterface
import TestSupport

/// A directory behind a file system some files of which fail on demand, served by a process of its own that ends with
/// this object, with the test's process, or after a time limit.
final class FaultyMount: Sendable {
    /// Where the files can be had with their faults. Only processes with a time limit are to look there.
    let path: FilePath
    /// Where the files can be had without.
    let behind: FilePath

    private let rules: FilePath
    private let process: Int32
    private let input: FileDescriptor

    /// Whether this process may mount here: the server takes its mount away as root.
    static let isPossible = Host.effectiveUserID == 0 && (try? FileSystem.exists("/dev/fuse")) == true

    /// The mount did not come about.
    struct NotMounted: Error {}

    /// Mounts an empty directory as `name` in `directory`; with `keepsCache` the kernel keeps what was written, as of a disk.
    init(in directory: TemporaryDirectory, name: String = "faulty", keepsCache: Bool = false) throws {
        path = try directory.makeDirectory(name)
        behind = try directory.makeDirectory(name + "-behind")
        rules = try directory.makeDirectory(name + "-rules")
        let output = try FileDescriptor.pipe()
        let input = try FileDescriptor.pipe()
        process = try ProcessLauncher.spawn(
            ProcessLauncher.selfExecutablePath().parent.appending("faulty-file-system"),
            arguments: [Array("faulty-file-system".utf8), behind.bytes, path.bytes, rules.bytes]
                + (keepsCache ? [Array("keep".utf8)] : []),
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

    /// Makes each file called `name` fail in this way from now on: `open`, or `read N`, `short N`, `flip N` from or at byte
    /// N; once with `write N`, and with `change`, by which it becomes another while it is read.
    func addRule(_ rule: String, for name: String) throws {
        try FileSystem.write(rules.appending(name), Array(rule.utf8))
    }

    /// Makes no file fail any more.
    func removeRules() throws {
        for entry in try FileDescriptor.open(rules, [.readOnly, .directory]).directoryEntries() {
            try FileSystem.remove(rules.appending(entry.name))
        }
    }
}
