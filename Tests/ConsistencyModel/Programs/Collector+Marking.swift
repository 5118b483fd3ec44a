extension Model {
    /// Lists packs and segments, and plans what would go.
    func list(_ index: Int, _ world: World, _ moves: inout Moves) {
        let collector = world.collectors[index]
        if scenario.arbitraryPlans, !seesEverything(index) {
            world.packs.forEachSubset { planned in
                moves.add(world, "lists packs, and plans as it likes") { proceed(to: planned, index, &$0) }
            }
            return
        }
        var seen: [PackSet] = []
        let needed = world.references(of: stayingSnapshots(collector))
        forEachView(index, world) { view in
            let all = world.packs
            guard let planned = unneeded(all, needed, view, world, keepsOthers: false) else {
                if !seen.contains(PackSet(bits: .max)) {
                    seen.append(PackSet(bits: .max))
                    moves.add(world, "misses a live chunk, and refuses") {
                        $0.collectors[index] = Collector(stage: .refused)
                    }
                }
                return
            }
            if seen.contains(planned) { return }
            seen.append(planned)
            if let source = repackable(index, all - planned, needed, world) {
                moves.add(world, "decides to move what is left of a pack") {
                    $0.collectors[index].stage = .copying
                    $0.collectors[index].going = [source]
                }
            } else if planned.isEmpty, collector.plannedTombstones.isEmpty, isTidy(world) {
                moves.add(world, "finds nothing to collect") { $0.collectors[index] = Collector(stage: .done) }
            } else {
                moves.add(world, "lists packs, and plans what would go") { proceed(to: planned, index, &$0) }
            }
        }
    }

    /// The snapshots that are live if all tombstones that are meant are swept.
    private func stayingSnapshots(_ collector: Collector) -> SessionSet {
        var result = collector.live
        for tombstone in collector.plannedTombstones { result.remove(tombstone / Capacity.tombstones) }
        return result
    }

    private func proceed(to planned: PackSet, _ index: Int, _ world: inout World) {
        world.collectors[index].plannedPacks = planned
        world.collectors[index].stage = .creating
        if !protections.has(.quarantinesBeforeSettling) {
            world.collectors[index].stage = .settling
            if protections.has(.asksForSessionsAgain) { world.collectors[index].live = [] }
        }
    }

    /// Every way in which a collector can see the index: what it reads is there, or was.
    func forEachView(_ index: Int, _ world: World, _ body: (SegmentSet) -> Void) {
        if scenario.staleListings, !seesEverything(index) {
            world.segmentsEver.forEachSubset(body)
        } else {
            body(world.segments)
        }
    }

    /// The packs of `candidates` that hold nothing of `needed` that isn't kept elsewhere, or nil when a chunk that is
    /// needed is nowhere.
    func unneeded(
        _ candidates: PackSet, _ needed: ChunkSet, _ view: SegmentSet, _ world: World, keepsOthers: Bool
    ) -> PackSet? {
        var known = world.packs(listedBy: view)
        if protections.has(.collectorRemembersSweeps) { known = known - world.sweptPacks }
        if protections.has(.asksForKeptPacks) { known = known & world.packs }
        let others = keepsOthers ? known - candidates : []
        if !world.chunks(in: others | candidates & known).contains(all: needed), protections.has(.refusesMissingChunks)
        {
            return nil
        }
        // One pass is enough: a pack goes when the others that are still kept have all that is needed of it. Packs
        // that were repacked come last, for what they were made from is to go.
        var kept = candidates & known
        for pack in 0..<Capacity.packs where kept.contains(pack) {
            var elsewhere = protections.has(.keepsOneOfDuplicates) ? others | kept : known
            elsewhere.remove(pack)
            if world.chunks(in: elsewhere).contains(all: world.packChunks[pack] & needed) { kept.remove(pack) }
        }
        return candidates - kept
    }

    /// Whether every session has ended, and nothing lies about that no plan names.
    private func isTidy(_ world: World) -> Bool {
        let committed = world.sessions(with: .committed)
        let dead = world.swept(of: committed) | world.sessions(with: .aborted)
        return (dead & (world.published | world.pending)).isEmpty && (committed - dead - world.published).isEmpty
            && (committed | dead).count == world.sessionCount
            && (world.packs(listedBy: world.segments) & world.sweptPacks).isEmpty
    }

    /// A kept pack of which only a part is needed.
    private func repackable(_ index: Int, _ kept: PackSet, _ needed: ChunkSet, _ world: World) -> Int? {
        guard scenario.repacks, index < Capacity.collectors,
            !world.segmentsEver.contains(Capacity.repackedSegment(of: index))
        else { return nil }
        return kept.first { pack in
            !(world.packChunks[pack] & needed).isEmpty && !(world.packChunks[pack] - needed).isEmpty
        }
    }

    /// Moves what is left of a pack to a new one, and lists that, before anything is planned.
    func repack(_ index: Int, _ world: World, _ moves: inout Moves) {
        let collector = world.collectors[index]
        let pack = Capacity.repackedPack(of: index)
        let segment = Capacity.repackedSegment(of: index)
        if collector.stage == .copyingIndex {
            moves.create(
                world, "lists the new pack in a segment", { $0.createSegment(segment, listing: [pack]) },
                then: {
                    $0.collectors[index].stage = .listing
                    $0.collectors[index].going = []
                })
        } else if world.packs.contains(all: collector.going) {
            let left = world.chunks(in: collector.going) & world.references(of: stayingSnapshots(collector))
            moves.create(
                world, "copies what is left of a pack to a new one", { $0.createPack(pack, holding: left) },
                then: { $0.collectors[index].stage = .copyingIndex })
        } else {
            moves.add(world, "misses the pack that it would copy, and begins again") {
                $0.collectors[index] = Collector(stage: .starting)
            }
        }
    }
}
