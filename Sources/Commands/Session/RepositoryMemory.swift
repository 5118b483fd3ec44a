import Repository
import Storage
import Synchronization
import SystemInterface

/// What this user's commands have seen of repositories, kept from one to the next, and what follows when a storage shows
/// less: docs/security.md.
final class RepositoryMemory: Sendable {
    /// What a command is going to do with the repository.
    enum Use {
        /// It changes nothing: what is missing is a warning.
        case reading
        /// It adds something: what is missing is a reason not to.
        case adding
        /// It deletes something, or makes it go: everything that is known is asked for by its key before.
        case deleting
        /// It reports what is missing by itself.
        case checking

        /// The same, or reading if nothing is done.
        func unless(dryRun: Bool) -> Use { dryRun ? .reading : self }

        var isRefused: Bool { self == .adding || self == .deleting }
        var isThorough: Bool { self == .deleting || self == .checking }
    }

    /// The most discrepancies that are named.
    private static let namedMax = 20
    private static let nowhere =
        "nobody will notice if the storage was put back to an older state: there is no directory to remember in what was "
        + "seen; set HOME or XDG_STATE_HOME to an absolute path"
    private static let reason =
        "it was put back from an older copy, is one of two copies, or hides something (docs/security.md)"
    private static let way =
        "keep the storage as it is until you know why; if it was put back on purpose, `pastfs check --accept-rollback`"

    private struct State {
        var file: RecollectionFile?
        var loaded: Recollection?
        var repository: Repository?
        var discrepancies: [Discrepancy] = []
        var damaged: [Discrepancy] = []
        var isOtherPlace = false
        var isNewPlace = false
        var mayWrite = false
    }

    private let console: Console
    private let directory: FilePath?
    private let entropy: any EntropySource
    private let state = Mutex(State())

    /// The memory in `directory`; nil for none.
    init(directory: FilePath?, console: Console, entropy: any EntropySource) {
        self.directory = directory
        self.console = console
        self.entropy = entropy
    }

    /// What was found missing when the repository was opened.
    var discrepancies: [Discrepancy] { state.withLock { $0.discrepancies } }
    /// What was found damaged then, of which nobody can tell whether it is what it was.
    var damaged: [Discrepancy] { state.withLock { $0.damaged } }

    /// Looks whether the repository that was `found` at a place is one that was met there before, while nobody has typed a
    /// passphrase.
    func check(_ found: RepositoryID, at location: String, for use: Use) throws(Failure) {
        guard let directory else { return console.message(.warning, Self.nowhere) }
        let met: Set<RepositoryID>
        do throws(RepositoryError) {
            met = try PlaceList(stateDirectory: directory).repositories(at: location)
        } catch {
            console.message(.warning, "it is not known which repository was at \(location) before: \(error)")
            return
        }
        guard !met.contains(found) else { return }
        guard !met.isEmpty else { return state.withLock { $0.isNewPlace = true } }
        state.withLock { $0.isOtherPlace = true }
        let what = "another repository than before is at \(location)"
        let before = met.map(\.description).sorted().joined(separator: ", ")
        let why = "repository \(found) is there, and \(before) was before"
        guard use.isRefused else { return console.message(.warning, "\(what): \(why)") }
        throw Failure(
            .rolledBack, what, why: why,
            fix: "look at what is mounted there; if this is right, `pastfs check --accept-rollback`")
    }

    /// Holds what the storage shows against what was seen before. Throws for a use that is refused; and, for a check too,
    /// where it cannot find out.
    func compare(_ repository: Repository, for use: Use) throws(Failure) {
        let remembered = load(repository)
        let found: [Discrepancy]
        do throws(RepositoryError) {
            found = try repository.recall(remembered, thoroughly: use.isThorough, refusing: use == .deleting)
            if repository.showsUnlisted { try repository.refresh() }
        } catch {
            guard !use.isRefused, use != .checking else {
                throw Failure("cannot find out whether the storage is complete", error)
            }
            console.message(.warning, "it is not known whether the storage is complete: \(error)")
            return
        }
        let missing = found.filter(\.isRollback)
        state.withLock { state in
            // Everybody else was told when the place was looked at.
            if use == .checking, state.isOtherPlace { state.discrepancies.append(.otherRepository) }
            state.discrepancies += missing
            state.damaged = found.filter { !$0.isRollback }
            state.mayWrite = state.mayWrite && state.discrepancies.isEmpty
        }
        for discrepancy in found where !discrepancy.isRollback {
            console.message(.warning, discrepancy.description)
        }
        try tell(repository.store.location, for: use)
        save()
    }

