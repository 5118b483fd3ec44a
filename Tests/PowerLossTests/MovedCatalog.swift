import Repository
import Storage
import SystemInterface

/// The local catalog of a repository that lies at another place than when it was made.
enum MovedCatalog {
    /// Renames what `cacheDirectory` has of the repository in `store`, if anything, to what is looked for there now.
    static func adopt(_ cacheDirectory: FilePath, for store: LocalDirectoryStore) throws {
        guard try FileSystem.exists(cacheDirectory) else { return }
        let id = try Repository.storedIdentifier(in: store)
        let name = Repository.cacheDirectory(of: id, in: store, below: cacheDirectory).lastComponent
        let folder = try FileDescriptor.open(cacheDirectory, [.readOnly, .directory])
        for entry in try folder.directoryEntries() where entry.name.starts(with: Array(id.description.utf8)) {
            guard entry.name != name else { continue }
            try folder.renameAt(entry.name, to: folder, name, replacing: false)
        }
    }
}
