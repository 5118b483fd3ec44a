import Glibc
import SystemInterface

/// A terminal whose person is the test: what is written to `person` is typed, what is read from it is shown (pty(7)).
struct PseudoTerminal: ~Copyable {
    let person: FileDescriptor
    let path: FilePath
    /// Held open, so that the terminal and its settings outlive each of its users.
    let terminal: FileDescriptor

    /// TIOCGPTN, TIOCSPTLCK and TIOCSWINSZ of <asm-generic/ioctls.h>, which are macros that Swift doesn't import.
    private static let getNumber: UInt = 0x8004_5430
    private static let setLock: UInt = 0x4004_5431
    private static let setWindowSize: UInt = 0x5414

    init() throws {
        let person = try FileDescriptor.open("/dev/ptmx", [.readWrite, .noControllingTerminal])
        var number: Int32 = 0
        var unlocked: Int32 = 0
        guard ioctl(person.rawValue, Self.getNumber, &number) == 0, ioctl(person.rawValue, Self.setLock, &unlocked) == 0
        else { throw SystemError(call: "ioctl", errno: Errno(rawValue: errno)) }
        let path = FilePath("/dev/pts/\(number)")
        let terminal = try FileDescriptor.open(path, [.readWrite, .noControllingTerminal])
        self.person = person
        self.path = path
        self.terminal = terminal
    }

    func setColumns(_ columns: UInt16) {
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal.rawValue, Self.setWindowSize, &size)
    }

    var isEchoing: Bool { Self.isEchoing(terminal.rawValue) }

    static func isEchoing(_ number: Int32) -> Bool {
        var settings = termios()
        return tcgetattr(number, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }
}
