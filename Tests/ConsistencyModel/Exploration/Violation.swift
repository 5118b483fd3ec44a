/// What must never be true.
public enum Violation: Sendable, Equatable {
    /// A chunk of a committed snapshot that wasn't swept is deleted, or in no segment.
    case lostChunk
    /// A snapshot is listed whose chunks aren't all there.
    case brokenListing
    /// A held snapshot was swept.
    case sweptHeld
    /// A snapshot was forgotten and held, and both were acknowledged.
    case forgottenAndHeld
    /// Undoing was acknowledged, and the tombstone says otherwise.
    case lostUndo
    /// A commit was acknowledged, and the outcome says otherwise, or nothing is published.
    case lostCommit
    /// A mount got an error for a snapshot that is live.
    case failedRead
    /// A collector that runs alone can't finish.
    case stuckCollector
    /// A collector that ran alone has left garbage.
    case garbage
}

extension Model {
    /// What is wrong in a world, if anything is.
    func violation(in world: World) -> Violation? {
        let readable = world.chunks(in: world.readablePacks)
        let committed = world.sessions(with: .committed)
        for snapshot in committed where !readable.contains(all: world.sessions[snapshot].references) {
            // Without the claim, a snapshot dies while its tombstone is open: that counts only once it is undone.
            if !protections.has(.claimsTombstones), world.openTombstone(of: snapshot) != nil { continue }
            if !world.isSwept(snapshot) { return .lostChunk }
        }
        let there = world.chunks(in: world.packs & world.packs(listedBy: world.segments))
        for snapshot in world.published where !there.contains(all: world.sessions[snapshot].references) {
            if !(protections.has(.ignoresSweptSnapshots) && world.isSwept(snapshot)) { return .brokenListing }
        }
        let subject = scenario.subject
        if world.holder.stage == .acknowledged {
            if world.isSwept(subject) { return .sweptHeld }
            if world.forgetter.stage == .acknowledged, world.tombstones[Int(world.forgetter.tombstone)] == .open {
                return .forgottenAndHeld
            }
        }
        if world.undoer.stage == .acknowledged, world.tombstones[Int(world.undoer.tombstone)] != .undone {
            return .lostUndo
        }
        for index in 0..<Capacity.writers where world.writers[index].stage == .acknowledged {
            let session = Int(world.writers[index].session)
            guard committed.contains(session) else { return .lostCommit }
            if !world.published.contains(session), !world.isSwept(session) { return .lostCommit }
        }
        return world.mount.stage == .failed ? .failedRead : nil
    }

    /// What is wrong when everybody stops here for ever, and one collector runs, alone, until it finds nothing to do.
    func violation(atEndOf world: World, _ moves: inout Moves) -> Violation? {
        if !scenario.looksAtEnd { return nil }
        var world = world
        let last = Capacity.lastCollector
        world.collectors[last].stage = .starting
        for _ in 0..<200 {
            if world.collectors[last].stage == .done { return garbage(in: world) }
            moves.removeAll()
            moves.losesReplies = false
            move(collector: last, in: world, &moves)
            guard let move = moves.all.first else { return .stuckCollector }
            world = move.world
            if let violation = violation(in: world) { return violation }
        }
        return .stuckCollector
    }

    private func garbage(in world: World) -> Violation? {
        let committed = world.sessions(with: .committed)
        let live = committed - world.swept(of: committed)
        // What is committed is published in the end, and nothing else is.
        guard live == world.published, live.contains(all: world.pending) else { return .garbage }
        for snapshot in live where !world.isHeld(snapshot) {
            if world.openTombstone(of: snapshot) != nil { return .garbage }
        }
        // Each pack that is left is listed, and holds something that no other pack holds and that is needed.
        guard world.readablePacks == world.packs, world.packs(listedBy: world.segments) == world.packs else {
            return .garbage
        }
        let needed = world.references(of: live)
        for pack in world.packs {
            var others = world.packs
            others.remove(pack)
            if (needed & world.packChunks[pack] - world.chunks(in: others)).isEmpty { return .garbage }
        }
        return nil
    }
}
