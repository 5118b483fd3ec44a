import CLinux
import Glibc
import Synchronization

/// The terminal that a person sits at.
public enum Terminal {
    /// The longest password; behind it the line goes on unheard.
    private static let passwordBytesMax = 4096
    private static let answerBytesMax = 100

    /// A terminal whose echo is off, and how it was before.
    private struct Silenced: Sendable {
        let number: Int32
        let settings: termios
    }

    private static let silenced = Mutex<Silenced?>(nil)

    /// Whether the stream is a terminal (isatty(3)).
    public static func isTerminal(_ stream: StandardStream) -> Bool {
        isatty(stream.rawValue) == 1
    }

    /// How many columns the terminal of the stream has, or nil where it is none or doesn't know.
    public static func width(_ stream: StandardStream = .output) -> Int? {
        width(of: stream.rawValue)
    }

    /// The same for any open terminal.
    package static func width(of number: Int32) -> Int? {
        var size = winsize()
        guard pastfs_window_size(number, &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Asks for a password on the process's terminal, and reads it without showing it (termios(3)).
    ///
    /// Backspace and Ctrl-U edit. Ctrl-C is EINTR, and the end of input before anything was typed is ENODATA; a process
    /// without a terminal gets ENXIO. However it ends, and when a signal is handled by `Signals`, echo is on again.
    /// One thread at a time.
    public static func readPassword(
        prompt: String, terminal path: FilePath = "/dev/tty"
    ) throws(SystemError) -> [UInt8] {
        let terminal = try FileDescriptor.open(path, [.readWrite, .noControllingTerminal])
        try silence(terminal.rawValue)
        defer { restore() }
        try terminal.write(all: Array(prompt.utf8))
        let password = readLine(terminal)
        try terminal.write(all: [UInt8(ascii: "\n")])
        switch password {
        case .success(let bytes): return bytes
        case .failure(let reason): throw SystemError(call: "read", path: path, errno: reason)
        }
    }

    /// Asks a question on the process's terminal, and reads a line of at most a hundred bytes, as it is typed.
    ///
    /// A process without a terminal gets ENXIO, and the end of input before anything was typed is ENODATA.
    public static func ask(_ question: String, terminal path: FilePath = "/dev/tty") throws(SystemError) -> [UInt8] {
        let terminal = try FileDescriptor.open(path, [.readWrite, .noControllingTerminal])
        try terminal.write(all: Array(question.utf8))
        let answer = try terminal.read(atMost: answerBytesMax)
        guard !answer.isEmpty else { throw SystemError(call: "read", path: path, errno: .noData) }
        return Array(answer.prefix { $0 != UInt8(ascii: "\n") })
    }

    /// Turns echo on again if a password is being read; safe to call at any time.
    public static func restore() {
        silenced.withLock { state in
            guard var before = state?.settings, let number = state?.number else { return }
            _ = tcsetattr(number, TCSANOW, &before)
            state = nil
        }
    }

    /// Turns off echo, and the terminal's own line editing and signals, so that no key can end us with echo off.
    private static func silence(_ number: Int32) throws(SystemError) {
        var settings = termios()
        try systemCall("tcgetattr") { tcgetattr(number, &settings) }
        let before = settings
        settings.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        settings.c_iflag |= tcflag_t(ICRNL)
        silenced.withLock { $0 = Silenced(number: number, settings: before) }
        do throws(SystemError) {
            // What was typed before the prompt is thrown away, as getpass(3) does.
            try systemCall("tcsetattr") { tcsetattr(number, TCSAFLUSH, &settings) }
        } catch {
            silenced.withLock { $0 = nil }
            throw error
        }
    }

    private static func readLine(_ terminal: borrowing FileDescriptor) -> Result<[UInt8], Errno> {
        var line: [UInt8] = []
        while true {
            let input: [UInt8]
            do throws(SystemError) {
                input = try terminal.read(1)
            } catch {
                return .failure(error.errno)
            }
            switch input.first {
            case nil, 0x04:  // the end, or Ctrl-D
                return line.isEmpty ? .failure(.noData) : .success(line)
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                return .success(line)
            case 0x03, 0x1C:  // Ctrl-C, Ctrl-\
                return .failure(.interrupted)
            case 0x08, 0x7F:
                removeLastCharacter(&line)
            case 0x15:  // Ctrl-U
                line = []
            case let byte?:
                if line.count < passwordBytesMax { line.append(byte) }
            }
        }
    }

    /// A character of UTF-8 is one byte, and those before it that only continue one (RFC 3629).
    private static func removeLastCharacter(_ line: inout [UInt8]) {
        while let last = line.popLast(), last & 0xC0 == 0x80 {}
    }
}
