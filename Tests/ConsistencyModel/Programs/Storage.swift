extension Model {
    /// What the storage does by itself: a request that was given up, and repeated, arrives after all, and what was
    /// created and deleted is there again.
    func moveStorage(in world: World, _ moves: inout Moves) {
        guard scenario.delaysRequests else { return }
        moves.actor = .storage
        for pack in world.packsEver - world.packs {
            moves.add(world, "has a pack again that was deleted") { $0.packs.insert(pack) }
        }
        for segment in world.segmentsEver - world.segments {
            moves.add(world, "has a segment again that was deleted") { $0.segments.insert(segment) }
        }
        for snapshot in world.swept(of: world.sessions(with: .committed)) - world.published {
            moves.add(world, "has a snapshot again that was deleted") { $0.published.insert(snapshot) }
        }
    }
}
