import Glibc
import Synchronization
import SystemInterface

/// Answers the kernel's requests on a few threads, of which one at a time waits for the next request.
///
/// These are leader and followers (D. C. Schmidt et al., "Leader/Followers", 2000), with two differences. The leader
/// answers what it received before it looks for more, because waking another thread takes longer than most answers. And
/// when it is at one request for too long, because a disk is slow, a follower takes the lead from it. So a request wakes
/// one thread, or none when the leader is still looking, and no thread that only finds the request gone.
final class RequestLoop: Sendable {
    private let shared: SharedSession
    private let statistics: MountStatistics
    private let ahead: PageCacheFiller?
    private let lead = Lead()
    private let code = Atomic<Int32>(0)
    /// All threads but the one that runs the loop.
    private let others = Mutex<[Thread]>([])

    /// Answers the requests of `shared`, and tells `ahead` of what may show who walks.
    init(_ shared: SharedSession, _ statistics: MountStatistics, _ ahead: PageCacheFiller?) {
        self.shared = shared
        self.ahead = ahead
        self.statistics = statistics
    }

    /// Answers on `threads` threads, the calling one among them, until the mount is gone or the session was told to end.
    /// Returns 0, or the negative errno(3) of what made reading requests fail.
    func run(threads: Int) -> Int32 {
        // One thread can do the work of all, if the system has no room for more.
        for _ in 1..<max(threads, 1) { addThread() }
        serve()
        while let thread = others.withLock({ $0.popLast() }) { thread.join() }
        return code.load(ordering: .relaxed)
    }

    /// Starts one more thread, for one that the storage does not let go of; never more than `MountLimits.threadsMax`.
    func addThread() {
        others.withLock { others in
            guard others.count + 1 < MountLimits.threadsMax else { return }
            if let thread = try? Thread.spawn(name: "fuse", { self.serve() }) { others.append(thread) }
        }
    }

    private func serve() {
        var buffer = RequestBuffer()
        while let ticket = lead.take() {
            answer(&buffer, ticket)
        }
    }

    /// Answers requests for as long as the lead is held.
    private func answer(_ buffer: inout RequestBuffer, _ first: Lead.Ticket) {
        var ticket = first
        var spin = Spin()
        while receive(&buffer, ticket, &spin) {
            guard let heading = buffer.heading else { continue }
            let isOwn = ahead?.isOwn(heading) ?? false
            if isOwn { statistics.countAhead(heading) } else { statistics.count(heading.kind) }
            lead.work(ticket)
            // Others wait already: they need not wait for bytes to be decoded. Those that are read ahead come in crowds, and
            // mostly from one bundle, so that handing them around costs more than it gains.
            let mayBeLong = heading.kind.isReading && !isOwn
            if mayBeLong, shared.session.waitForRequest(milliseconds: 0) { lead.giveUp(ticket) }
            shared.session.process(&buffer)
            if !isOwn { ahead?.noteAnswered(heading) }
            guard let next = lead.goOn(ticket) else { return }
            ticket = next
        }
        lead.end()
    }

    /// Receives the next request; false when there will be none.
    private func receive(_ buffer: inout RequestBuffer, _ ticket: Lead.Ticket, _ spin: inout Spin) -> Bool {
        spin.begin()
        while true {
            let length = shared.session.receive(into: &buffer)
            switch length {
            case 1...:
                spin.succeeded()
                return true
            case -EAGAIN:
                if spin.again() { continue }
                lead.sleep(ticket)
                _ = shared.session.waitForRequest(milliseconds: -1)
                lead.wake(ticket)
            case -EINTR: continue
            default:
                code.store(length, ordering: .relaxed)
                return false
            }
        }
    }
}
