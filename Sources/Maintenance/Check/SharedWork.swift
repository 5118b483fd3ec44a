import Repository
import Synchronization
import SystemInterface

/// The items of a list, shared out among threads; the first failure ends it.
final class SharedWork<Item: Sendable>: Sendable {
    private struct State {
        var next = 0
        var done = 0
        var failure: RepositoryError?
    }

    private let items: [Item]
    private let body: @Sendable (Item) throws(RepositoryError) -> Void
    private let advanced: @Sendable (_ done: Int) -> Void
    private let state = Mutex(State())

    /// Work that runs `body` for each of `items`, and `advanced` with the number that is done after each, on any thread.
    init(
        _ items: [Item], _ body: @escaping @Sendable (Item) throws(RepositoryError) -> Void,
        advanced: @escaping @Sendable (_ done: Int) -> Void
    ) {
        self.items = items
        self.body = body
        self.advanced = advanced
    }

    /// Does all of it on this thread and `threads - 1` others.
    func run(threads: Int) throws(RepositoryError) {
        var others: [Thread] = []
        for number in 1..<max(1, min(threads, items.count)) {
            // A system without room for another thread has this one.
            guard let thread = try? Thread.spawn(name: "pastfs-check-\(number)", { self.workOff() }) else { break }
            others.append(thread)
        }
        workOff()
        for thread in others { thread.join() }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func workOff() {
        while let item = nextItem() {
            do throws(RepositoryError) {
                try body(item)
            } catch {
                state.withLock { $0.failure = $0.failure ?? error }
            }
            advanced(
                state.withLock { state in
                    state.done += 1
                    return state.done
                })
        }
    }

    private func nextItem() -> Item? {
        state.withLock { state in
            guard state.failure == nil, state.next < items.count else { return nil }
            defer { state.next += 1 }
            return items[state.next]
        }
    }
}
