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

    static let twoWriters = ExploredScenario("two writers, a forgetter, stale listings", worldCount: 503_474) {
        $0.backups = [.init([0, 2], inherits: true), .init([0, 1])]
        ($0.collectors, $0.forgets, $0.staleListings) = (1, 1, true)
    }

    static let everyone = ExploredScenario(
        "two writers, a forgetter, a mount, stale listings, one chunk", worldCount: 5_050_866
    ) {
        ($0.firstSnapshot, $0.firstPack) = ([0], [0])
        $0.backups = [.init([0], inherits: true), .init([0])]
        ($0.collectors, $0.forgets, $0.staleListings, $0.mounts) = (1, 1, true, true)
    }

    static let holdsAndUndoes = ExploredScenario("forgotten twice, undone, held, released", worldCount: 207_648) {
        $0.backups = [.init([0, 2])]
        ($0.collectors, $0.forgets) = (1, 2)
        ($0.undoes, $0.holds, $0.releases) = (true, true, true)
    }

    static let holds = ExploredScenario("forgotten twice and held, lost replies", worldCount: 1_516) {
        ($0.collectors, $0.forgets, $0.holds, $0.lostReplies) = (1, 2, true, true)
    }

    static let twoCollectors = ExploredScenario("two collectors, two generations, duplicates", worldCount: 933_677) {
        $0.backups = [.init([0, 2])]
        ($0.collectors, $0.generationsMax, $0.forgets, $0.secondPack) = (2, 2, 1, [0])
    }

    static let repacking = ExploredScenario("repacking, a mount, stale listings", worldCount: 196_130) {
        $0.backups = [.init([0, 2])]
        ($0.firstPack, $0.repacks) = ([0, 1, 3], true)
        ($0.collectors, $0.forgets, $0.mounts, $0.staleListings) = (1, 1, true, true)
    }

    static let restarts = ExploredScenario(
        "a writer that begins anew, two generations, lost replies", worldCount: 464_430
    ) {
        $0.backups = [.init([0, 2], restarts: 1)]
        ($0.collectors, $0.generationsMax, $0.forgets, $0.lostReplies) = (1, 2, 1, true)
    }

    static let arbitraryPlans = ExploredScenario("two writers, a first mark that is wrong", worldCount: 328_223) {
        $0.backups = [.init([0, 2], inherits: true), .init([0, 1])]
        ($0.collectors, $0.forgets, $0.arbitraryPlans) = (1, 1, true)
    }

    static let undoneParent = ExploredScenario("a parent forgotten, undone, forgotten", worldCount: 25_068) {
        $0.backups = [.init([0, 2], inherits: true)]
        ($0.collectors, $0.forgets, $0.undoes, $0.arbitraryPlans) = (1, 2, true, true)
    }

    static let freshSnapshot = ExploredScenario("a new snapshot is forgotten and inherited from", worldCount: 139_922) {
        $0.subject = 1
        $0.backups = [.init([0, 2]), .init([2, 3], inherits: true)]
        ($0.collectors, $0.forgets, $0.arbitraryPlans) = (1, 1, true)
    }

    static let collectorsUndone = ExploredScenario(
        "two collectors, undone, stale listings, duplicates", worldCount: 29_052
    ) {
        ($0.firstSnapshot, $0.secondPack) = ([0], [0])
        ($0.collectors, $0.forgets, $0.undoes, $0.staleListings) = (2, 1, true, true)
    }

    static let collectorsRepacking = ExploredScenario("two collectors repack, a mount", worldCount: 50_674) {
        ($0.firstPack, $0.repacks, $0.mounts) = ([0, 1, 3], true, true)
        ($0.collectors, $0.generationsMax) = (2, 2)
    }

    static let latePublisher = ExploredScenario("a new snapshot is forgotten, lost replies", worldCount: 1_001) {
        $0.subject = 1
        $0.backups = [.init([0, 2])]
        ($0.collectors, $0.forgets, $0.lostReplies) = (1, 1, true)
    }

    static let sharedSegment = ExploredScenario(
        "a hold, a segment of two packs, a first mark that is wrong", worldCount: 79_607
    ) {
        $0.backups = [.init([0, 2])]
        ($0.secondPack, $0.sharesSegment) = ([2, 3], true)
        ($0.collectors, $0.forgets, $0.holds, $0.arbitraryPlans) = (1, 1, true, true)
    }

    static let delayedRequests = ExploredScenario(
        "what was deleted may be there again, two generations, stale listings", worldCount: 67_474
    ) {
        $0.backups = [.init([0])]
        ($0.collectors, $0.generationsMax, $0.forgets) = (1, 2, 1)
        ($0.delaysRequests, $0.staleListings) = (true, true)
    }

    static let fullDisk = ExploredScenario(
        "no space for an index, two generations, stale listings", worldCount: 14_426
    ) {
        $0.backups = [.init([0, 2])]
        ($0.collectors, $0.generationsMax, $0.forgets) = (1, 2, 1)
        ($0.skipsIndex, $0.staleListings) = (true, true)
    }

    static let fullDiskRepacking = ExploredScenario(
        "no space for an index, repacking, undone, a mount, delayed requests", worldCount: 3_764
    ) {
        ($0.secondPack, $0.sharesSegment, $0.repacks) = ([0, 3], true, true)
        ($0.collectors, $0.forgets, $0.undoes, $0.mounts) = (1, 1, true, true)
        ($0.skipsIndex, $0.delaysRequests) = (true, true)
    }

    static let lostPack = ExploredScenario(
        "a pack is lost whose chunks are also elsewhere, stale listings", worldCount: 5_989
    ) {
        ($0.firstSnapshot, $0.secondPack, $0.losesSecondPack) = ([0], [0], true)
        ($0.collectors, $0.forgets, $0.undoes, $0.staleListings) = (2, 1, true, true)
        // What is lost stays in the index until it is repaired.
        $0.looksAtEnd = false
    }

    static let all = [
        twoWriters, everyone, holdsAndUndoes, holds, twoCollectors, repacking, restarts, arbitraryPlans, undoneParent,
        freshSnapshot, collectorsUndone, collectorsRepacking, latePublisher, sharedSegment,
        delayedRequests, fullDisk, fullDiskRepacking,
        lostPack,
    ]
}
