import ConsistencyModel
import Glibc
import Testing

/// More worlds than a usual run has time for: `PASTFS_EXPLORE=1 scripts/test LongExploration`.
@Suite(.enabled(if: getenv("PASTFS_EXPLORE") != nil), .serialized) struct LongExplorationTests {
    static let scenarios = [
        ExploredScenario("two writers, two collectors, a forgetter", worldCount: 8_014_975) {
            $0.backups = [.init([0, 2], inherits: true), .init([0, 1])]
            ($0.collectors, $0.forgets) = (2, 1)
        },
        ExploredScenario("two writers, a forgetter, a mount, stale listings, three chunks", worldCount: 8_740_456) {
            $0.backups = [.init([0, 2], inherits: true), .init([0, 1])]
            ($0.collectors, $0.forgets, $0.staleListings, $0.mounts) = (1, 1, true, true)
        },
    ]

    @Test("Nothing goes wrong in any interleaving of a large scenario", arguments: scenarios)
    func everyInterleaving(_ explored: ExploredScenario) {
        let exploration = explore(explored.scenario, worldsMax: 100_000_000)
        #expect(exploration.finding == nil, Comment(rawValue: exploration.finding?.description ?? ""))
        #expect(exploration.isComplete)
        #expect(exploration.worldCount == explored.worldCount)
    }
}
