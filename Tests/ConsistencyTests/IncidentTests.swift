import ConsistencyModel
import Testing

/// What has happened to other tools, and the rule of ours that is there against it.
struct Incident: Sendable, CustomTestStringConvertible {
    let name: String
    let protection: Protection
    let explored: ExploredScenario
    /// Steps without which it is another story, in their order.
    let story: [String]

    var testDescription: String { name }

    static let all = [
        // The snapshots were listed when the mark began. One that was made since, of what an older one has, isn't on
        // the list; and when the older one is removed before the mark comes to it, nothing marks what both have.
        Incident(
            name: "Proxmox PSA-2025-00019-1", protection: .asksForSessionsAgain, explored: .undoneParent,
            story: [
                "collector 1 finds out which snapshots there are, and which tombstones are meant",
                "writer 1 creates its outcome: committed", "collector 1 marks again, and takes back what is needed",
            ]),
        // A maintenance run that took hours, probably on a suspended laptop, deleted what was in use by then.
        Incident(
            name: "kopia #1949", protection: .marksAgain, explored: .twoCollectors,
            story: [
                "collector 1 finds out which snapshots there are, and which tombstones are meant",
                "writer 1 creates its outcome: committed", "collector 1 creates the sweep plan",
            ]),
        // The index gives packs that aren't there. The cause isn't known; an entry that outlives its pack is one way.
        Incident(
            name: "kopia #4769", protection: .writerRemembersSweeps, explored: .delayedRequests,
            story: [
                "collector 1 deletes a pack", "writer 1 reads the index, and decides what it reuses",
                "writer 1 creates its outcome: committed",
            ]),
        // Garbage collection kept some trees without what they refer to, and later runs took the trees for whole.
        Incident(
            name: "bup 0.33.5", protection: .provesInheritedTrees, explored: .undoneParent,
            story: [
                "forgetter creates a tombstone", "writer 1 reads the generations, and the parent's tombstones",
                "writer 1 creates its outcome: committed",
            ]),
        // A pack whose chunks are stored more than once was taken for unneeded: each copy stood in for the other.
        Incident(
            name: "rustic 0.4.3", protection: .keepsOneOfDuplicates, explored: .collectorsUndone,
            story: ["collector 1 lists packs, and plans what would go", "collector 1 creates the sweep plan"]),
        // Listing the snapshots failed, looked like an empty list, and everything was unneeded.
        Incident(
            name: "restic #4612", protection: .knowsSnapshotsByKey, explored: .collectorsUndone,
            story: [
                "collector 1 finds out which snapshots there are, and which tombstones are meant",
                "collector 1 creates the sweep plan",
            ]),
        // The table of what is stored lost entries, and what they stood for was dropped.
        Incident(
            name: "borg #4829", protection: .refusesMissingChunks, explored: .collectorsUndone,
            story: ["collector 1 lists packs, and plans what would go", "collector 1 creates the sweep plan"]),
    ]
}

@Suite struct IncidentTests {
    @Test("What has happened elsewhere happens without the rule against it", arguments: Incident.all)
    func happensWithoutTheRule(_ incident: Incident) throws {
        var scenario = incident.explored.scenario.without(incident.protection)
        scenario.looksAtEnd = false
        let finding = try #require(explore(scenario).finding)
        #expect(finding.violation == .lostChunk, Comment(rawValue: finding.description))
        var rest = finding.trace[...]
        for step in incident.story {
            let place = try #require(rest.firstIndex(of: step), Comment(rawValue: finding.description))
            rest = rest[(place + 1)...]
        }
    }

    @Test("It doesn't happen to the protocol as it is", arguments: Incident.all)
    func doesNotHappen(_ incident: Incident) {
        let exploration = explore(incident.explored.scenario)
        #expect(exploration.finding == nil && exploration.isComplete)
    }
}
