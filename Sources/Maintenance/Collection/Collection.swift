import Coding
import Repository
import Storage
import SystemInterface

/// One garbage collection, as docs/consistency.md describes it: what it does and why in this order stands there.
///
/// Any number may run at the same time, in any number of processes, beside backups, mounts and whoever forgets or holds.
/// Each goes on where another has stopped. A collection that throws has deleted nothing but what a stored plan names, and
/// the next one goes on with it.
public struct Collection {
    /// How many generations one run goes through at most: one that it finds, and one of its own.
    private static let generationsMax = 2
    /// How often it begins anew at most, because another has deleted what this one was looking at, or calls the roll.
    static let attemptsMax = 5

    let repository: Repository
    let options: CollectionOptions
    let entropy: any EntropySource
    let observer: (any CollectionObserver)?
    var report = CollectionReport()
    /// The newest session when it began: what later ones make may be younger than it is.
    var sessionsAtStart: UInt64 = 0
    /// Whether packs are there that were asked for by their keys.
    var presence: [Bytes32: Bool] = [:]
    /// Packs that are no other place of a chunk: cut off, or known to be damaged.
    var unreliable: Set<Bytes32> = []
    /// What is known of copies. Each attempt begins with nothing: what the one before has moved as it is, whether or not it
    /// opens, was sound only beside what that one has left.
    var copies: CopyVerifier
    /// Snapshots that were committed, and that there was no room to publish.
    var unpublished: Set<SweepPlan.Commit> = []
    /// Whether the storage has little room, or had none.
    var isShortOfRoom = false

    /// A collection in `repository`.
    public init(
        _ repository: Repository, options: CollectionOptions, entropy: any EntropySource,
        observer: (any CollectionObserver)? = nil
    ) {
        self.repository = repository
        self.options = options
        self.entropy = entropy
        self.observer = observer
        copies = CopyVerifier(repository)
    }

    /// Collects, and returns what came of it.
    ///
    /// Throws `.refused` when going on might lose something, with nothing deleted; `.damaged` when what is needed is not
    /// all there; `.keyNotHeld` for a keyring that reads no trees or signs nothing.
    public consuming func run() throws(RepositoryError) -> CollectionReport {
        guard repository.readsMetadata else {
            throw RepositoryError(.keyNotHeld, "this key slot cannot see what snapshots need")
        }
        // Half-written files are no objects: no plan is needed for them, and no harm done where it fails.
        if !options.isDryRun { _ = try? repository.store.removeLeftovers() }
        sessionsAtStart = try repository.newestSession()
        let room = repository.store.bytesAvailable()
        isShortOfRoom = room.map { $0 < CollectionOptions.roomBytesMin } ?? false
        guard !options.isDryRun else { return try collectPersistently() }
        // Whatever comes of it: what the storage sets aside is for the next one as well.
        defer { repository.makeReserve() }
        do throws(RepositoryError) {
            return try collectPersistently()
        } catch {
            guard error.code == .storage(.noSpace) else { throw error }
        }
        try repository.releaseReserve()
        (isShortOfRoom, report) = (true, CollectionReport())
        return try collectPersistently()
    }

    private mutating func collectPersistently() throws(RepositoryError) -> CollectionReport {
        for _ in 1..<Self.attemptsMax {
            let state = try state()
            do throws(RepositoryError) {
                return try collect()
            } catch {
                // What another collector has deleted since was needed by nobody: begin again with what is there now.
                guard error.isDamage, try self.state() != state else { throw error }
                report = CollectionReport()
            }
        }
        return try collect()
    }

    /// How far collections have come.
    private struct State: Equatable {
        var generation: UInt64 = 0
        var isDecided = false
        var isClosed = false
    }

    private func state() throws(RepositoryError) -> State {
        let newest = try repository.newestGeneration()
        guard newest > 0 else { return State() }
        return State(
            generation: newest, isDecided: try repository.sweepPlan(of: newest) != nil,
            isClosed: try repository.isClosed(generation: newest))
    }

