import Synchronization
import SystemInterface

/// A thread that decodes ahead of a reader. Requests that find it busy are dropped: reading ahead is never owed.
final class Prefetcher: Sendable {
    private static let pendingMax = 2

    private let queue = BoundedQueue<@Sendable () -> Void>(limit: pendingMax)
    private let isStarted = Mutex(false)

    deinit {
        queue.cancel()
    }

    func request(_ work: @escaping @Sendable () -> Void) {
        start()
        _ = queue.tryPush(work)
    }

    private func start() {
        isStarted.withLock { isStarted in
            guard !isStarted else { return }
            isStarted = true
            let queue = queue
            _ = try? Thread.spawn(name: "pastfs-ahead") {
                while let work = queue.pop() { work() }
            }
        }
    }
}
