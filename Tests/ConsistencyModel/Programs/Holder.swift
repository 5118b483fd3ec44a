/// Where whoever holds a snapshot stands.
struct Holder {
    enum Stage: UInt8 {
        case absent, creating, looking, claiming, acknowledged, releasing, failing, failed, released
    }

    var stage = Stage.absent
    var tombstone: UInt8 = 0
}

extension Model {
    /// The next step of whoever holds.
    func moveHolder(in world: World, _ moves: inout Moves) {
        let subject = scenario.subject
        let hold = subject * Capacity.holds
        let tombstone = Int(world.holder.tombstone)
        moves.actor = .holder
        switch world.holder.stage {
        case .absent, .failed, .released:
            break
        case .creating:
            guard world.published.contains(subject) else { break }
            moves.create(
                world, "creates a hold", { $0.holds[hold] = .active },
                then: { $0.holder.stage = protections.has(.holdLooksForTombstone) ? .looking : .acknowledged })
        case .looking:
            moves.add(world, "looks for a tombstone") {
                if $0.isSwept(subject) {
                    $0.holder.stage = .failing
                } else if let open = $0.openTombstone(of: subject) {
                    $0.holder = Holder(stage: .claiming, tombstone: UInt8(open))
                } else {
                    $0.holder.stage = .acknowledged
                }
            }
        case .claiming where world.tombstones[tombstone] == .open:
            moves.create(
                world, "creates the tombstone's final key: undone", { $0.tombstones[tombstone] = .undone },
                then: { $0.holder = Holder(stage: .acknowledged) })
        case .claiming:
            moves.add(world, "reads the tombstone's final key") {
                $0.holder = Holder(stage: $0.tombstones[tombstone] == .undone ? .acknowledged : .failing)
            }
        case .acknowledged:
            guard scenario.releases else { break }
            moves.add(world, "decides to release the hold") { $0.holder.stage = .releasing }
        case .releasing, .failing:
            let isFailing = world.holder.stage == .failing
            moves.create(
                world, "releases the hold", { $0.holds[hold] = .released },
                then: { $0.holder.stage = isFailing ? .failed : .released })
        }
    }
}
