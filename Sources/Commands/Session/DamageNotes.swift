import Coding
import Repository
import Storage

/// Which packs checks on this machine have found damaged, for the time of one command that finds out more.
///
/// What cannot be kept costs a warning: backups then rely on damaged packs until the next check.
struct DamageNotes {
    private let list: DamagedPackList?
    /// What was known when the command began.
    let known: Set<Bytes32>

    /// The notes on `repository` in `store`; nothing is noted where it has no identifier, or this machine no cache.
    init(_ context: CommandContext, of repository: RepositoryID?, in store: any ObjectStore) throws {
        let cache = try context.cacheDirectory()
        list = repository.flatMap { repository in
            cache.map { DamagedPackList(directory: Repository.cacheDirectory(of: repository, in: store, below: $0)) }
        }
        known = list?.read() ?? []
    }

    /// Adds the `damaged` packs, and takes those that were known and turned out `sound` away.
    func note(damaged: Set<Bytes32>, sound: Set<Bytes32> = [], _ context: CommandContext) {
        do {
            try list?.note(sound: sound, damaged: damaged, known: known)
        } catch {
            context.console.message(.warning, "backups are not told what is damaged: \(error)")
        }
    }
}
