import Repository

/// A repair as everybody else sees it: a run, for which collectors have to wait before they decide what goes, or which they
/// end. docs/consistency.md has the protocol.
struct RepairRun {
    /// How often something is looked at again, because something was deleted meanwhile.
    private static let looksMax = 10

    private let repository: Repository
    /// Nil in a dry run, which stores nothing.
    private let session: ClaimedSession?

    private init(_ repository: Repository, _ options: RepairOptions) throws(RepositoryError) {
        self.repository = repository
        session =
            options.isDryRun
            ? nil
            : try ClaimedSession(claimingIn: repository, identity: options.identity, entropy: options.entropy)
    }

    /// Performs `body` as a run, which ends with it. `body` calls `finish` before it takes anything away; or `finish` last,
    /// and `requireOpen` before and after each thing that it takes away.
    static func perform<Outcome>(
        _ repository: Repository, _ options: RepairOptions,
        _ body: (RepairRun) throws(RepositoryError) -> Outcome
    ) throws(RepositoryError) -> Outcome {
        let run = try RepairRun(repository, options)
        do throws(RepositoryError) {
            return try body(run)
        } catch {
            // Whoever fails to say so keeps a collector waiting, and loses nothing.
            try? run.session?.abort()
            throw error
        }
    }

    /// What `look` finds, in a look during which no collection has deleted anything that was there when it began.
    ///
    /// It is called again where one has. Throws `.fenced` where that goes on and on.
    func undisturbed<Found>(
        _ look: () throws(RepositoryError) -> Found
    ) throws(RepositoryError) -> Found {
        for _ in 0..<Self.looksMax {
            let decided = try repository.decidedGenerations()
            try repository.refresh()
            let found = try look()
            if try repository.decidedGenerations() == decided { return found }
        }
        throw Self.disturbed
    }

    /// Throws `.fenced` if a collector has ended the run: what it has looked at, and what it has stored, may be gone.
    func requireOpen() throws(RepositoryError) {
        try session?.requireOpen()
    }

    /// Ends the run: what it has stored counts from now on for whoever decides what goes.
    ///
    /// Throws `.fenced` if a collector has ended it before: what it has looked at, and what it has stored, may be gone.
    func finish() throws(RepositoryError) {
        try session?.finish()
    }

    static let disturbed = RepositoryError(
        .fenced, "garbage collections delete what is being looked at; try again when they have ended")
}
