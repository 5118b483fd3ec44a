import FuseMount
import SystemInterface
import Synchronization
import TestSupport
import Testing

@Suite("The watch over requests")
struct RequestWatchTests {
    private static func request(_ number: Int) throws -> OpaquePointer {
        // Nothing looks at what it points to.
        try #require(OpaquePointer(bitPattern: number * 64))
    }

    @Test("a request is the watchdog's after so many rounds, and its thread's before")
    func takesOverdueRequests() throws {
        let watch = RequestWatch()
        let ticket = try #require(watch.begin(try Self.request(1), node: 7))
        #expect(watch.takeOverdue(rounds: 2).isEmpty)
        #expect(watch.takeOverdue(rounds: 2).isEmpty)
        let overdue = watch.takeOverdue(rounds: 2)
        #expect(overdue.map(\.request) == [try Self.request(1)])
        #expect(overdue.map(\.node.rawValue) == [7])
        #expect(watch.takeOverdue(rounds: 2).isEmpty)
        #expect(!watch.claim(ticket))
        let next = try #require(watch.begin(try Self.request(1), node: 7))
        #expect(watch.takeOverdue(rounds: 2).isEmpty)
        #expect(watch.claim(next))
        #expect((0..<4).allSatisfy { _ in watch.takeOverdue(rounds: 2).isEmpty })
    }

    @Test("more requests than it has room for are not watched, and places that are free again are used")
    func isBounded() throws {
        let watch = RequestWatch()
        var tickets: [RequestWatch.Ticket] = []
        while let ticket = watch.begin(try Self.request(tickets.count + 1), node: 1) {
            tickets.append(ticket)
            try #require(tickets.count <= 1_000)
        }
        #expect(tickets.count > MountLimits.threadsMax)
        #expect(watch.claim(try #require(tickets.first)))
        #expect(watch.begin(try Self.request(1), node: 1) != nil)
        #expect(watch.begin(try Self.request(2), node: 1) == nil)
    }

    @Test("every request is answered by one of both, whatever their threads do", arguments: [1, 8])
    func answersOnce(rounds: UInt64) throws {
        let watch = RequestWatch()
        let threadCount = 4
        let each = 200_000
        let answers = Mutex([UInt8](repeating: 0, count: threadCount * each + 1))
        let isOver = Atomic(false)
        let watchdog = try Thread.spawn(name: "watchdog") {
            while !isOver.load(ordering: .acquiring) {
                for overdue in watch.takeOverdue(rounds: rounds) {
                    answers.withLock { $0[Int(bitPattern: overdue.request) / 64] += 1 }
                }
            }
        }
        let threads = try (0..<threadCount).map { thread in
            try Thread.spawn(name: "worker") {
                for number in thread * each + 1...(thread + 1) * each {
                    guard let request = OpaquePointer(bitPattern: number * 64),
                        let ticket = watch.begin(request, node: 1)
                    else { continue }
                    if watch.claim(ticket) { answers.withLock { $0[number] += 1 } }
                }
            }
        }
        for thread in threads { thread.join() }
        isOver.store(true, ordering: .releasing)
        watchdog.join()
        let counts = answers.withLock { $0.dropFirst() }
        #expect(counts.allSatisfy { $0 == 1 })
    }
}
