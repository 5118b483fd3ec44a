import Glibc
import Synchronization
import SystemInterface
import TestSupport
import Testing

@Suite("Threads and what they share")
struct ThreadTests {
    @Test("Joining waits for the body to end")
    func join() throws {
        let gate = ConditionLock(false)
        let result = Mutex(0)
        try withJoined { () throws(SystemError) in
            try Thread.spawn(name: "worker") {
                gate.wait { $0 ? true : nil }
                result.withLock { $0 = 42 }
            }
        } meanwhile: {
            gate.withLock { $0 = true }
            gate.broadcast()
        }
        #expect(result.withLock { $0 } == 42)
    }

    private func withJoined(
        _ spawn: () throws(SystemError) -> Thread, meanwhile: () -> Void
    ) throws {
        let thread = try spawn()
        meanwhile()
        thread.join()
        thread.join()
    }

    @Test("A thread has its name, cut to fifteen bytes")
    func name() throws {
        let found = ConditionLock<[UInt8]?>(nil)
        let thread = try Thread.spawn(name: "a-name-of-more-than-fifteen") {
            let name = (try? FileSystem.read("/proc/thread-self/comm", atMost: 100)) ?? []
            found.withLock { $0 = name }
        }
        thread.join()
        #expect(found.withLock { $0 } == Array("a-name-of-more-\n".utf8))
    }

    @Test("A stack that is too small is an error")
    func smallStack() {
        #expect(throws: SystemError(call: "pthread_attr_setstacksize", errno: .invalidArgument)) {
            try Thread.spawn(name: "small", stackBytes: 100) {}
        }
    }

    @Test("A thread that nobody joins still runs, and its body is freed")
    func detached() throws {
        final class Witness: Sendable {
            let done: ConditionLock<Bool>
            init(_ done: ConditionLock<Bool>) { self.done = done }
            deinit {
                done.withLock { $0 = true }
                done.broadcast()
            }
        }
        let done = ConditionLock(false)
        do {
            let witness = Witness(done)
            _ = try Thread.spawn(name: "detached") { withExtendedLifetime(witness) {} }
        }
        #expect(done.wait(seconds: 30) { $0 ? true : nil } == true)
    }

    @Test("One thread at a time is inside a lock")
    func mutualExclusion() throws {
        let lock = ConditionLock(0)
        let threads = try (0..<4).map { number throws(SystemError) in
            try Thread.spawn(name: "adder \(number)") {
                for _ in 0..<10_000 { lock.withLock { $0 += 1 } }
            }
        }
        for thread in threads { thread.join() }
        #expect(lock.withLock { $0 } == 40_000)
    }

    @Test("Waiting ends when its time is over")
    func timeout() {
        let lock = ConditionLock(0)
        let result = lock.wait(seconds: 0.01) { state -> Int? in
            state += 1
            return nil
        }
        #expect(result == nil)
        // Once at the beginning, and once more when the time was over.
        #expect(lock.withLock { $0 } >= 2)
        #expect(lock.wait(seconds: -1) { _ -> Int? in 5 } == 5)
        #expect(lock.wait(seconds: .infinity) { _ -> Int? in 6 } == 6)
    }

    @Test("A lock throws what its body throws, and is free again")
    func bodyThrows() {
        let lock = ConditionLock(0)
        let failure = SystemError(call: "test", errno: .ioFailure)
        #expect(throws: failure) {
            try lock.withLock { _ throws(SystemError) -> Int in throw failure }
        }
        #expect(lock.withLock { $0 } == 0)
    }

    @Test("A lock that is taken twice traps instead of hanging")
    func recursion() async {
        await #expect(processExitsWith: .failure) {
            let lock = ConditionLock(0)
            lock.withLock { _ in lock.withLock { $0 = 1 } }
        }
    }

    @Test("A lock frees its state")
    func stateIsFreed() {
        final class State: Sendable {}
        weak var state: State?
        do {
            let strong = State()
            state = strong
            let lock = ConditionLock(strong)
            #expect(lock.withLock { $0 } === state)
        }
        #expect(state == nil)
    }
}
