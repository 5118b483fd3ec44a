extension Model {
    /// The second mark: what of the plan is still not needed, by an index that is read now.
    func judge(_ index: Int, _ world: World, _ moves: inout Moves) {
        let collector = world.collectors[index]
        let needed = world.references(of: collector.live - collector.dead)
        var seen: [PackSet?] = []
        forEachView(index, world) { view in
            var going = Optional(collector.plannedPacks)
            if protections.has(.marksAgain) {
                going = unneeded(collector.plannedPacks, needed, view, world, keepsOthers: true)
            }
            if seen.contains(going) { return }
            seen.append(going)
            guard let going else {
                moves.add(world, "misses a live chunk, and refuses") {
                    $0.collectors[index] = Collector(stage: .refused)
                }
                return
            }
            moves.add(world, "marks again, and takes back what is needed") {
                $0.collectors[index].going = going
                $0.collectors[index].live = []
                $0.collectors[index].plannedTombstones = []
                $0.collectors[index].stage = .planning
            }
        }
    }

    /// Stores the sweep plan, or goes on with the one that is there.
    func plan(_ index: Int, _ world: World, _ moves: inout Moves) {
        let collector = world.collectors[index]
        let generation = Int(collector.generation) - 1
        var next = Collector(stage: .tidying, generation: collector.generation)
        // From here on only the stored plan counts.
        if !protections.has(.adoptsSweep) { next.going = collector.going }
        if world.generations[generation].hasSweep {
            moves.add(world, "finds a sweep plan") { $0.collectors[index] = next }
            return
        }
        let known = world.swept(of: world.sessions(with: .committed))
        moves.create(
            world, "creates the sweep plan",
            {
                $0.generations[generation].hasSweep = true
                $0.generations[generation].sweptPacks = collector.going
                $0.generations[generation].deadSessions = collector.dead | known | world.sessions(with: .aborted)
            },
            then: { $0.collectors[index] = next })
    }

    /// Lists the index, and finds the segments that list what was swept; or leaves that to another time, for want of
    /// space.
    func tidy(_ index: Int, _ world: World, _ moves: inout Moves) {
        let gone = world.sweptPacks | world.collectors[index].going
        var seen: [SegmentSet] = []
        if scenario.skipsIndex, !seesEverything(index) {
            seen.append([])
            moves.add(world, "leaves the index as it is") { $0.collectors[index].stage = .deleting }
        }
        forEachView(index, world) { view in
            var replaced = SegmentSet()
            for segment in view & world.segments where !(world.segmentPacks[segment] & gone).isEmpty {
                replaced.insert(segment)
            }
            if seen.contains(replaced) { return }
            seen.append(replaced)
            let isDone = replaced.isEmpty || !protections.has(.replacesIndexFirst)
            moves.add(world, "lists the index, and finds what to replace") {
                $0.collectors[index].replaced = replaced
                $0.collectors[index].stage = isDone ? .deleting : .replacing
            }
        }
    }

    /// Stores a segment that lists what stays of those that are replaced.
    func replace(_ index: Int, _ world: World, _ moves: inout Moves) {
        let collector = world.collectors[index]
        let staying = world.packs(listedBy: collector.replaced) - collector.going - world.sweptPacks
        if staying.isEmpty {
            moves.add(world, "has no segment to store") { $0.collectors[index].stage = .deleting }
            return
        }
        let segment = Capacity.replacement(of: index, generation: Int(collector.generation))
        moves.create(
            world, "stores a segment without what was swept", { $0.createSegment(segment, listing: staying) },
            then: { $0.collectors[index].stage = .deleting })
    }

    /// Deletes the next thing: snapshots first, then the segments that it has replaced, then packs; then closes the
    /// generation.
    func delete(_ index: Int, _ world: World, _ moves: inout Moves) {
        let collector = world.collectors[index]
        let number = Int(collector.generation) - 1
        let generation = world.generations[number]
        let packs = protections.has(.adoptsSweep) ? generation.sweptPacks : collector.going
        if let snapshot = (generation.deadSessions & world.published).first {
            moves.add(world, "deletes a snapshot") { $0.published.remove(snapshot) }
        } else if let snapshot = (generation.deadSessions & world.pending).first {
            moves.add(world, "deletes a pending manifest") { $0.pending.remove(snapshot) }
        } else if let segment = (collector.replaced & world.segments).first {
            moves.add(world, "deletes a segment") { $0.segments.remove(segment) }
        } else if !protections.has(.replacesIndexFirst), !collector.replaced.isEmpty {
            replaceLate(index, world, &moves)
        } else if let pack = (packs & world.packs).first {
            moves.add(world, "deletes a pack") { $0.packs.remove(pack) }
        } else {
            moves.create(
                world, "closes the generation", { $0.generations[number].isClosed = true },
                then: { $0.collectors[index] = Collector(stage: .starting) })
        }
    }

    /// What the protocol doesn't do: the new segment is stored when the old ones are gone.
    private func replaceLate(_ index: Int, _ world: World, _ moves: inout Moves) {
        let collector = world.collectors[index]
        let staying = world.packs(listedBy: collector.replaced) - collector.going - world.sweptPacks
        let segment = Capacity.replacement(of: index, generation: Int(collector.generation))
        moves.add(world, "stores a segment without what was swept") {
            if !staying.isEmpty { $0.createSegment(segment, listing: staying) }
            $0.collectors[index].replaced = []
        }
    }
}
