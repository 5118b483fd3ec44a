import FoundationEssentials
import Glibc
import Synchronization
import SystemInterface

/// Where a command's words go: results to standard output, messages and progress to standard error.
///
/// Thread-safe. Results are collected and written in blocks; whoever reads them and stops ends the process quietly, as
/// SIGPIPE would. With `--json` both streams are JSON Lines and nothing else.
final class Console: Sendable {
    private static let blockBytes = 64 << 10

    /// Whether everything is JSON Lines.
    let isJSON: Bool
    /// How often `-v` was given.
    let verbosity: Int
    /// Whether names of files are made printable: what is piped on gets their own bytes.
    let isOutputTerminal: Bool
    /// Whether messages go to a person.
    let isErrorTerminal: Bool
    /// Whether messages go to the journal, which wants a severity in front of each line.
    var isJournal: Bool { state.withLock { $0.isJournal } }
    private let usesColor: Bool
    private let journalVariable: [UInt8]?

    private struct State {
        var results: [UInt8] = []
        var status: String?
        var isWorkOver = false
        var isJournal: Bool
    }

    private let state: Mutex<State>

    init(isJSON: Bool, verbosity: Int = 0, allowsColor: Bool = false, journalVariable: [UInt8]? = nil) {
        self.isJSON = isJSON
        self.verbosity = verbosity
        isOutputTerminal = Terminal.isTerminal(.output)
        isErrorTerminal = Terminal.isTerminal(.error)
        usesColor = allowsColor && isErrorTerminal
        self.journalVariable = journalVariable
        state = Mutex(State(isJournal: JournalStream.isConnected(.error, variable: journalVariable)))
    }

    /// To be called when standard error has come to lead elsewhere.
    func reconsiderErrorStream() {
        let isJournal = JournalStream.isConnected(.error, variable: journalVariable)
        state.withLock { $0.isJournal = isJournal }
    }

    // MARK: Results

    /// One line of a result for people; nothing with `--json`.
    func line(_ text: String) throws(Failure) {
        if !isJSON { try write(Array(text.utf8) + [UInt8(ascii: "\n")]) }
    }

    /// One line that ends in the name of a file, printable on a terminal and as it is elsewhere; nothing with `--json`.
    func line(_ text: String, name: [UInt8]) throws(Failure) {
        guard !isJSON else { return }
        let shown = isOutputTerminal ? Array(FilePath(name).description.utf8) : name
        try write(Array(text.utf8) + shown + [UInt8(ascii: "\n")])
    }

    /// One result with `--json`; nothing without.
    func record(_ record: some JSONRecord) throws(Failure) {
        if isJSON { try write(JSONLine.encode(record)) }
    }

    /// Bytes of a result as they are, whatever was asked for.
    func write(_ bytes: [UInt8]) throws(Failure) {
        let isFull = state.withLock { state in
            state.results += bytes
            return state.results.count >= Self.blockBytes
        }
        if isFull { try flush() }
    }

    /// Writes out what was collected. Ends the process, as SIGPIPE would, if nobody reads it any more.
    func flush() throws(Failure) {
        do throws(SystemError) {
            try writeOut()
        } catch {
            if error.errno == .brokenPipe { _exit(ExitCode.signal(.brokenPipe).rawValue) }
            throw Failure(.failed, "cannot write to standard output", why: error.errno.description)
        }
    }

    /// Writes out what was collected, or drops it where it cannot be written: with a warning, unless nobody reads any more.
    func flushOrDrop() {
        do throws(SystemError) {
            try writeOut()
        } catch {
            if error.errno != .brokenPipe {
                message(.warning, "cannot write to standard output: \(error.errno)")
            }
        }
    }

    private func writeOut() throws(SystemError) {
        let bytes = state.withLock { state in
            defer { state.results.removeAll(keepingCapacity: true) }
            return state.results
        }
        guard !bytes.isEmpty else { return }
        if isOutputTerminal { clearStatus() }
        try StandardStream.output.write(all: bytes)
    }

    // MARK: Messages

    /// Says something that is no result.
    func message(_ kind: MessageKind, _ text: String) {
        if isJSON {
            say(JSONLine.encode(MessageRecord(kind: kind.rawValue, text: text)))
        } else {
            say([colored(kind.prefix, kind.color) + Printable.line(text)], kind.severity)
        }
    }

    /// Tells an error in three lines, or as one record.
    func fail(_ failure: Failure) {
        if isJSON { return say(JSONLine.encode(ErrorRecord(failure))) }
        var lines = [colored("error: ", 31) + Printable.line(failure.what), "  why: " + Printable.line(failure.why)]
        if let fix = failure.fix { lines.append("  fix: " + Printable.line(fix)) }
        say(lines, .error)
    }

    /// Shows how far the work has come, in place of what was shown before; nil takes it away for good: the work is over.
    func status(_ text: String?) {
        state.withLock { state in
            guard let text else {
                state.isWorkOver = true
                return Self.clear(&state)
            }
            guard !state.isWorkOver else { return }
            let width = max(20, (Terminal.width(.error) ?? 80) - 1)
            let shown = Printable.prefix(Printable.line(text), columns: width)
            guard shown != state.status else { return }
            state.status = shown
            try? StandardStream.error.write("\r\u{1B}[K" + shown)
        }
    }

    /// Whether there is no progress to be shown any more.
    var isWorkOver: Bool { state.withLock { $0.isWorkOver } }

    /// Says one line of progress, as a record with `--json`.
    func progress(_ record: some JSONRecord, _ text: String) {
        guard !isWorkOver else { return }
        say(isJSON ? JSONLine.encode(record) : Array((Printable.line(text) + "\n").utf8))
    }

    private func say(_ lines: [String], _ severity: JournalStream.Severity) {
        let prefix = isJournal ? severity.prefix : ""
        say(Array(lines.map { prefix + $0 + "\n" }.joined().utf8))
    }

    private func say(_ bytes: [UInt8]) {
        state.withLock { state in
            // Nobody is left to be told that nobody can be told.
            if let status = state.status {
                try? StandardStream.error.write("\r\u{1B}[K")
                try? StandardStream.error.write(all: bytes)
                try? StandardStream.error.write(status)
            } else {
                try? StandardStream.error.write(all: bytes)
            }
        }
    }

    private func clearStatus() {
        state.withLock { Self.clear(&$0) }
    }

    private static func clear(_ state: inout State) {
        guard state.status != nil else { return }
        state.status = nil
        try? StandardStream.error.write("\r\u{1B}[K")
    }

    private func colored(_ text: String, _ color: Int?) -> String {
        guard usesColor, let color else { return text }
        return "\u{1B}[1;\(color)m\(text)\u{1B}[0m"
    }
}

/// What a message is about.
enum MessageKind: String {
    /// Something is wrong that does not end the command.
    case warning
    /// An item could not be handled as it is.
    case problem
    /// Something worth knowing.
    case note
    /// The command was ended by a signal.
    case interrupted

    var prefix: String { self == .interrupted ? "" : rawValue + ": " }

    var severity: JournalStream.Severity {
        switch self {
        case .warning, .problem: .warning
        case .note: .information
        case .interrupted: .notice
        }
    }

    var color: Int? {
        switch self {
        case .warning, .problem: 33
        case .note, .interrupted: nil
        }
    }
}
