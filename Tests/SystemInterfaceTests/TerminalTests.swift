import Glibc
import SystemInterface
import Testing

@Suite("The terminal", .serialized)
struct TerminalTests {
    /// Answers a prompt, and gives the password, what the person saw, and whether there was echo during and after.
    private func session(
        typing input: [UInt8], whilePrompted: @Sendable () -> Void = {}
    ) throws -> (result: Result<[UInt8], SystemError>, shown: String, during: Bool, after: Bool) {
        let pseudo = try PseudoTerminal()
        let path = pseudo.path
        let result = ConditionLock<Result<[UInt8], SystemError>?>(nil)
        let thread = try Thread.spawn(name: "asker") {
            let answer: Result<[UInt8], SystemError>
            do throws(SystemError) {
                answer = .success(try Terminal.readPassword(prompt: "Passphrase: ", terminal: path))
            } catch {
                answer = .failure(error)
            }
            result.withLock { $0 = answer }
        }
        var shown = try pseudo.person.read("Passphrase: ".utf8.count)
        let during = pseudo.isEchoing
        whilePrompted()
        try pseudo.person.write(all: input)
        thread.join()
        let rest = try pseudo.person.read(2)
        shown += rest
        let answer = try #require(result.withLock { $0 })
        return (answer, String(decoding: shown, as: UTF8.self), during, pseudo.isEchoing)
    }

    private static let lines: [(typed: [UInt8], password: [UInt8])] = [
        (Array("secret\r".utf8), Array("secret".utf8)),
        (Array("secret\n".utf8), Array("secret".utf8)),
        (Array("\n".utf8), []),
        (Array("sex\u{7F}cret\n".utf8), Array("secret".utf8)),
        (Array("aé\u{8}b\n".utf8), Array("ab".utf8)),
        (Array("\u{7F}\u{7F}a\n".utf8), Array("a".utf8)),
        (Array("wrong\u{15}right\n".utf8), Array("right".utf8)),
        ([0xFF, 0xFE, 0x0A], [0xFF, 0xFE]),
        (Array("abc\u{4}".utf8), Array("abc".utf8)),
        (Array("pass phrase \n".utf8), Array("pass phrase ".utf8)),
    ]

    @Test("A password is read, edited and never shown", arguments: lines)
    func password(typed: [UInt8], password: [UInt8]) throws {
        let session = try session(typing: typed)
        #expect(try session.result.get() == password)
        #expect(session.shown == "Passphrase: \r\n")
        #expect(!session.during)
        #expect(session.after)
    }

    @Test(
        "Ctrl-C and the end of input are errors, and echo is on again",
        arguments: [(3, .interrupted), (4, .noData)] as [(UInt8, Errno)])
    func interruption(key: UInt8, reason: Errno) throws {
        let session = try session(typing: [key])
        #expect(throws: reason) {
            do throws(SystemError) {
                _ = try session.result.get()
            } catch {
                throw error.errno
            }
        }
        #expect(session.after)
    }

    @Test("Echo can be restored from elsewhere while a password is being read")
    func restore() throws {
        let session = try session(typing: Array("x\n".utf8)) { Terminal.restore() }
        #expect(!session.during)
        #expect(session.after)
    }

    @Test("What is no terminal is refused")
    func noTerminal() {
        #expect(throws: SystemError(call: "tcgetattr", errno: .notTerminal)) {
            try Terminal.readPassword(prompt: "", terminal: "/dev/null")
        }
    }

    @Test("The width is the terminal's, and unknown where there is none")
    func width() throws {
        let pseudo = try PseudoTerminal()
        #expect(Terminal.width(of: pseudo.terminal.rawValue) == nil)
        pseudo.setColumns(132)
        #expect(Terminal.width(of: pseudo.terminal.rawValue) == 132)
        let null = try FileDescriptor.open("/dev/null")
        #expect(Terminal.width(of: null.rawValue) == nil)
    }

    @Test("A stream is a terminal only if it is one")
    func isTerminal() async {
        await #expect(processExitsWith: .success) {
            let null = try FileDescriptor.open("/dev/null")
            dup2(null.rawValue, 0)
            #expect(!Terminal.isTerminal(.input))
            let pseudo = try PseudoTerminal()
            dup2(pseudo.terminal.rawValue, 0)
            #expect(Terminal.isTerminal(.input))
        }
    }
}
