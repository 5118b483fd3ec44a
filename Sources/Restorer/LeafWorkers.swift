import SystemInterface

/// The threads that write files, behind a queue of batches that has a limit.
final class LeafWorkers: Sendable {
    private let queue = BoundedQueue<LeafBatch>(limit: RestoreLimits.batchesMax)
    /// How many batches are queued or being written.
    private let unfinished = ConditionLock(0)
    private let threads: [Thread]

    /// Starts `count` threads, or as many of them as the system has room for; throws if that is none.
    init(_ context: RestoreContext, count: Int) throws(SystemError) {
        var threads: [Thread] = []
        let (queue, unfinished) = (queue, unfinished)
        for _ in 0..<max(1, count) {
            do throws(SystemError) {
                threads.append(
                    try Thread.spawn(name: "pastfs-restore") { Self.run(context, queue, unfinished) })
            } catch {
                guard !threads.isEmpty else { throw error }
                break
            }
        }
        self.threads = threads
    }

    /// Has a batch written, and waits for room if many are waiting. Once the run is to stop it is dropped.
    func submit(_ batch: LeafBatch) {
        batch.completion.begin()
        unfinished.withLock { $0 += 1 }
        queue.push(batch)
    }

    /// Waits until `place` is restored or known not to be; its batch must have been submitted.
    func wait(for place: HardLinkPlace) {
        guard place.state == .pending else { return }
        unfinished.wait { count -> Void? in place.state != .pending || count == 0 ? () : nil }
    }

    /// Waits until everything is written, and ends the threads.
    func finish() {
        queue.close()
        for thread in threads { thread.join() }
    }

    private static func run(
        _ context: RestoreContext, _ queue: BoundedQueue<LeafBatch>, _ unfinished: ConditionLock<Int>
    ) {
        var restorer = LeafRestorer(context)
        while let batch = queue.pop() {
            do throws(RestoreError) {
                if !context.journal.isStopped {
                    try restorer.restore(batch)
                    try batch.completion.end()
                }
            } catch {
                context.journal.halt(error)
            }
            unfinished.withLock { $0 -= 1 }
            unfinished.broadcast()
        }
    }
}
