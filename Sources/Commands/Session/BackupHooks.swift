import CommandLineTools
import Repository
import Synchronization
import SystemInterface

/// The commands that a person has run before and after a backup. The one after it runs once, whatever the end is.
final class BackupHooks: Sendable {
    /// What the command after the backup is told in `PASTFS_STATUS`.
    enum Status: String {
        /// There is a snapshot, and it is whole.
        case done
        /// There is a snapshot; some of it could not be saved, or it is partial.
        case problems
        /// There is none.
        case failed
        /// A signal ends the process: there is no snapshot that would be known of.
        case interrupted
    }

    private struct State {
        /// The command before the backup while it runs.
        var running: Int32?
        /// Whether the end has begun: one thread runs the command after the backup, and any other waits for it.
        var isEnding = false
        var isEnded = false
        /// Whether the end is that of the process.
        var isInterrupted = false
    }

    /// How long the command before the backup has to end when a signal ends the process.
    private static let endSecondsMax = 10.0
    private static let pollSeconds = 0.01

    private let before: [UInt8]?
    private let after: [UInt8]?
    private let console: Console
    private let state = Mutex(State())

    /// The hooks of a command line; none run when nothing is stored.
    init(_ context: CommandContext) {
        let isDryRun = context.command.flag("dry-run")
        before = isDryRun ? nil : context.command.value("hook-before")
        after = isDryRun ? nil : context.command.value("hook-after")
        console = context.console
    }

    /// Runs the command before the backup. Throws a `Failure` when it does not end with 0.
    func begin() throws {
        guard let before else { return }
        let what = "cannot make the backup"
        let child = try attempting(what) {
            try state.withLock { state throws(SystemError) -> Int32? in
                guard !state.isEnding else { return nil }
                state.running = try Self.start(before, [])
                return state.running
            }
        }
        guard let child else { return }
        let status = try attempting(what) { try ProcessLauncher.wait(child) }
        state.withLock { $0.running = nil }
        if status != 0 { throw Failure(.failed, what, why: "the command of --hook-before ended with \(status)") }
    }

    /// Runs the command after the backup, unless it has been run; returns when it has ended, and whether it ended with 0.
    @discardableResult
    func finish(_ status: Status, _ snapshot: SnapshotID? = nil) -> Bool {
        let (isFirst, running) = state.withLock { state in
            defer { state.isEnding = true }
            if !state.isEnding { state.isInterrupted = status == .interrupted }
            return (!state.isEnding, state.running)
        }
        guard isFirst else {
            waitForTheEnd(mayGoOn: status == .interrupted)
            return true
        }
        defer { state.withLock { $0.isEnded = true } }
        if let running { end(running) }
        guard let after else { return true }
        return run(after, status, snapshot)
    }

    /// Waits until another thread has run the command; if that one ends the process, only it goes on.
    private func waitForTheEnd(mayGoOn: Bool) {
        while !state.withLock({ $0.isEnded && (mayGoOn || !$0.isInterrupted) }) {
            Thread.pause(seconds: Self.pollSeconds)
        }
    }

    private func run(_ command: [UInt8], _ status: Status, _ snapshot: SnapshotID?) -> Bool {
        var variables = ["PASTFS_STATUS=\(status.rawValue)"]
        if let snapshot { variables.append("PASTFS_SNAPSHOT=\(snapshot)") }
        do throws(SystemError) {
            let code = try ProcessLauncher.wait(try Self.start(command, variables))
            if code == 0 { return true }
            console.message(.warning, "the command of --hook-after ended with \(code)")
        } catch {
            console.message(.warning, "the command of --hook-after was not run: \(error)")
        }
        return false
    }

    /// Ends the command before the backup; `begin` waits for it, and takes its number away.
    private func end(_ process: Int32) {
        try? Signals.send(.terminate, to: process)
        for _ in 0..<Int(Self.endSecondsMax / Self.pollSeconds) {
            if state.withLock({ $0.running == nil }) { return }
            Thread.pause(seconds: Self.pollSeconds)
        }
    }

    /// Starts a command of the shell. It reads nothing, and what it prints is no result of ours.
    private static func start(_ command: [UInt8], _ variables: [String]) throws(SystemError) -> Int32 {
        let nothing = try FileDescriptor.open("/dev/null", .readOnly)
        let own = Environment.all.filter { variable in
            !["PASTFS_STATUS=", "PASTFS_SNAPSHOT="].contains { variable.starts(with: $0.utf8) }
        }
        return try ProcessLauncher.spawn(
            "/bin/sh", arguments: ["sh", "-c"].map { Array($0.utf8) } + [command],
            environment: own + variables.map { Array($0.utf8) },
            descriptors: [0: nothing.rawValue, 1: StandardStream.error.rawValue])
    }
}
