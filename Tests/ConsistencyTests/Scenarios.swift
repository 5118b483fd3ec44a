import ConsistencyModel
import Testing

/// The scenarios that are explored, and how many different worlds each has.
///
/// The counts are exact: a change of the model that changes what can happen shows here.
struct ExploredScenario: Sendable, CustomTestStringConvertible {
    let scenario: Scenario
    let worldCount: Int

    var testDescription: String { scenario.name }

    init(_ name: String, worldCount: Int, _ change: (inout Scenario) -> Void) {
        var scenario = Scenario(name)
        change(&scenario)
        (self.scenario, self.worldCount) = (scenario, worldCount)
    }

    static let twoWriters = ExploredScenario("two writers, a forgetter, stale listings", worldCount: 514_207) {
        $0.backups = [.init([0, 2], inherits: true), .init([0, 1])]
        ($0.collectors, $0.forgets, $0.staleListings) = (1, 1, true)
    }

    static let everyone = ExploredScenario(
        "two writers, a forgetter, a mount, stale listings, one chunk", worldCount: 4_935_056
    ) {
        ($0.firstSnapshot, $0.firstPack) = ([0], [0])
        $0.backups = [.init([0], inherits: true), .init([0])]
        ($0.collectors, $0.forgets, $0.staleListings, $0.mounts) = (1, 1, true, true)
    }

    static let holdsAndUndoes = ExploredScenario("forgotten twice, undone, held, released", worldCount: 205_034) {
        $0.backups = [.init([0, 2])]
        ($0.collectors, $0.forgets) = (1, 2)
        ($0.undoes, $0.holds, $0.releases) = (true, true, true)
    }

    static let holds = ExploredScenario("forgotten twice and held, lost replies", worldCount: 1_777) {
        ($0.collectors, $0.forgets, $0.holds, $0.lostReplies) = (1, 2, true, true)
    }

    static let twoCollectors = ExploredScenario("two collectors, two generations, duplicates", worldCount: 792_901) {
        $0.backups = [.init([0, 2])]
        ($0.collectors, $0.generationsMax, $0.forgets, $0.secondPack) = (2, 2, 1, [0])
    }

    static let repacking = ExploredScenario("repacking, a mount, stale listings", worldCount: 204_138) {
        $0.backups = [.init([0, 2])]
        ($0.firstPack, $0.repacks) = ([0, 1, 3], true)
        ($0.collectors, $0.forgets, $0.mounts, $0.staleListings) = (1, 1, true, true)
    }

    static let restarts = ExploredScenario(
        "a writer that begins anew, two generations, lost replies", worldCount: 624_934
    ) {
        $0.backups = [.init([0, 2], restarts: 1)]
        ($0.collectors, $0.generationsMax, $0.forgets, $0.lostReplies) = (1, 2, 1, true)
    }

    static let arbitraryPlans = ExploredScenario("two writers, a first mark that is wrong", worldCount: 320_168) {
        $0.backups = [.init([0, 2], inherits: true), .init([0, 1])]
        ($0.collectors, $0.forgets, $0.arbitraryPlans) = (1, 1, true)
    }

    static let undoneParent = ExploredScenario("a parent forgotten, undone, forgotten", worldCount: 24_894) {
        $0.backups = [.init([0, 2], inherits: true)]
        ($0.collectors, $0.forgets, $0.undoes, $0.arbitraryPlans) = (1, 2, true, true)
    }

    static let freshSnapshot = ExploredScenario("a new snapshot is forgotten and inherited from", worldCount: 139_942) {
        $0.subject = 1
        $0.backups = [.init([0, 2]), .init([2, 3], inherits: true)]
        ($0.collectors, $0.forgets, $0.arbitraryPlans) = (1, 1, true)
    }

    static let collectorsUndone = ExploredScenario(
        "two collectors, undone, stale listings, duplicates", worldCount: 26_200
    ) {
        ($0.firstSnapshot, $0.secondPack) = ([0], [0])
        ($0.collectors, $0.forgets, $0.undoes, $0.staleListings) = (2, 1, true, true)
    }

    static let collectorsRepacking = ExploredScenario("two collectors repack, a mount", worldCount: 43_856) {
        ($0.firstPack, $0.repacks, $0.mounts) = ([0, 1, 3], true, true)
        ($0.collectors, $0.generationsMax) = (2, 2)
    }

    static let latePublisher = ExploredScenario("a new snapshot is forgotten, lost replies", worldCount: 1_177) {
        $0.subject = 1
        $0.backups = [.init([0, 2])]
        ($0.collectors, $0.forgets, $0.lostReplies) = (1, 1, true)
    }

    static let sharedSegment = ExploredScenario(
        "a hold, a segment of two packs, a first mark that is wrong", worldCount: 75_767
    ) {
        $0.backups = [.init([0, 2])]
        ($0.secondPack, $0.sharesSegment) = ([2, 3], true)
        ($0.collectors, $0.forgets, $0.holds, $0.arbitraryPlans) = (1, 1, true, true)
    }

    static let all = [
        twoWriters, everyone, holdsAndUndoes, holds, twoCollectors, repacking, restarts, arbitraryPlans, undoneParent,
        freshSnapshot, collectorsUndone, collectorsRepacking, latePublisher, sharedSegment,
    ]
}