    private mutating func collect() throws(RepositoryError) -> CollectionReport {
        copies = CopyVerifier(repository)
        var adopted: CollectionReport?
        var finished: UInt64 = 0
        for _ in 0..<Self.generationsMax {
            try lookAnew()
            let newest = try repository.newestGeneration()
            report.generation = newest
            // The end of one may be damaged: it was finished all the same.
            if newest > finished, try !repository.isClosed(generation: newest) {
                guard !options.isDryRun else { return try dryRun(beside: newest) }
                guard try finish(newest) else { return report }
                (report.end, report.hasFinishedAnother) = (.done, true)
                (adopted, finished) = (report, newest)
                continue
            }
            guard let plan = try makePlan(generation: newest + 1) else {
                // What a run could not rewrite of the index, for want of room or because a disk failed, is still to do.
                if !options.isDryRun { _ = try tidyIndex() }
                return adopted.map { report.staying(after: $0) } ?? report
            }
            report.end = .dryRun
            guard !options.isDryRun else { return report }
            // Taken or not: what is stored there now counts.
            _ = try repository.begin(generation: newest + 1, plan, entropy: entropy)
            report.generation = newest + 1
            let isDone = try finish(newest + 1)
            if isDone { report.end = .done }
            guard let adopted else { return report }
            return isDone ? report.adding(adopted) : report.waiting(behind: adopted)
        }
        return report
    }

    /// What would be done if the generation that is open were not.
    private mutating func dryRun(beside generation: UInt64) throws(RepositoryError) -> CollectionReport {
        _ = try makePlan(generation: generation)
        report.end = .dryRun
        return report
    }

    /// Goes on with a generation that exists; false if runs have to end first.
    private mutating func finish(_ generation: UInt64) throws(RepositoryError) -> Bool {
        var sweep = try repository.sweepPlan(of: generation)
        if sweep == nil {
            let plan = try quarantinePlan(of: generation)
            observer?.collectionAdvanced(.settling, 0, of: 0)
            guard let roll = try settle(generation) else { return false }
            sweep = try judge(plan, roll, generation)
        }
        if let sweep {
            let isCopied = try copySweepPlan(of: generation)
            try execute(sweep)
            // What was deleted has made room.
            if !isCopied { try repository.copySweepPlan(of: generation) }
            publishRest()
        }
        try repository.close(generation: generation, by: options.identity, entropy: entropy)
        return true
    }

    /// Stores the sweep plan twice; false where there is no room for that, which may be made by deleting packs.
    private func copySweepPlan(of generation: UInt64) throws(RepositoryError) -> Bool {
        do {
            try repository.copySweepPlan(of: generation)
        } catch {
            guard error.code == .storage(.noSpace) else { throw error }
            return false
        }
        return true
    }

    /// The plan of a generation; one that deletes nothing where nobody can read it.
    private func quarantinePlan(of generation: UInt64) throws(RepositoryError) -> QuarantinePlan {
        do {
            return try repository.quarantinePlan(of: generation)
        } catch {
            guard error.isUnreadable else { throw error }
            return QuarantinePlan(packs: [], tombstones: [], identity: options.identity)
        }
    }

    /// Brings everything up to date that was known of index and packs.
    ///
    /// Throws where a sweep plan cannot be read: a pack that was swept may be there again, and must not stand in for one
    /// that goes.
    mutating func lookAnew() throws(RepositoryError) {
        try repository.refresh()
        try repository.relyOnSweeps()
        presence = [:]
        let packs = try repository.unreliablePacks()
        unreliable = packs.missing.union(packs.damaged)
    }

    /// Whether a pack answers when it is asked for by its key. One that something else has the name of, or that cannot be
    /// looked at, is no place of anything.
    mutating func isPresent(_ pack: Bytes32) throws(RepositoryError) -> Bool {
        if let known = presence[pack] { return known }
        let isPresent = try repository.absence(of: ObjectName(.packs, pack)) == nil
        presence[pack] = isPresent
        return isPresent
    }
}
