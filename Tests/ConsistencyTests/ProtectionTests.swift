import ConsistencyModel
import Testing

/// What goes wrong without a rule, and where that shows.
struct MissingProtection: Sendable, CustomTestStringConvertible {
    let protection: Protection
    let explored: ExploredScenario
    let violation: Violation
    /// How many steps the shortest way has.
    let stepCount: Int
    /// Whether it shows only in what is left when everybody stops and one collector runs alone.
    let showsAtEnd: Bool

    var testDescription: String { "\(protection)" }

    init(
        _ protection: Protection, in explored: ExploredScenario, _ violation: Violation, stepCount: Int,
        showsAtEnd: Bool = false
    ) {
        (self.protection, self.explored, self.violation) = (protection, explored, violation)
        (self.stepCount, self.showsAtEnd) = (stepCount, showsAtEnd)
    }

    static let all: [MissingProtection] = [
        .init(.claimsBeforeLooking, in: .undoneParent, .lostChunk, stepCount: 18),
        .init(.avoidsQuarantine, in: .undoneParent, .lostChunk, stepCount: 19),
        .init(.yieldsToFence, in: .latePublisher, .lostCommit, stepCount: 14),
        .init(.storesManifestFirst, in: .latePublisher, .stuckCollector, stepCount: 7, showsAtEnd: true),
        .init(.provesInheritedTrees, in: .undoneParent, .lostChunk, stepCount: 19),
        .init(.writerRemembersSweeps, in: .delayedRequests, .lostChunk, stepCount: 22),
        .init(.collectorRemembersSweeps, in: .delayedRequests, .lostChunk, stepCount: 32),
        .init(.quarantinesBeforeSettling, in: .undoneParent, .lostChunk, stepCount: 19),
        .init(.settlesSessions, in: .latePublisher, .lostChunk, stepCount: 16),
        .init(.marksAgain, in: .twoCollectors, .lostChunk, stepCount: 17),
        .init(.asksForSessionsAgain, in: .undoneParent, .lostChunk, stepCount: 16),
        .init(.knowsSnapshotsByKey, in: .latePublisher, .lostChunk, stepCount: 16),
        .init(.publishesForOthers, in: .latePublisher, .garbage, stepCount: 8, showsAtEnd: true),
        .init(.refusesMissingChunks, in: .collectorsUndone, .lostChunk, stepCount: 8),
        .init(.keepsOneOfDuplicates, in: .collectorsUndone, .lostChunk, stepCount: 8),
        .init(.asksForKeptPacks, in: .lostPack, .lostChunk, stepCount: 11),
        .init(.sweepsNamedTombstonesOnly, in: .undoneParent, .lostChunk, stepCount: 19),
        .init(.claimsTombstones, in: .holds, .lostChunk, stepCount: 14),
        .init(.yieldsToUndo, in: .holds, .lostChunk, stepCount: 14),
        .init(.looksForHoldsAgain, in: .sharedSegment, .sweptHeld, stepCount: 10),
        .init(.holdLooksForTombstone, in: .holds, .forgottenAndHeld, stepCount: 3),
        .init(.forgetLooksForHolds, in: .holds, .forgottenAndHeld, stepCount: 3),
        .init(.readsFinalBack, in: .undoneParent, .lostUndo, stepCount: 10),
        .init(.oneGenerationAtATime, in: .collectorsRepacking, .lostChunk, stepCount: 26),
        .init(.adoptsGeneration, in: .twoCollectors, .lostChunk, stepCount: 20),
        .init(.adoptsSweep, in: .collectorsUndone, .lostChunk, stepCount: 18),
        .init(.replacesIndexFirst, in: .sharedSegment, .lostChunk, stepCount: 10),
        .init(.ignoresSweptSnapshots, in: .latePublisher, .brokenListing, stepCount: 26),
        .init(.readerLooksAgain, in: .collectorsRepacking, .failedRead, stepCount: 17),
    ]
}

@Suite struct ProtectionTests {
    @Test("Without any one rule something goes wrong", arguments: MissingProtection.all)
    func isNeeded(_ missing: MissingProtection) throws {
        var scenario = missing.explored.scenario.without(missing.protection)
        scenario.looksAtEnd = missing.showsAtEnd
        let finding = try #require(explore(scenario).finding)
        #expect(finding.violation == missing.violation, Comment(rawValue: finding.description))
        #expect(finding.isAfterStopping == missing.showsAtEnd)
        #expect(finding.trace.count == missing.stepCount, Comment(rawValue: finding.description))
    }

    @Test("There is such a case for each rule")
    func eachRule() {
        #expect(Set(MissingProtection.all.map(\.protection)) == Set(Protection.allCases))
    }
}
