import Synchronization
import SystemInterface
import TestSupport
import Testing

@Suite("The bounded queue")
struct BoundedQueueTests {
    @Test("Elements leave in the order in which they came")
    func order() {
        let queue = BoundedQueue<Int>(limit: 1000)
        for number in 0..<1000 { #expect(queue.push(number)) }
        #expect(queue.count == 1000)
        #expect((0..<1000).map { _ in queue.pop() } == Array(0..<1000))
        #expect(queue.count == 0)
        #expect(queue.cost == 0)
    }

    @Test("A closed queue gives what it holds, then nothing, and takes nothing")
    func close() {
        let queue = BoundedQueue<Int>(limit: 10)
        queue.push(1)
        queue.push(2)
        queue.close()
        #expect(!queue.push(3))
        #expect(queue.pop() == 1)
        #expect(queue.pop() == 2)
        #expect(queue.pop() == nil)
        #expect(queue.pop() == nil)
    }

    @Test("A cancelled queue drops what it holds")
    func cancel() {
        final class Element: Sendable {}
        weak var element: Element?
        let queue = BoundedQueue<Element>(limit: 10)
        do {
            let strong = Element()
            element = strong
            queue.push(strong)
        }
        #expect(element != nil)
        queue.cancel()
        #expect(element == nil)
        #expect(queue.pop() == nil)
        #expect(queue.cost == 0)
        #expect(!queue.push(Element()))
    }

    @Test("A popped element is not kept alive")
    func poppedElementIsFreed() {
        final class Element: Sendable {}
        let queue = BoundedQueue<Element>(limit: 10)
        for _ in 0..<5 { queue.push(Element()) }
        weak let element = queue.pop()
        #expect(element == nil)
    }

    @Test("An element over the limit is let into an empty queue, and nothing beside it")
    func oversized() throws {
        let queue = BoundedQueue<Int>(limit: 10)
        #expect(queue.push(1, cost: 1000))
        let pushed = Mutex(false)
        let thread = try Thread.spawn(name: "pusher") {
            let isAccepted = queue.push(2, cost: 0)
            let second = queue.push(3, cost: 1)
            pushed.withLock { $0 = isAccepted && second }
        }
        #expect(queue.pop() == 1)
        #expect(queue.pop() == 2)
        #expect(queue.pop() == 3)
        thread.join()
        #expect(pushed.withLock { $0 })
    }

    @Test("An element that finds no room, or a closed queue, is dropped by who doesn't want to wait")
    func tryPush() {
        let queue = BoundedQueue<Int>(limit: 2)
        #expect(queue.tryPush(1))
        #expect(queue.tryPush(2))
        #expect(!queue.tryPush(3))
        #expect(queue.pop() == 1)
        #expect(!queue.tryPush(4, cost: 2))
        #expect(queue.tryPush(5))
        queue.close()
        #expect(queue.pop() == 2)
        #expect(!queue.tryPush(6))
        #expect(queue.pop() == 5)
        #expect(queue.pop() == nil)
    }

    @Test("Closing wakes those who wait for an element and those who wait for room", arguments: [false, true])
    func closeWakes(cancelling: Bool) throws {
        let empty = BoundedQueue<Int>(limit: 1)
        let full = BoundedQueue<Int>(limit: 1)
        full.push(0)
        let answers = Mutex<(popped: Int??, isAccepted: Bool?)>((nil, nil))
        let popper = try Thread.spawn(name: "popper") {
            let popped = empty.pop()
            answers.withLock { $0.popped = .some(popped) }
        }
        let pusher = try Thread.spawn(name: "pusher") {
            let isAccepted = full.push(1)
            answers.withLock { $0.isAccepted = isAccepted }
        }
        for queue in [empty, full] {
            if cancelling { queue.cancel() } else { queue.close() }
        }
        popper.join()
        pusher.join()
        #expect(answers.withLock { $0.popped } == .some(.some(nil)))
        #expect(answers.withLock { $0.isAccepted } == false)
    }

    @Test("Many threads lose nothing, and never exceed the limit", arguments: [1, 7, 64])
    func manyThreads(limit: Int) throws {
        let perThread = 2000
        let queue = BoundedQueue<Int>(limit: limit)
        let seen = Mutex<[Int: Int]>([:])
        let highest = Mutex(0)
        let pushers = try (0..<3).map { producer throws(SystemError) in
            try Thread.spawn(name: "pusher") {
                for number in 0..<perThread {
                    queue.push(producer * perThread + number, cost: 1 + number % min(3, limit))
                }
            }
        }
        let poppers = try (0..<3).map { _ throws(SystemError) in
            try Thread.spawn(name: "popper") {
                while let number = queue.pop() {
                    seen.withLock { $0[number, default: 0] += 1 }
                    let cost = queue.cost
                    highest.withLock { $0 = max($0, cost) }
                }
            }
        }
        for thread in pushers { thread.join() }
        queue.close()
        for thread in poppers { thread.join() }
        #expect(seen.withLock { $0.count } == 3 * perThread)
        #expect(seen.withLock { $0.values.allSatisfy { $0 == 1 } })
        #expect(highest.withLock { $0 } <= limit)
    }

    @Test("A full queue makes its pusher wait")
    func fullQueueWaits() throws {
        let queue = BoundedQueue<Int>(limit: 3)
        let thread = try Thread.spawn(name: "pusher") {
            for number in 0..<1000 { queue.push(number) }
            queue.close()
        }
        var popped: [Int] = []
        var highest = 0
        while let number = queue.pop() {
            popped.append(number)
            highest = max(highest, queue.count)
        }
        thread.join()
        #expect(popped == Array(0..<1000))
        #expect(highest <= 3)
    }

    @Test("A queue without room traps")
    func noRoom() async {
        await #expect(processExitsWith: .failure) { _ = BoundedQueue<Int>(limit: 0) }
    }
}
