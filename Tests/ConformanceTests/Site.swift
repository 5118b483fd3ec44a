import Coding
import SystemInterface
import TestSupport

/// A directory of its own for the real programs, with a repository's place in it.
///
/// Whatever is mounted below it is unmounted, and the directory removed, when this object goes or the tests end, even by
/// a signal: a keeper waits in a process of its own for the end of a pipe that this process holds.
final class Site: Sendable {
    /// What one run came to.
    struct Outcome {
        let code: Int32
        let output: String
        let errors: String
    }

    /// A run failed that a test only prepares with.
    struct Unprepared: Error {
        let reason: String
    }

    /// Whether these tests can run: file systems are mounted, and other users asked for.
    static let isPossible =
        Host.effectiveUserID == 0 && (try? FileSystem.exists("/dev/fuse")) == true
        && (try? FileSystem.exists("/dev/loop-control")) == true

    private static let scripts = FilePath(#filePath).parent.appending("Scripts")
    private static let outputBytesMax = 256 << 20
    /// How long any script may take before it is killed, in seconds.
    private static let secondsMax = 600

    /// The directory.
    let path: FilePath
    /// Where the tests mount.
    var mountPoint: FilePath { path.appending("mount") }
    private let keeper: Int32
    private let keeping: FileDescriptor

    init() throws {
        // Not a TemporaryDirectory: what is mounted in it has to go first.
        let base = try FileSystem.realPath(FilePath(Environment.value("TMPDIR") ?? "/tmp"))
        let directory = base.appending("pastfs-site-" + Hexadecimal.encode(SystemEntropy().bytes(8)))
        try FileSystem.makeDirectory(directory, mode: 0o700)
        try FileSystem.makeDirectory(directory.appending("mount"))
        path = directory
        let pipe = try FileDescriptor.pipe()
        keeper = try ProcessLauncher.spawn(
            "/bin/bash", arguments: ["bash", "\(Self.scripts)/keep.bash", "\(directory)"].map { Array($0.utf8) },
            descriptors: [0: pipe.readEnd.rawValue], newSession: true)
        try pipe.readEnd.close()
        keeping = try pipe.writeEnd.duplicate()
        try pipe.writeEnd.close()
    }

    deinit {
        try? keeping.write(all: [UInt8(ascii: "\n")])
        _ = try? ProcessLauncher.wait(keeper)
    }

    /// Runs a script of bash, with the programs and the repository in its environment.
    ///
    /// `$PASTFS` and `$PROBE` are the programs, `$SCRIPTS` the tests' own scripts, `$COMPARE` is scripts/compare-trees,
    /// and `$SITE` this directory; the functions of Scripts/functions.bash are there.
    func run(_ script: String, _ variables: [String: String] = [:]) throws -> Outcome {
        let records = try TemporaryDirectory()
        let output = try FileDescriptor.open(records.path.appending("out"), [.writeOnly, .create], mode: 0o600)
        let errors = try FileDescriptor.open(records.path.appending("err"), [.writeOnly, .create], mode: 0o600)
        let input = try FileDescriptor.open("/dev/null", .readOnly)
        let environment = try self.environment.merging(variables) { _, new in new }
        let child = try ProcessLauncher.spawn(
            "/usr/bin/timeout",
            arguments: ["timeout", "--signal=KILL", "\(Self.secondsMax)", "/bin/bash", "-c", script].map {
                Array($0.utf8)
            },
            environment: environment.map { Array("\($0.key)=\($0.value)".utf8) },
            descriptors: [0: input.rawValue, 1: output.rawValue, 2: errors.rawValue], newSession: true)
        let code = try ProcessLauncher.wait(child)
        func text(_ name: String) throws -> String {
            String(
                decoding: try FileSystem.read(records.path.appending(name), atMost: Self.outputBytesMax), as: UTF8.self)
        }
        return Outcome(code: code, output: try text("out"), errors: try text("err"))
    }

    /// Runs a script that must succeed.
    @discardableResult
    func prepare(_ script: String, _ variables: [String: String] = [:]) throws -> String {
        let outcome = try run("set -euo pipefail\n" + script, variables)
        guard outcome.code == 0 else { throw Unprepared(reason: "\(outcome.code): \(outcome.errors.suffix(2000))") }
        return outcome.output
    }

    private var environment: [String: String] {
        get throws {
            let programs = try ProcessLauncher.selfExecutablePath().parent
            return [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "\(path)", "LC_ALL": "C.UTF-8", "TZ": "UTC",
                "SITE": "\(path)", "SCRIPTS": "\(Self.scripts)", "BASH_ENV": "\(Self.scripts)/functions.bash",
                "PASTFS": "\(programs.appending("pastfs"))", "PROBE": "\(programs.appending("syscall-probe"))",
                "COMPARE": "\(Self.scripts.parent.parent.parent.appending("scripts/compare-trees"))",
                "PASTFS_REPOSITORY": "\(path)/repository", "PASTFS_CACHE_DIRECTORY": "\(path)/cache",
                "PASTFS_PASSPHRASE": "correct horse battery staple",
            ]
        }
    }
}
