import Synchronization
import SystemInterface

/// Shows how far a command has come: at most ten times a second on a terminal, in lines where they are asked for, and
/// whenever SIGUSR1 arrives. Thread-safe, and cheap to tell too much.
final class ProgressMeter: Sendable {
    /// Ten updates a second.
    private static let updateInterval = Duration.milliseconds(100)

    private struct State {
        var snapshot: ProgressSnapshot
        var lastShown: ContinuousClock.Instant
    }

    private let console: Console
    private let mode: ProgressMode
    private let interval: Duration
    private let clock = ContinuousClock()
    private let started: ContinuousClock.Instant
    private let state: Mutex<State>

    /// A meter that shows nothing before the first update. From now on SIGUSR1 makes it print a line.
    init(_ context: CommandContext, phase: String) throws {
        console = context.console
        mode = try ProgressMode(context)
        switch mode {
        case .lines(let seconds): interval = .seconds(seconds)
        case .none, .terminal: interval = Self.updateInterval
        }
        started = clock.now
        state = Mutex(State(snapshot: ProgressSnapshot(phase: phase), lastShown: clock.now))
        try Signals.handle([.user1]) { _ in self.printLine() }
    }

    /// Takes note of where the command is, and shows it if it is time to.
    func update(_ change: (inout ProgressSnapshot) -> Void) {
        let shown = state.withLock { state -> ProgressSnapshot? in
            let phase = state.snapshot.phase
            change(&state.snapshot)
            guard mode != .none else { return nil }
            let now = clock.now
            // A new phase is shown at once.
            guard now - state.lastShown >= interval || (mode == .terminal && state.snapshot.phase != phase) else {
                return nil
            }
            state.lastShown = now
            return state.snapshot
        }
        guard let shown else { return }
        if mode == .terminal {
            console.status(shown.text(seconds: seconds))
        } else {
            say(shown)
        }
    }

    /// How long the command has been running.
    var seconds: Double {
        let (seconds, attoseconds) = (clock.now - started).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    private func printLine() {
        say(state.withLock { $0.snapshot })
    }

    private func say(_ snapshot: ProgressSnapshot) {
        console.progress(ProgressRecord(snapshot, seconds: seconds), snapshot.text(seconds: seconds))
    }
}
