/// What was found in a scenario.
public struct Exploration: Sendable {
    /// A violation, and the shortest way to it.
    public struct Finding: Sendable {
        /// What is wrong.
        public var violation: Violation
        /// Whether it shows only once everybody has stopped and one collector has run alone.
        public var isAfterStopping: Bool
        /// The steps, in words.
        public var trace: [String]

        /// The trace and what it leads to, a line a step.
        public var description: String {
            let steps = trace.enumerated().map { "\($0.offset + 1). \($0.element)" }
            let end = isAfterStopping ? "Here everybody stops, and one collector runs alone: " : ""
            return (steps + ["\(end)\(violation)"]).joined(separator: "\n")
        }
    }

    /// How many different worlds were met.
    public var worldCount = 0
    /// How many steps were tried.
    public var moveCount = 0
    /// The length of the longest shortest way.
    public var depth = 0
    /// Whether every reachable world was met.
    public var isComplete = false
    /// What is wrong first, breadth first.
    public var finding: Finding?
}

/// Explores every interleaving of a scenario, breadth first, until something is wrong.
///
/// Each world is checked as it is, and once more as it would be if all actors stopped there for ever and a collector
/// that sees everything ran alone. Ends early, with `isComplete` false, when there are more than `worldsMax`.
public func explore(_ scenario: Scenario, worldsMax: Int = 20_000_000) -> Exploration {
    let model = Model(scenario: scenario)
    var visited = VisitedWorlds()
    var result = Exploration()
    var moves = Moves()
    var lastMoves = Moves()
    let start = scenario.start
    _ = visited.insert(Fingerprint(start), parent: 0, move: 0)
    var frontier = [(number: 0, world: start)]
    while !frontier.isEmpty {
        var next: [(number: Int, world: World)] = []
        for (number, world) in frontier {
            model.moves(in: world, &moves)
            result.moveCount += moves.all.count
            for (index, move) in moves.all.enumerated() {
                let fingerprint = Fingerprint(move.world)
                guard let reached = visited.insert(fingerprint, parent: number, move: index) else { continue }
                result.worldCount = visited.count
                let atOnce = model.violation(in: move.world)
                if let violation = atOnce ?? model.violation(atEndOf: move.world, &lastMoves) {
                    result.finding = Exploration.Finding(
                        violation: violation, isAfterStopping: atOnce == nil,
                        trace: model.trace(from: start, visited.moves(to: reached)))
                    return result
                }
                next.append((reached, move.world))
            }
            if visited.count > worldsMax { return result }
        }
        if !next.isEmpty { result.depth += 1 }
        frontier = next
    }
    result.isComplete = true
    return result
}

extension Model {
    /// The steps of these numbers in words.
    func trace(from start: World, _ numbers: [Int]) -> [String] {
        var moves = Moves()
        var world = start
        return numbers.map { number in
            self.moves(in: world, &moves)
            world = moves.all[number].world
            return moves.all[number].description
        }
    }
}
