import Glibc
import Synchronization
import SystemInterface

/// Opens files where they are mounted and has the kernel read them ahead (readahead(2)), in a thread of its own.
///
/// The thread has a table of descriptors of its own, with nothing in it but the file that it just reads. So it must never
/// touch the repository, whose descriptors it does not have. What that is for: it waits for answers of this very process,
/// and if the process is killed meanwhile, a thread that still held /dev/fuse would keep the connection, and with it
/// itself and every reader, waiting for ever. This one holds nothing: whatever it waits for ends with the other threads.
final class AheadReader: Sendable {
    /// Some files that one walker will want next.
    struct Batch: Sendable {
        /// The thread that walks.
        let process: UInt32
        var files: [File]
    }

    /// A file by its path from the root of the whole system.
    struct File: Sendable {
        let path: FilePath
        let size: UInt64
    }

    private struct State {
        var batches: [Batch] = []
        var isStopped = false
        var hasEnded = true
    }

    private let state = ConditionLock(State())
    /// The number of the thread, by which its own requests are known; 0 as long as there is none.
    private let thread = Atomic<Int32>(0)

    /// Starts the thread. Once.
    func start() throws(SystemError) {
        state.withLock { $0.hasEnded = false }
        do {
            _ = try Thread.spawn(name: "pastfs-opener") { self.run() }
        } catch {
            state.withLock { $0.hasEnded = true }
            throw error
        }
    }

    /// Tells the thread to end, and waits for that for a limited time: its last read may never be answered.
    func stop() {
        state.withLock { $0.isStopped = true }
        state.broadcast()
        _ = state.wait(seconds: MountLimits.stopSeconds) { $0.hasEnded ? () : nil }
    }

    /// Whether a request is one of this thread's own.
    func isOwn(_ request: RequestHeading) -> Bool {
        let own = thread.load(ordering: .relaxed)
        return own != 0 && request.process == UInt32(own)
    }

    /// Hands files over, and waits as long as too many wait already. Returns false when the thread has ended.
    func read(_ batch: Batch) -> Bool {
        let isTaken = state.wait { state -> Bool? in
            if state.isStopped || state.hasEnded { return false }
            guard state.batches.count < MountLimits.aheadBatchesMax else { return nil }
            state.batches.append(batch)
            return true
        }
        if isTaken { state.broadcast() }
        return isTaken
    }

    private func run() {
        thread.store(Thread.currentID, ordering: .relaxed)
        // With the descriptors of the others it would keep the connection alive: then rather nothing is read ahead.
        if (try? Thread.leaveDescriptors()) != nil {
            while let batch = nextBatch() { readAll(batch) }
        }
        state.withLock { $0.hasEnded = true }
        state.broadcast()
    }

    private func nextBatch() -> Batch? {
        let batch = state.wait { state -> Batch?? in
            if state.isStopped { return .some(nil) }
            return state.batches.isEmpty ? nil : .some(state.batches.removeFirst())
        }
        state.broadcast()
        return batch
    }

    /// Whatever fails here is met again, and told, by who reads the file.
    private func readAll(_ batch: Batch) {
        for file in batch.files {
            // An open file keeps the mount busy, which nobody expects when its reader has ended.
            guard Host.hasProcess(Int32(bitPattern: batch.process)) else { return }
            guard let opened = try? FileDescriptor.open(file.path, [.readOnly, .noFollow, .nonBlocking]) else {
                continue
            }
            try? opened.readAhead(count: Int(file.size))
        }
    }
}
