/// Where a mount stands that reads a chunk of a snapshot.
struct Mount {
    enum Stage: UInt8 {
        case absent, choosing, reading, refreshing, done, gone, failed
    }

    var stage = Stage.absent
    var snapshot: UInt8 = 0
    var chunk: UInt8 = 0
    /// The packs that its index gives for the chunk.
    var packs = PackSet()
}

extension Model {
    /// The next step of a mount.
    func moveMount(in world: World, _ moves: inout Moves) {
        let mount = world.mount
        moves.actor = .mount
        switch mount.stage {
        case .absent, .done, .gone, .failed:
            break
        case .choosing:
            for snapshot in world.published where !(protections.has(.ignoresSweptSnapshots) && world.isSwept(snapshot))
            {
                for chunk in world.sessions[snapshot].references { open(snapshot, chunk, world, &moves) }
            }
        case .reading where !(mount.packs & world.packs).isEmpty:
            moves.add(world, "reads a chunk") { $0.mount = Mount(stage: .done) }
        case .reading where protections.has(.readerLooksAgain):
            moves.add(world, "misses a pack") { $0.mount.stage = .refreshing }
        case .reading:
            moves.add(world, "misses a pack, and gives up") { giveUp(&$0) }
        case .refreshing:
            moves.add(world, "reads the index again") {
                $0.mount.packs = packs(holding: Int(mount.chunk), among: $0.readablePacks, in: $0)
                if $0.mount.packs.isEmpty { giveUp(&$0) } else { $0.mount.stage = .reading }
            }
        }
    }

    private func open(_ snapshot: Int, _ chunk: Int, _ world: World, _ moves: inout Moves) {
        let listed = scenario.staleListings ? world.segmentsEver : world.segments
        let packs = packs(holding: chunk, among: world.packs(listedBy: listed), in: world)
        let views = scenario.staleListings ? packs : []
        views.forEachSubset { left in
            moves.add(world, "opens a snapshot") {
                $0.mount = Mount(
                    stage: .reading, snapshot: UInt8(snapshot), chunk: UInt8(chunk),
                    packs: scenario.staleListings ? left : packs)
            }
        }
    }

    private func packs(holding chunk: Int, among packs: PackSet, in world: World) -> PackSet {
        var result = PackSet()
        for pack in packs where world.packChunks[pack].contains(chunk) { result.insert(pack) }
        return result
    }

    /// A snapshot that was swept is gone; of any other, this is a failure.
    private func giveUp(_ world: inout World) {
        world.mount = Mount(stage: world.isSwept(Int(world.mount.snapshot)) ? .gone : .failed)
    }
}
