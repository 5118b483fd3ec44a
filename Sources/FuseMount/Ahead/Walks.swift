import SnapshotView

/// Finds out from requests who walks through a tree, and so which files will be wanted.
///
/// Only what the kernel does not have reaches the mount, and from several programs in a mixture. A walk begins with two
/// reads of neighbours in one directory, in the order of listings, or with some reads of one directory in any order
/// (cp(1) reads in the order of inode numbers). It is followed where its process lists or reads next. It ends when what
/// is read lies elsewhere, and stands still when nothing shows that what was opened is read.
package struct Walks {
    /// A stretch that somebody is to open.
    package struct Work: Sendable {
        fileprivate let number: Int
        fileprivate let generation: UInt64
        package let position: WalkPosition
        /// The thread that walks.
        package let process: UInt32
        /// How many files it should have.
        package let countMax: Int
    }

    /// What is to be done with a file.
    package enum Decision: Hashable, Sendable {
        case open
        case pass
        /// Neither this nor what follows it.
        case stop
    }

    private var walks: [Walk] = []
    private var recent = RecentFiles(countMax: MountLimits.aheadRememberedMax)
    private var lostCount = 0
    private var now: UInt64 = 0
    private var lastServed = 0

    /// Nobody walks yet.
    package init() {}

    /// A file at `position` is read from its beginning. Returns whether there is work.
    package mutating func noteRead(_ node: NodeID, at position: WalkPosition, by process: UInt32) -> Bool {
        now += 1
        let isLost = !recent.insert(node)
        if isLost { noteLost() }
        if let number = walks.indices.first(where: { walks[$0].isMarker(node) }) {
            touch(number, process)
            return walks[number].hasWork
        }
        guard let number = number(at: position, process) else {
            add(Walk(process: process, at: position, now: now))
            return false
        }
        touch(number, process)
        if let next = walks[number].next {
            follow(number, next, position, isLost: isLost)
        } else {
            consider(number, position)
        }
        return walks[number].hasWork
    }

    /// A directory was listed from its beginning: the kernel knows what is in it. Returns whether there is work.
    package mutating func noteListing(_ directory: NodeID, by process: UInt32) -> Bool {
        now += 1
        guard let number = walks.indices.first(where: { walks[$0].process == process }), walks[number].next != nil
        else { return false }
        touch(number, process)
        walks[number].go(to: WalkPosition(directory, 0))
        return walks[number].hasWork
    }

    /// The next stretch to open: of each walk in its turn.
    package mutating func nextWork() -> Work? {
        for step in 1...max(walks.count, 1) {
            let number = (lastServed + step) % max(walks.count, 1)
            guard walks.indices.contains(number), walks[number].hasWork, let next = walks[number].next else { continue }
            lastServed = number
            return Work(
                number: number, generation: walks[number].generation, position: next,
                process: walks[number].process, countMax: walks[number].stretchFiles)
        }
        return nil
    }

    /// What to do with a file of a stretch.
    package mutating func decide(_ file: FileAhead, _ work: Work) -> Decision {
        guard isCurrent(work), let isWanted = walks[work.number].take(file, isKnown: recent.contains(file.node)) else {
            return .stop
        }
        if isWanted { _ = recent.insert(file.node) }
        return isWanted ? .open : .pass
    }

    /// The stretch is opened.
    package mutating func finish(_ work: Work, at end: WalkPosition, isBlocked: Bool) {
        if isCurrent(work) { walks[work.number].reach(end, isBlocked: isBlocked) }
    }

    /// Who walked is gone.
    package mutating func end(_ work: Work) {
        if isCurrent(work) { walks[work.number].rest() }
    }

    private func isCurrent(_ work: Work) -> Bool {
        walks[work.number].generation == work.generation
    }

    /// A walker has read something that was not opened ahead.
    private mutating func follow(_ number: Int, _ next: WalkPosition, _ position: WalkPosition, isLost: Bool) {
        let distance = position.index - next.index
        if position.directory == next.directory, (0...MountLimits.aheadOvertakingMax).contains(distance) {
            // It was faster. What it reads next it will have asked for before that can be opened.
            walks[number].confirm(at: WalkPosition(position.directory, position.index + 2))
        } else if !isLost, position.directory != next.directory || distance > 0 {
            walks[number].stray(to: position)
        }
    }

    /// Decides whether a reader walks.
    private mutating func consider(_ number: Int, _ position: WalkPosition) {
        let last = walks[number].last
        walks[number].last = position
        guard position.directory == last.directory else { return walks[number].readsInDirectory = 1 }
        walks[number].readsInDirectory += 1
        if (1...MountLimits.aheadNeighboursMax).contains(position.index - last.index) {
            walks[number].go(to: WalkPosition(position.directory, position.index + 1))
        } else if walks[number].readsInDirectory >= MountLimits.aheadReadsInAnyOrder {
            walks[number].go(to: WalkPosition(position.directory, 0))
        }
    }

    /// A file that the kernel was given is asked for: once that is chance, some times the kernel has lost them.
    private mutating func noteLost() {
        lostCount += 1
        guard lostCount >= MountLimits.aheadLostMax else { return }
        lostCount = 0
        recent.removeAll()
    }

    /// The walk that a read belongs to: one that is near, whoever reads, or else that of the process.
    private func number(at position: WalkPosition, _ process: UInt32) -> Int? {
        walks.indices.first { walks[$0].isNear(position) } ?? walks.indices.first { walks[$0].process == process }
    }

    private mutating func touch(_ number: Int, _ process: UInt32) {
        walks[number].process = process
        walks[number].lastUse = now
    }

    private mutating func add(_ walk: Walk) {
        guard walks.count >= MountLimits.aheadWalksMax,
            let oldest = walks.indices.min(by: { walks[$0].lastUse < walks[$1].lastUse })
        else { return walks.append(walk) }
        walks[oldest].replace(with: walk)
    }
}
