import PathRules
import Repository
import SystemInterface

/// Goes through the sources ahead of the walk, lists directories, and asks for the status of what they hold.
///
/// Deriving a key takes half a second of one processor, and an unchanged tree that long of the kernel's time: a scout that
/// is sent out before the repository is opened has the answers when the walk asks. It goes in the walk's order, in a thread
/// of its own, and is ahead of it by a bounded number of names. It opens nothing but directories, does not go where the
/// rules of the run leave something out, nor to another file system.
///
/// What it says is for the walk to judge: a directory that is another one now, or was changed since, and what was seen long
/// ago, is looked at again, and so is whatever the scout passed over. So a scout can be wrong, or not be there at all, and
/// the snapshot is the same.
public final class SourceScout: Sendable {
    /// When it was sent out. A snapshot that is made with its help shows the sources as they were from then on.
    let started: Timestamp
    private let queue = BoundedQueue<ScoutedDirectory>(limit: WriterLimits.scoutedNamesMax)
    private let stop = StopFlag()
    private let returned = StopFlag()
    private let clock: any WallClock
    /// What the walk took from the queue and is still ahead of it. Only the walk's thread uses it.
    private let next = ConditionLock<ScoutedDirectory?>(nil)

    /// Sends out a scout for a run with these options; nil where there is nothing to see, or no thread to see it.
    public init?(_ options: BackupOptions, clock: any WallClock) {
        guard options.stream == nil, let plan = try? SourcePlan(options.paths),
            let rules = try? ExcludeRules(options.excludes)
        else { return nil }
        self.clock = clock
        started = clock.now()
        let route = ScoutRoute(
            sources: plan.paths, rules: rules, filter: options.filter,
            ownDirectories: DirectoryIdentity.of(options.ownDirectories), clock: clock, stop: stop)
        let (queue, returned) = (queue, returned)
        do throws(SystemError) {
            _ = try Thread.spawn(name: "pastfs-scout") {
                route.run { queue.push($0, cost: 1 + $0.names.count) }
                queue.close()
                returned.set()
            }
        } catch {
            return nil
        }
    }

    deinit {
        cancel()
    }

    /// Calls the scout back. The walk looks for itself from then on. May be called from any thread.
    public func cancel() {
        stop.set()
        queue.cancel()
    }

    /// Whether it has been everywhere, or was called back.
    package var hasReturned: Bool { returned.isSet }

    /// What the scout found in the directory `path`, once it has come there or has passed it; nil where it has nothing, or
    /// what it has is of no use any more.
    ///
    /// The directories must be asked for in the walk's order, and by one thread.
    package func take(_ path: [UInt8], _ status: FileStatus) -> ScoutedDirectory? {
        while let found = next.withLock({ $0 }) ?? queue.pop() {
            let order = ScoutedDirectory.compare(found.path, path)
            next.withLock { $0 = order > 0 ? found : nil }
            if order > 0 { return nil }
            if order == 0 { return found.isCurrent(status) && isFresh(found) ? found : nil }
        }
        return nil
    }

    /// Whether what was seen is not too old to go by.
    func isFresh(_ found: ScoutedDirectory) -> Bool {
        let now = clock.now()
        return found.moment <= now && now <= found.moment.adding(seconds: WriterLimits.scoutedSecondsMax)
    }
}
