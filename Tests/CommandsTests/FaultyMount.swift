import SystemInterface
import TestSupport

/// A directory some files of which fail on demand.
final class FaultyMount: Sendable {
    /// Where the files can be had with their faults. Only processes with a time limit are to look there.
    var path: FilePath { server.path }
    /// Where the files can be had without.
    var behind: FilePath { server.behind }

    private let server: FaultyFileSystem

    /// Whether this process may mount here.
    static let isPossible = FaultyFileSystem.isPossible

    /// Mounts an empty directory as `name` in `directory`; with `keepsCache` the kernel keeps what was written, as of a disk,
    /// and if it `isAged` every inode looks as if it had been changed an hour before it was.
    init(
        in directory: TemporaryDirectory, name: String = "faulty", keepsCache: Bool = false, isAged: Bool = false
    ) throws {
        let word: String? = keepsCache ? "keep" : isAged ? "aged" : nil
        server = try FaultyFileSystem(in: directory, name: name, arguments: word.map { [Array($0.utf8)] } ?? [])
    }

    /// Makes each file called `name` fail in this way from now on: `open`, or `read N`, `short N`, `flip N` from or at byte
    /// N; once with `write N`, and with `change`, by which it becomes another while it is read. `twice` lists it twice,
    /// `lost` lists it and does not find it, `attributes N`, `open N` and `status N` fail with errno N; a number behind that
    /// says how often: `lost 0 1`, `open 2 3`. `plain` refuses to rename to it without replacing, and to link to it.
    func addRule(_ rule: String, for name: String) throws {
        try FileSystem.write(server.rules.appending(name), Array(rule.utf8))
    }

    /// Makes no file fail any more.
    func removeRules() throws {
        for entry in try FileDescriptor.open(server.rules, [.readOnly, .directory]).directoryEntries() {
            try FileSystem.remove(server.rules.appending(entry.name))
        }
    }
}
