import SnapshotView
import SystemInterface

/// Has small files in the kernel's page cache before who walks through a tree asks for them.
///
/// One thread follows the walkers, and looks up what they will meet next; `AheadReader` opens that, so that the kernel
/// asks for its bytes, and gets them, while the walker is still busy with others.
///
/// `fuse_lowlevel_notify_store` would save half of the requests, and must not be used: it waits, beyond the reach of
/// signals, for who reads the same page. When the process is killed in that moment, its descriptor of /dev/fuse stays
/// open with the waiting thread, the kernel never ends the read that the thread waits for, and both hang for ever.
final class PageCacheFiller: Sendable {
    private struct State {
        var walks = Walks()
        var isStopped = false
        var hasEnded = true
    }

    private let view: SnapshotView
    private let mountPoint: FilePath
    private let reader = AheadReader()
    private let state = ConditionLock(State())

    /// Reads ahead in `view`, which is mounted at `mountPoint`.
    init(_ view: SnapshotView, at mountPoint: FilePath) {
        self.view = view
        self.mountPoint = mountPoint
    }

    /// Starts the threads. Once.
    func start() throws(SystemError) {
        try reader.start()
        state.withLock { $0.hasEnded = false }
        do {
            _ = try Thread.spawn(name: "pastfs-walks") { self.run() }
        } catch {
            state.withLock { $0.hasEnded = true }
            throw error
        }
    }

    /// Ends the threads, and waits for that for a limited time.
    func stop() {
        state.withLock { $0.isStopped = true }
        state.broadcast()
        reader.stop()
        _ = state.wait(seconds: MountLimits.stopSeconds) { $0.hasEnded ? () : nil }
    }

    /// Whether a request is sent because of what is read ahead.
    func isOwn(_ request: RequestHeading) -> Bool {
        reader.isOwn(request)
    }

    /// Learns from a request that has been answered, and is not one of its own.
    func noteAnswered(_ request: RequestHeading) {
        guard request.offset == 0 else { return }
        let hasWork: Bool
        switch request.kind {
        case .read:
            guard let position = view.walkPosition(of: request.node) else { return }
            hasWork = state.withLock { $0.walks.noteRead(request.node, at: position, by: request.process) }
        case .entries:
            hasWork = state.withLock { $0.walks.noteListing(request.node, by: request.process) }
        default: return
        }
        if hasWork { state.broadcast() }
    }

    private func run() {
        while let work = nextWork() {
            let stretch = view.filesAhead(
                from: work.position, countMax: work.countMax,
                entriesMax: MountLimits.aheadStretchEntriesMax)
            let (batch, isWhole) = take(stretch.files, work)
            if !batch.files.isEmpty, !reader.read(batch) { break }
            if isWhole {
                state.withLock { $0.walks.finish(work, at: stretch.end, isBlocked: stretch.isBlocked) }
            }
        }
        state.withLock { $0.hasEnded = true }
        state.broadcast()
    }

    private func nextWork() -> Walks.Work? {
        state.wait { state -> Walks.Work?? in
            if state.isStopped { return .some(nil) }
            return state.walks.nextWork().map { .some($0) }
        }
    }

    /// The files of a stretch that are to be read, and whether its end was reached.
    private func take(_ files: [FileAhead], _ work: Walks.Work) -> (AheadReader.Batch, isWhole: Bool) {
        var batch = AheadReader.Batch(process: work.process, files: [])
        guard Host.hasProcess(Int32(bitPattern: work.process)) else {
            state.withLock { $0.walks.end(work) }
            return (batch, false)
        }
        for file in files {
            switch state.withLock({ $0.isStopped ? .stop : $0.walks.decide(file, work) }) {
            case .open:
                guard let path = view.path(of: file.node) else { continue }
                batch.files.append(.init(path: FilePath(mountPoint.bytes + path.bytes), size: file.size))
            case .pass: continue
            case .stop: return (batch, false)
            }
        }
        return (batch, true)
    }
}
