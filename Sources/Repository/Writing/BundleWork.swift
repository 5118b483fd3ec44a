import Synchronization
import SystemInterface

/// What a worker thread does: takes bundles off the queue, seals them and hands them on to be packed.
final class BundleWork: Sendable {
    private let queue: BoundedQueue<OpenBundle>
    private let storing: PackStoring
    private let coder: Mutex<BundleCoder>
    private let fail: @Sendable (RepositoryError) -> Void

    init(
        queue: BoundedQueue<OpenBundle>, storing: PackStoring, coder: consuming BundleCoder,
        fail: @escaping @Sendable (RepositoryError) -> Void
    ) {
        self.queue = queue
        self.storing = storing
        self.coder = Mutex(coder)
        self.fail = fail
    }

    /// Works until the queue is closed and empty, or something fails.
    func run() {
        coder.withLock { coder in
            while let bundle = queue.pop() {
                do throws(RepositoryError) {
                    try storing.store(bundle, coder: &coder)
                } catch {
                    return fail(error)
                }
            }
        }
    }
}
