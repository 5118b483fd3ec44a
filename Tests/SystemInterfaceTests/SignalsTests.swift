import Glibc
import SystemInterface
import Testing

@Suite("Signals", .serialized)
struct SignalsTests {
    @Test("A handler gets each signal, on a thread of its own, whichever thread the signal meets")
    func handler() throws {
        let seen = ConditionLock<[Signal]>([])
        try Signals.handle([.user1, .user2]) { signal in
            seen.withLock { $0.append(signal) }
            seen.broadcast()
        }
        try Signals.send(.user1, to: Host.processID)
        #expect(seen.wait(seconds: 30) { $0.count == 1 ? $0 : nil } == [.user1])
        try Signals.send(.user2, to: Host.processID)
        #expect(seen.wait(seconds: 30) { $0.count == 2 ? $0 : nil } == [.user1, .user2])
    }

    @Test("A later handler replaces an earlier one")
    func replacement() throws {
        let first = ConditionLock(0)
        let second = ConditionLock(0)
        try Signals.handle([.user1]) { _ in first.withLock { $0 += 1 } }
        try Signals.handle([.user1]) { _ in
            second.withLock { $0 += 1 }
            second.broadcast()
        }
        try Signals.send(.user1, to: Host.processID)
        #expect(second.wait(seconds: 30) { $0 == 1 ? true : nil } == true)
        #expect(first.withLock { $0 } == 0)
    }

    @Test("A signal at its default ends the process again")
    func restoreDefault() async {
        await #expect(processExitsWith: .signal(SIGUSR1)) {
            try Signals.handle([.user1]) { _ in }
            try Signals.restoreDefault([.user1])
            try Signals.send(.user1, to: Host.processID)
            ConditionLock(0).wait { _ -> Int? in nil }
        }
    }

    @Test("A handler may end the process")
    func handlerExits() async {
        await #expect(processExitsWith: .exitCode(143)) {
            try Signals.handle([.terminate]) { signal in exit(signal.exitCode) }
            try Signals.send(.terminate, to: Host.processID)
            ConditionLock(0).wait { _ -> Int? in nil }
        }
    }

    @Test("Echo that was off for a password is on again before a handler that may end the process")
    func echoIsRestored() async {
        await #expect(processExitsWith: .exitCode(7)) {
            let pseudo = try PseudoTerminal()
            let path = pseudo.path
            let terminal = pseudo.terminal.rawValue
            try Signals.handle([.terminate]) { _ in exit(PseudoTerminal.isEchoing(terminal) ? 7 : 8) }
            _ = try Thread.spawn(name: "asker") {
                _ = try? Terminal.readPassword(prompt: "?", terminal: path)
            }
            _ = try pseudo.person.read(1)
            if pseudo.isEchoing { exit(9) }
            try Signals.send(.terminate, to: Host.processID)
            ConditionLock(0).wait { _ -> Int? in nil }
        }
    }

    @Test("A signal that cannot be handled is an error")
    func unhandleable() {
        #expect(throws: SystemError(call: "sigaction", errno: .invalidArgument)) {
            try Signals.handle([.kill]) { _ in }
        }
    }

    @Test("A pipe that nobody reads is an error once its signal is ignored")
    func brokenPipe() async {
        await #expect(processExitsWith: .success) {
            Signals.ignoreBrokenPipe()
            let pipe = try FileDescriptor.pipe()
            let readEnd = pipe.readEnd
            let writeEnd = pipe.writeEnd
            try readEnd.close()
            #expect(throws: SystemError(call: "write", errno: .brokenPipe)) { try writeEnd.write(all: [1]) }
        }
    }

    @Test("A read that a signal interrupts goes on")
    func interruptedRead() throws {
        let handled = ConditionLock(false)
        try Signals.handle([.user2]) { _ in
            handled.withLock { $0 = true }
            handled.broadcast()
        }
        let pipe = try FileDescriptor.pipe()
        let readEnd = pipe.readEnd
        let writeEnd = pipe.writeEnd
        let reader = ConditionLock<(thread: pthread_t?, result: [UInt8]?)>((nil, nil))
        let readNumber = readEnd.rawValue
        let thread = try Thread.spawn(name: "reader") {
            // The threads of tests block signals, and new threads inherit that.
            var signals = sigset_t()
            sigfillset(&signals)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            reader.withLock { $0.thread = pthread_self() }
            reader.broadcast()
            let descriptor = FileDescriptor(owning: readNumber)
            let result = try? descriptor.read(3)
            _ = descriptor.release()
            reader.withLock { $0.result = result }
        }
        let target = reader.wait { $0.thread }
        pthread_kill(target, SIGUSR2)
        #expect(handled.wait(seconds: 30) { $0 ? true : nil } == true)
        try writeEnd.write(all: [1, 2, 3])
        thread.join()
        #expect(reader.withLock { $0.result } == [1, 2, 3])
    }
}
