import CFuse
import Glibc
import SnapshotView
import Synchronization
import SystemInterface

/// A view, mounted: the kernel's requests are answered until somebody unmounts it or it is told to stop.
public final class MountedView: Sendable {
    private enum Phase: Equatable {
        case running
        case stopping
        case ended(Int32)
    }

    private let mountPoint: FilePath
    private let options: MountOptions
    private let log: LogSink
    private let system: MountedFileSystem
    private let shared: SharedSession
    private let requests: RequestLoop
    private let ahead: PageCacheFiller?
    private let phase = ConditionLock(Phase.running)
    private let connection = Mutex<KernelConnection?>(nil)

    /// What the mount has answered so far.
    public var statistics: MountStatistics { system.statistics }

    private var session: Session { _read { yield shared.session } }

    /// Mounts `view` at `mountPoint` and answers until it is unmounted, by `pastfs umount`, SIGINT, SIGTERM or `stop`.
    ///
    /// Blocks the calling thread. `mountPoint` is what `MountChecks.check` gave. `onReady` runs once, on another thread,
    /// when the mount has answered. `statistics` counts what is answered. With `accessLog` every open is recorded there
    /// before it is answered.
    public static func run(
        _ view: SnapshotView, at mountPoint: FilePath, source: String, options: MountOptions,
        statistics: MountStatistics = MountStatistics(), accessLog: AccessLog? = nil, log: @escaping LogSink,
        onReady: @escaping @Sendable (MountedView) -> Void
    ) throws(MountError) {
        ProcessMemory.keepClose()
        let mounted = try MountedView(
            view, at: mountPoint, source: source, options: options, statistics: statistics, accessLog: accessLog,
            log: log)
        // Before it is mounted: a signal that ended the process right behind mount(2) would leave a dead mount.
        do throws(SystemError) {
            try Signals.handle([.interrupt, .terminate, .hangUp]) { _ in mounted.stop() }
        } catch {
            throw Self.failure(mountPoint, error)
        }
        defer { try? Signals.restoreDefault([.interrupt, .terminate, .hangUp]) }
        try mounted.mount()
        guard mounted.phase.withLock({ $0 == .running }) else { return mounted.session.unmount() }
        try mounted.answer(onReady: onReady)
    }

    private init(
        _ view: SnapshotView, at mountPoint: FilePath, source: String, options: MountOptions,
        statistics: MountStatistics, accessLog: AccessLog?, log: @escaping LogSink
    ) throws(MountError) {
        let system = MountedFileSystem(
            view, statistics, showsExtendedAttributes: options.showsExtendedAttributes, accessLog: accessLog)
        MountStatus.report(to: view, at: mountPoint, options: options, statistics: statistics)
        let session = try Session(
            arguments: ["pastfs", "-o", options.kernelOptions(source: source)], table: Operations.table(),
            userData: Unmanaged.passUnretained(system).toOpaque())
        self.mountPoint = mountPoint
        self.options = options
        self.log = log
        self.system = system
        shared = SharedSession(session)
        // What is opened ahead must not be in a record of who opened what.
        let readsAhead = options.readsAhead && options.auditFile == nil
        ahead = readsAhead ? PageCacheFiller(view, at: mountPoint) : nil
        requests = RequestLoop(shared, statistics, ahead)
    }

    private func mount() throws(MountError) {
        try session.mount(at: mountPoint)
        do throws(MountError) {
            try session.prepare()
        } catch {
            session.unmount()
            throw error
        }
        // Known from the beginning, so that whoever stops the mount takes no other away.
        connection.withLock { $0 = KernelConnection(at: mountPoint) }
    }

    /// Takes the mount away, and ends `run`. Programs that have files open on it get errors.
    public func stop() {
        let isFirst = phase.withLock { phase in
            guard phase == .running else { return false }
            phase = .stopping
            return true
        }
        if isFirst { phase.broadcast() }
    }

