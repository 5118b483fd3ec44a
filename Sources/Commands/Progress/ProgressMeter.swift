import Synchronization
import SystemInterface

/// Shows how far a command has come: at most ten times a second on a terminal, in lines where they are asked for, and
/// whenever SIGUSR1 arrives. Thread-safe, and cheap to tell too much.
///
/// A thread of its own shows it, so that time goes on visibly while a storage lets the command wait. It ends when the
/// console says that the work is over.
final class ProgressMeter: Sendable {
    /// Ten updates a second.
    private static let updateSeconds = 0.1

    private struct State {
        var snapshot: ProgressSnapshot
        /// Nothing is shown before: somebody may still be typing a passphrase.
        var hasBegun = false
    }

    private let console: Console
    private let mode: ProgressMode
    private let clock = ContinuousClock()
    private let started: ContinuousClock.Instant
    private let state: Mutex<State>

    /// A meter that shows nothing before the first update. From now on SIGUSR1 makes it print a line.
    init(_ context: CommandContext, phase: String) throws {
        console = context.console
        mode = try ProgressMode(context)
        started = clock.now
        state = Mutex(State(snapshot: ProgressSnapshot(phase: phase)))
        try Signals.handle([.user1]) { _ in self.printLine() }
        switch mode {
        case .none: break
        case .terminal: try start(everySeconds: Self.updateSeconds) { self.redraw() }
        case .lines(let seconds): try start(everySeconds: seconds) { self.printLine() }
        }
    }

    private func start(everySeconds seconds: Double, _ show: @escaping @Sendable () -> Void) throws(SystemError) {
        _ = try Thread.spawn(name: "progress") {
            while !self.console.isWorkOver {
                Thread.pause(seconds: seconds)
                if self.state.withLock({ $0.hasBegun }) { show() }
            }
        }
    }

    /// Takes note of where the command is.
    func update(_ change: (inout ProgressSnapshot) -> Void) {
        state.withLock { state in
            change(&state.snapshot)
            state.hasBegun = true
        }
    }

    /// How long the command has been running.
    var seconds: Double {
        let (seconds, attoseconds) = (clock.now - started).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    private func redraw() {
        console.status(state.withLock { $0.snapshot }.text(seconds: seconds))
    }

    private func printLine() {
        let snapshot = state.withLock { $0.snapshot }
        console.progress(ProgressRecord(snapshot, seconds: seconds), snapshot.text(seconds: seconds))
    }
}
