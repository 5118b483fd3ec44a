import Glibc
import SnapshotView
import SystemInterface

/// Puts small files into the kernel's page cache before who walks through a tree asks for them.
///
/// It does so in a thread of its own: storing waits for reads of the same page, and whoever owes the answer to such a
/// read must never wait for it. For the same reason it decodes first and then stores, with no lock held.
final class PageCacheFiller: Sendable {
    private struct State {
        var walks = Walks()
        var isStopped = false
        var hasEnded = true
    }

    private let view: SnapshotView
    private let shared: SharedSession
    private let statistics: MountStatistics
    private let state = ConditionLock(State())

    init(_ view: SnapshotView, _ shared: SharedSession, _ statistics: MountStatistics) {
        self.view = view
        self.shared = shared
        self.statistics = statistics
    }

    /// Starts the thread. Once.
    func start() throws(SystemError) {
        state.withLock { $0.hasEnded = false }
        do {
            _ = try Thread.spawn(name: "pastfs-store") { self.run() }
        } catch {
            state.withLock { $0.hasEnded = true }
            throw error
        }
    }

    /// Ends the thread; false when it does not end within a time, which means that a read will never be answered.
    func stop() -> Bool {
        state.withLock { $0.isStopped = true }
        state.broadcast()
        return state.wait(seconds: MountLimits.stopSeconds) { $0.hasEnded ? true : nil } ?? false
    }

    /// Learns from a request that has been answered.
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
            if storeAll(stretch.files, work) {
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

    /// Stores files for as long as their reader is on its way; false if it no longer is.
    private func storeAll(_ files: [FileAhead], _ work: Walks.Work) -> Bool {
        for file in files {
            let decision = state.withLock { $0.isStopped ? .stop : $0.walks.decide(file, work) }
            switch decision {
            case .store: store(file)
            case .pass: continue
            case .stop: return false
            }
        }
        return true
    }

    private func store(_ file: FileAhead) {
        // Damage is met again, and told, by who reads the file.
        guard let pieces = try? view.read(file.node, at: 0, count: MountLimits.aheadFileBytesMax),
            pieces.reduce(0, { $0 + UInt64($1.count) }) == file.size
        else { return }
        let code: Int32
        if pieces.count == 1, case .bytes(let chunk, let range) = pieces[0] {
            code = chunk.withUnsafeBytes {
                shared.session.store(UnsafeRawBufferPointer(rebasing: $0[range]), of: file.node)
            }
        } else {
            code = pieces.joinedBytes().withUnsafeBytes { shared.session.store($0, of: file.node) }
        }
        // The kernel may have forgotten the file meanwhile (ENOENT), or the mount may be gone.
        if code == 0 { statistics.addFileAhead(bytes: Int(file.size)) }
    }
}

extension [ReadPiece] {
    /// All of it in one array.
    fileprivate func joinedBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(reduce(0) { $0 + $1.count })
        for piece in self {
            switch piece {
            case .bytes(let chunk, let range):
                chunk.withUnsafeBytes { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[range])) }
            case .zeros(let count): bytes.append(contentsOf: repeatElement(0, count: count))
            }
        }
        return bytes
    }
}
