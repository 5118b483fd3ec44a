import Repository
import SystemInterface

/// What all threads of a restore share.
struct RestoreContext: Sendable {
    let source: ChunkSource
    let journal: RestoreJournal
    let options: RestoreOptions
    let filter: RestoreFilter
    /// What the snapshot may lack although it was there.
    let unsaved: UnsavedItems
    /// The paths that the backup was to save.
    let sources: SavedPaths
    /// What the backup left out by name.
    let patterns: BackupPatterns
    /// The program's own directories.
    let ownDirectories: OwnDirectories
    /// The permission bits that the process takes from what it creates (umask(2)), if they are known.
    let umask: UInt16?

    var policy: RestoreOptions.Overwriting? { options.overwriting }
}
