import Synchronization
import SystemInterface

/// Threads that decode ahead of readers. Requests that find too much waiting are refused: reading ahead is never owed.
final class Prefetcher: Sendable {
    private static let threadsMax = 4

    private let queue: BoundedQueue<@Sendable () -> Void>
    private let isStarted = Mutex(false)

    /// A prefetcher for which so many bytes may wait to be decoded.
    init(pendingBytesMax: Int) {
        queue = BoundedQueue(limit: max(1, pendingBytesMax))
    }

    deinit {
        queue.cancel()
    }

    /// Has `work` done, which decodes so many bytes; false if there is no room for it.
    func request(bytes: Int, _ work: @escaping @Sendable () -> Void) -> Bool {
        start()
        return queue.tryPush(work, cost: bytes)
    }

    private func start() {
        isStarted.withLock { isStarted in
            guard !isStarted else { return }
            isStarted = true
            for _ in 0..<min(max(1, Host.processorCount), Self.threadsMax) {
                let queue = queue
                _ = try? Thread.spawn(name: "pastfs-ahead") {
                    while let work = queue.pop() { work() }
                }
            }
        }
    }
}
