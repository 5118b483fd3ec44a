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
    /// What makes all of it durable; nil where nobody wants that.
    let sync: DestinationSync?
    /// Where temporary names come from.
    let entropy: any EntropySource

    var policy: RestoreOptions.Overwriting? { options.overwriting }

    /// Whether a file that is there is the snapshot's only if its bytes are.
    var comparesContents: Bool { options.verifies || sync?.isDoubtful == true }
}
