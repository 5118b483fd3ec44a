import Repository
import Storage

/// Somebody who uses a repository now and then, and remembers it in between.
struct RememberingClient {
    private(set) var remembered: Recollection?

    init(_ remembered: Recollection? = nil) {
        self.remembered = remembered
    }

    /// What is missing, for a new process of this client; what it has seen is remembered if nothing is.
    mutating func look(
        at fixture: CollectionFixture, through store: (any ObjectStore)? = nil, thoroughly: Bool = false
    ) throws -> [String] {
        let repository = try fixture.repository.reopened(over: store ?? fixture.store)
        return try look(with: repository, thoroughly: thoroughly)
    }

    /// The same with a repository that is open.
    mutating func look(with repository: Repository, thoroughly: Bool = false) throws -> [String] {
        let found = try repository.recall(remembered, thoroughly: thoroughly)
        if found.isEmpty { remembered = repository.recollection }
        return found.filter(\.isRollback).map(\.object)
    }

    /// What this process has seen since.
    mutating func remember(_ repository: Repository) {
        remembered = repository.recollection
    }
}