    private func answer(onReady: @escaping @Sendable (MountedView) -> Void) throws(MountError) {
        let loop: Thread
        do throws(SystemError) {
            try ahead?.start()
            loop = try Thread.spawn(name: "fuse") { self.loop() }
            _ = try Thread.spawn(name: "fuse-watchdog") { self.watchRequests() }
            _ = try Thread.spawn(name: "fuse-ready") { self.announce(onReady) }
        } catch {
            ahead?.stop()
            session.unmount()
            throw Self.failure(mountPoint, error)
        }
        phase.wait { $0 == .running ? nil : () }
        guard let code = ended() ?? detached() else {
            // Requests are still being worked on. The process ends now, and the kernel answers whoever waits.
            return log("the mount at \(mountPoint) was busy and is given up")
        }
        loop.join()
        ahead?.stop()
        // The mount is gone, unless its connection was broken off by hand, or requests could not be read any more.
        if let place = place ?? deadPlace { try? Unmount.detach(place) }
        guard code == 0 else {
            throw MountError(
                .mountFailed, what: "the mount at \(mountPoint) ended",
                why: "reading requests failed: \(Errno(rawValue: -code))")
        }
    }

    private func loop() {
        let code = requests.run(threads: options.threads)
        phase.withLock { $0 = .ended(code) }
        phase.broadcast()
    }

    private func ended() -> Int32? {
        phase.withLock { phase in
            if case .ended(let code) = phase { return code }
            return nil
        }
    }

    /// Takes the mount out of the tree, and waits for the loop to notice; nil if it does not.
    private func detached() -> Int32? {
        session.exit()
        if let place {
            do throws(MountError) {
                try Unmount.detach(place)
            } catch {
                log(error.description)
            }
            if let code = waitForEnd() { return code }
        }
        // Somebody has files open: the kernel keeps the connection for them until it is told not to.
        if session.isConnected() { connection.withLock { $0 }?.abort() }
        return waitForEnd()
    }

    /// Where the mount is to be taken away from, or nil where it is gone.
    ///
    /// Somebody may have detached it before and mounted something else here: that stays. Somebody may have renamed a
    /// directory above it: then it is elsewhere. Only where nobody knows which one is ours, the path must do. Once the
    /// kernel has given the connection up, its number is the next mount's, which may be of anything.
    private var place: FilePath? {
        guard session.isConnected() else { return nil }
        guard let connection = connection.withLock({ $0 }) else { return mountPoint }
        return connection.place(expected: mountPoint)
    }

    /// The mount point, if what stands there answers nobody: the mount, after its connection was broken off. Asks it, so only
    /// when the loop has ended, which would have had to answer.
    private var deadPlace: FilePath? {
        guard !session.isConnected(), connection.withLock({ $0 })?.isDead(at: mountPoint) == true else { return nil }
        return mountPoint
    }

    private func waitForEnd() -> Int32? {
        ended(within: MountLimits.stopSeconds)
    }

    private func ended(within seconds: Double) -> Int32? {
        phase.wait(seconds: seconds) { phase in
            if case .ended(let code) = phase { return code }
            return nil
        }
    }

    private static func failure(_ mountPoint: FilePath, _ error: SystemError) -> MountError {
        MountError(.mountFailed, what: "cannot mount at \(mountPoint)", why: error.description)
    }
}

// MARK: What the kernel keeps for a mount

extension MountedView {
    /// Waits for the mount's first answer, tells the kernel how far to read ahead, and calls `onReady`.
    private func announce(_ onReady: @Sendable (MountedView) -> Void) {
        do throws(SystemError) {
            _ = try FileSystem.status(mountPoint)
            connection.withLock { $0 }?.setReadAhead(kibibytes: MountLimits.readAheadKibibytes)
            onReady(self)
        } catch {
            log("the mount at \(mountPoint) does not answer: \(error)")
        }
    }
}

// MARK: Requests that the storage does not answer

extension MountedView {
    /// Answers requests that have waited for too long with EIO, until the mount ends.
    private func watchRequests() {
        let rounds = MountLimits.watchdogRounds
        let seconds = Double(options.requestSeconds) / Double(rounds)
        let reason = "the storage did not answer within \(options.requestSeconds) seconds"
        while ended(within: seconds) == nil {
            for overdue in system.watch.takeOverdue(rounds: rounds) {
                fuse_reply_err(overdue.request, ErrorNumber.ioFailure.rawValue)
                // The thread at work on it may never come back.
                requests.addThread()
                system.view.reportFault(at: overdue.node, reason: reason)
            }
        }
    }
}