    private func load(_ repository: Repository) -> Recollection? {
        guard let directory else { return nil }
        let file = RecollectionFile(stateDirectory: directory, repository: repository)
        var remembered: Recollection?
        var discrepancies: [Discrepancy] = []
        var mayWrite = true
        switch file.read() {
        case .none: break
        case .remembered(let recollection): remembered = recollection
        case .otherKeys: discrepancies = [.otherKeys]
        case .unreadable(let why):
            console.message(.warning, "what was seen of the repository before is not known: \(why)")
        }
        if !discrepancies.isEmpty { mayWrite = false }
        state.withLock { state in
            state.file = file
            state.loaded = remembered
            state.repository = repository
            state.discrepancies = discrepancies
            state.mayWrite = mayWrite && !state.isOtherPlace
        }
        return remembered
    }

    private func tell(_ location: String, for use: Use) throws(Failure) {
        let discrepancies = discrepancies
        guard !discrepancies.isEmpty, use != .checking else { return }
        for discrepancy in discrepancies.prefix(Self.namedMax) {
            console.message(use.isRefused ? .problem : .warning, discrepancy.description)
        }
        let count = discrepancies.count == 1 ? "one thing is" : "\(discrepancies.count) things are"
        let what = "the storage at \(location) does not show what was there before"
        let why = "\(count) missing or other than before: \(Self.reason)"
        guard use.isRefused else { return console.message(.warning, "\(what): \(why)") }
        throw Failure(.rolledBack, what, why: why, fix: Self.way)
    }

    /// Keeps what was seen up to now, unless something was missing. What cannot be kept is a warning.
    func save() {
        let (file, loaded, repository) = state.withLock { state in
            (state.mayWrite ? state.file : nil, state.loaded, state.repository)
        }
        guard let file, let repository, let directory else { return }
        let recollection = repository.recollection
        do throws(RepositoryError) {
            if state.withLock({ $0.isNewPlace }) {
                try PlaceList(stateDirectory: directory)
                    .note(repository.id, at: repository.store.location, entropy: entropy)
                state.withLock { $0.isNewPlace = false }
            }
            guard recollection != loaded else { return }
            let contradictions = try file.write(recollection, entropy: entropy)
            for contradiction in contradictions {
                console.message(.warning, "another process has seen it otherwise: \(contradiction)")
            }
            state.withLock { state in
                state.loaded = recollection
                state.mayWrite = contradictions.isEmpty
            }
        } catch {
            state.withLock { $0.mayWrite = false }
            console.message(.warning, "what was seen of the repository cannot be remembered: \(error)")
        }
    }

    /// Gives up what was seen before, and remembers what the storage shows now.
    func accept(_ repository: Repository) throws(Failure) {
        let what = "cannot accept the storage as it is"
        guard let directory else {
            throw Failure(.failed, what, why: "there is no place to remember it: HOME and XDG_STATE_HOME are not set")
        }
        do throws(RepositoryError) {
            let accepted = try repository.acceptedRecollection()
            let file = RecollectionFile(stateDirectory: directory, repository: repository)
            try file.write(accepted, replacing: true, entropy: entropy)
            try PlaceList(stateDirectory: directory)
                .note(repository.id, at: repository.store.location, entropy: entropy)
            state.withLock { state in
                state.loaded = accepted
                state.mayWrite = true
                state.discrepancies = []
            }
        } catch {
            throw Failure(what, error)
        }
    }

    /// Notes that a repository was made at a place.
    func noteMade(_ repository: RepositoryID, at location: String) {
        guard let directory else { return }
        do throws(RepositoryError) {
            try PlaceList(stateDirectory: directory).note(repository, at: location, entropy: entropy)
        } catch {
            console.message(.warning, "that the repository is there cannot be remembered: \(error)")
        }
    }
}
