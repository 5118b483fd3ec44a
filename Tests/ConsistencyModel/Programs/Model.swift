/// The protocol, as programs of atomic steps: each step is one call of the storage and what is computed from it.
///
/// A pause is any order of steps; an actor that has crashed takes none. What an actor knows is in its own fields.
struct Model {
    let scenario: Scenario
    var protections: Protections { scenario.protections }

    /// Every step that is possible in `world`.
    func moves(in world: World, _ moves: inout Moves) {
        moves.removeAll()
        moves.losesReplies = scenario.lostReplies
        for writer in 0..<scenario.backups.count { move(writer: writer, in: world, &moves) }
        for collector in 0..<scenario.collectors { move(collector: collector, in: world, &moves) }
        moveForgetter(in: world, &moves)
        moveUndoer(in: world, &moves)
        moveHolder(in: world, &moves)
        moveMount(in: world, &moves)
        moveStorage(in: world, &moves)
    }
}
