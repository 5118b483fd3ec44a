import SystemInterface
import Synchronization
import Writer

/// Standard input as the content of a snapshot.
struct StandardInputStream: BackupStream {
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try StandardStream.input.read(into: buffer)
    }

    func finish() {}
}

/// What a command prints as the content of a snapshot: all of it, or none.
final class CommandStream: BackupStream {
    private let name: String
    private let processID: Int32
    private let output: FileDescriptor
    /// Whether the command has ended, as far as is known: its number may then be another's.
    private let isEnded = Mutex(false)

    /// Starts the command of these words, at least one: what is no path is looked for along PATH. It reads nothing, and its
    /// messages go where ours go.
    init(_ words: [[UInt8]]) throws(SystemError) {
        let program = words.first ?? []
        name = Printable.line(String(decoding: program, as: UTF8.self))
        let pipe = try FileDescriptor.pipe()
        let nothing = try FileDescriptor.open("/dev/null", .readOnly)
        processID = try ProcessLauncher.spawn(
            FilePath(program), arguments: words, descriptors: [0: nothing.rawValue, 1: pipe.writeEnd.rawValue],
            searchingPath: true)
        try pipe.writeEnd.close()
        output = pipe.readEnd
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try output.read(into: buffer)
    }

    /// Waits for the command: what it printed counts only if it ends with 0.
    func finish() throws(BackupError) {
        let status: Int32
        do throws(SystemError) {
            status = try ProcessLauncher.wait(processID)
        } catch {
            throw BackupError(ofStream: name, error.errno.message)
        }
        isEnded.withLock { $0 = true }
        if status != 0 { throw BackupError(ofStream: name, "the command ended with \(status)") }
    }

    /// Asks the command to end, if it has not: what it prints is not wanted any more.
    func terminate() {
        isEnded.withLock { isEnded in
            if !isEnded { try? Signals.send(.terminate, to: processID) }
        }
    }
}
