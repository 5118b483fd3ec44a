/// Where whoever forgets a snapshot stands.
struct Forgetter {
    enum Stage: UInt8 {
        case absent, creating, lookingForHolds, withdrawing, acknowledged, refused
    }

    var stage = Stage.absent
    /// The tombstone that it created.
    var tombstone: UInt8 = 0
    /// How many times it has forgotten before.
    var rounds: UInt8 = 0
}

extension Model {
    /// The next step of whoever forgets.
    func moveForgetter(in world: World, _ moves: inout Moves) {
        let forgetter = world.forgetter
        let tombstone = Int(forgetter.tombstone)
        moves.actor = .forgetter
        switch forgetter.stage {
        case .absent, .refused:
            break
        case .creating:
            guard world.published.contains(scenario.subject), !world.isSwept(scenario.subject) else { break }
            let open = world.openTombstone(of: scenario.subject)
            let next = open ?? world.newestTombstone(of: scenario.subject).map { $0 + 1 } ?? scenario.subject * 2
            guard next < (scenario.subject + 1) * Capacity.tombstones else { break }
            moves.create(
                world, open == nil ? "creates a tombstone" : "finds a tombstone", { $0.tombstones[next] = .open },
                then: {
                    $0.forgetter.tombstone = UInt8(next)
                    $0.forgetter.stage = protections.has(.forgetLooksForHolds) ? .lookingForHolds : .acknowledged
                })
        case .lookingForHolds:
            moves.add(world, "looks for holds") {
                $0.forgetter.stage = $0.isHeld(scenario.subject) ? .withdrawing : .acknowledged
            }
        case .withdrawing:
            moves.create(
                world, "undoes its own tombstone",
                { if $0.tombstones[tombstone] == .open { $0.tombstones[tombstone] = .undone } },
                then: { $0.forgetter.stage = .refused })
        case .acknowledged:
            guard Int(forgetter.rounds) + 1 < scenario.forgets, world.tombstones[tombstone] == .undone else { break }
            moves.add(world, "begins to forget once more") {
                $0.forgetter.rounds += 1
                $0.forgetter.stage = .creating
            }
        }
    }
}
