import Glibc
import Synchronization
import SystemInterface

/// What Ctrl-C does: it ends the process at once, since nothing depends on cleaning up.
///
/// The one moment at which it waits is the creation of the object that commits: what the message says must be true.
final class Interruption: Sendable {
    private enum Phase: UInt8, AtomicRepresentable {
        case open
        case committing
        case committed
        case ended
    }

    /// How long a commit that has begun may take before the process ends without knowing its outcome.
    private static let commitMillisecondsMax = 2_000

    private let console: Console
    private let nothingLost: String
    private let phase = Atomic(Phase.open)
    private let lastAct = Mutex<(@Sendable () -> Void)?>(nil)

    /// Ends the process on SIGINT, SIGTERM and SIGHUP from now on, and says `nothingLost`: what that means.
    init(_ console: Console, _ nothingLost: String) throws(SystemError) {
        self.console = console
        self.nothingLost = nothingLost
        try Signals.handle([.interrupt, .terminate, .hangUp]) { signal in self.end(signal) }
    }

    /// Runs `body` when a signal ends the process, after the message and before the end.
    func beforeLeaving(_ body: @escaping @Sendable () -> Void) {
        lastAct.withLock { $0 = body }
    }

    /// Runs `body`, which commits, and which is not interrupted; it is not run when the process is about to end.
    ///
    /// It may be called again after it has committed: where publishing has failed, the run tries to end itself.
    func committing<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
        if phase.load(ordering: .sequentiallyConsistent) == .committed { return try body() }
        guard exchange(.open, .committing) else { return waitForTheEnd() }
        do {
            try body()
            phase.store(.committed, ordering: .sequentiallyConsistent)
        } catch {
            phase.store(.open, ordering: .sequentiallyConsistent)
            throw error
        }
    }

    private func end(_ signal: Signal) {
        for _ in 0..<Self.commitMillisecondsMax {
            if exchange(.open, .ended) { leave(signal, nothingLost) }
            // It is done: what is left is to say so, and the command does that by itself.
            if phase.load(ordering: .sequentiallyConsistent) == .committed { return }
            usleep(1_000)
        }
        leave(signal, "something was being committed: `pastfs snapshots` shows whether it is there")
    }

    private func leave(_ signal: Signal, _ meaning: String) -> Never {
        console.status(nil)
        console.message(.interrupted, (signal == .interrupt ? "interrupted: " : "terminated: ") + meaning)
        lastAct.withLock { $0 }?()
        _exit(ExitCode.signal(signal).rawValue)
    }

    private func waitForTheEnd() {
        while true { pause() }
    }

    private func exchange(_ expected: Phase, _ desired: Phase) -> Bool {
        phase.compareExchange(expected: expected, desired: desired, ordering: .sequentiallyConsistent).exchanged
    }
}
