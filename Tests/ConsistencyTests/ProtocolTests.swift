import ConsistencyModel
import Testing

@Suite struct ProtocolTests {
    @Test("Nothing goes wrong in any interleaving", arguments: ExploredScenario.all)
    func everyInterleaving(_ explored: ExploredScenario) {
        let exploration = explore(explored.scenario)
        #expect(exploration.finding == nil, Comment(rawValue: exploration.finding?.description ?? ""))
        #expect(exploration.isComplete)
        #expect(exploration.worldCount == explored.worldCount)
    }

    @Test("More than a million worlds are explored, a million of them of one scenario with everyone in it")
    func countOfWorlds() {
        #expect(ExploredScenario.all.map(\.worldCount).reduce(0, +) >= 1_000_000)
        #expect(ExploredScenario.everyone.worldCount >= 1_000_000)
    }
}
