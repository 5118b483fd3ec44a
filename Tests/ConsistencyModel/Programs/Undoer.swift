/// Where whoever undoes a forgetting stands.
struct Undoer {
    enum Stage: UInt8 {
        case absent, looking, claiming, acknowledged, refused
    }

    var stage = Stage.absent
    var tombstone: UInt8 = 0
}

extension Model {
    /// The next step of whoever undoes.
    func moveUndoer(in world: World, _ moves: inout Moves) {
        let tombstone = Int(world.undoer.tombstone)
        moves.actor = .undoer
        switch world.undoer.stage {
        case .absent, .acknowledged, .refused:
            break
        case .looking:
            guard let open = world.openTombstone(of: scenario.subject) else { break }
            moves.add(world, "finds a tombstone") { $0.undoer = Undoer(stage: .claiming, tombstone: UInt8(open)) }
        case .claiming where world.tombstones[tombstone] == .open:
            moves.create(
                world, "creates the tombstone's final key: undone", { $0.tombstones[tombstone] = .undone },
                then: { $0.undoer.stage = .acknowledged })
        case .claiming:
            let isUndone = world.tombstones[tombstone] == .undone || !protections.has(.readsFinalBack)
            moves.add(world, isUndone ? "finds the tombstone undone" : "finds the tombstone swept") {
                $0.undoer.stage = isUndone ? .acknowledged : .refused
            }
        }
    }
}
