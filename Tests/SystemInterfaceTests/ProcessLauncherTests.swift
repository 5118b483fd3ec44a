import Glibc
import SystemInterface
import TestSupport
import Testing

@Suite("Child processes")
struct ProcessLauncherTests {
    private static let shell: FilePath = "/bin/sh"

    private func script(_ text: String) -> [[UInt8]] {
        ["sh", "-c", text].map { Array($0.utf8) }
    }

    private func output(_ text: String) throws -> String {
        let result = try ProcessLauncher.output(of: Self.shell, arguments: script(text), atMost: 100_000)
        #expect(result.status == 0)
        return String(decoding: result.output, as: UTF8.self)
    }

    @Test(
        "The exit status is the child's, or its signal's",
        arguments: [("exit 0", 0), ("exit 3", 3), ("kill -TERM $$", 143)])
    func exitStatus(text: String, status: Int32) throws {
        let child = try ProcessLauncher.spawn(Self.shell, arguments: script(text))
        #expect(try ProcessLauncher.wait(child) == status)
        #expect(throws: SystemError(call: "waitpid", errno: .noChild)) { try ProcessLauncher.wait(child) }
    }

    @Test("A program that isn't there is an error")
    func missing() {
        #expect(throws: SystemError(call: "posix_spawn", path: "/no/program", errno: .noEntry)) {
            try ProcessLauncher.spawn("/no/program", arguments: [Array("program".utf8)])
        }
    }

    @Test("Arguments arrive byte by byte")
    func arguments() throws {
        let strange: [UInt8] = [0xFF, 0x20, 0x22, 0x24, 0x0A]
        let result = try ProcessLauncher.output(
            of: Self.shell, arguments: script("printf %s \"$1\"") + [Array("sh".utf8), strange], atMost: 100)
        #expect(result.output == strange)
    }

    @Test("The environment is ours, or the one that is given")
    func environment() throws {
        #expect(try output("printf %s \"$PATH\"") == Environment.value("PATH"))
        let pipe = try FileDescriptor.pipe()
        let readEnd = pipe.readEnd
        let writeEnd = pipe.writeEnd
        let child = try ProcessLauncher.spawn(
            Self.shell, arguments: script("printf %s \"$A-$HOME\""), environment: [Array("A=b".utf8)],
            descriptors: [1: writeEnd.rawValue])
        try writeEnd.close()
        #expect(try readEnd.readAll(atMost: 100) == Array("b-".utf8))
        #expect(try ProcessLauncher.wait(child) == 0)
    }

    @Test("Descriptors arrive under the numbers that are asked for, even when those are swapped")
    func descriptors() throws {
        let temporary = try TemporaryDirectory()
        let a = try FileDescriptor.open(try temporary.write("a", Array("first\n".utf8)))
        let b = try FileDescriptor.open(try temporary.write("b", Array("second\n".utf8)))
        let result = try FileDescriptor.open(temporary.path.appending("c"), [.writeOnly, .create], mode: 0o600)
        let child = try ProcessLauncher.spawn(
            Self.shell,
            arguments: script(
                "read x </proc/self/fd/\(a.rawValue); read y </proc/self/fd/\(b.rawValue); printf %s \"$x $y\""),
            descriptors: [a.rawValue: b.rawValue, b.rawValue: a.rawValue, 1: result.rawValue])
        #expect(try ProcessLauncher.wait(child) == 0)
        #expect(try FileSystem.read(temporary.path.appending("c"), atMost: 100) == Array("second first".utf8))
    }

    @Test("No other descriptor of ours arrives")
    func noLeak() throws {
        let temporary = try TemporaryDirectory()
        #expect(try output("if [ -e /proc/self/fd/\(temporary.directory.rawValue) ]; then echo leak; fi") == "")
    }

    @Test("A new session is the child's own")
    func newSession() throws {
        let pipe = try FileDescriptor.pipe()
        let readEnd = pipe.readEnd
        let writeEnd = pipe.writeEnd
        // The sixth field of /proc/PID/stat is the session (proc_pid_stat(5)); the name before it has no space here.
        let child = try ProcessLauncher.spawn(
            Self.shell, arguments: script("read line </proc/self/stat; set -- $line; printf %s $6"),
            descriptors: [1: writeEnd.rawValue], newSession: true)
        try writeEnd.close()
        #expect(try readEnd.readAll(atMost: 100) == Array("\(child)".utf8))
        #expect(try ProcessLauncher.wait(child) == 0)
    }

    @Test("Signals that we ignore are at their defaults in a child")
    func signals() async {
        await #expect(processExitsWith: .success) {
            Signals.ignoreBrokenPipe()
            let result = try ProcessLauncher.output(
                of: "/bin/sh", arguments: ["sh", "-c", "kill -PIPE $$"].map { Array($0.utf8) }, atMost: 100)
            #expect(result.status == 128 + SIGPIPE)
        }
    }

    @Test("More output than the limit is an error, and the child is still waited for")
    func limit() throws {
        #expect(throws: SystemError(call: "read", path: Self.shell, errno: .fileTooLarge)) {
            try ProcessLauncher.output(of: Self.shell, arguments: script("yes"), atMost: 1000)
        }
    }

    @Test("Our own program is found")
    func ownProgram() throws {
        let path = try ProcessLauncher.selfExecutablePath()
        #expect(path.isAbsolute)
        #expect(
            try FileStatus(at: ProcessLauncher.selfExecutable, followingLinks: true).inode == FileStatus(at: path).inode
        )
    }
}
