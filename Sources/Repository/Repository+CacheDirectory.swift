import Coding
import Cryptography
import Storage
import SystemInterface

extension Repository {
    /// How many bytes of the digest of a store's place are in the name of a directory.
    private static let placeDigestBytes = 8

    /// The directory below `cacheDirectory` for what this machine keeps of the repository and can do without, whether
    /// it exists or not.
    public func cacheDirectory(below cacheDirectory: FilePath) -> FilePath {
        Self.cacheDirectory(of: id, in: store, below: cacheDirectory)
    }

    /// The same for the repository `id` in `store`, which need not be open.
    ///
    /// It is named by both. A copy of a repository has the same identifier and other objects: a run that writes to one
    /// must not take for stored what a catalog says that another process has filled from the other.
    public static func cacheDirectory(
        of id: RepositoryID, in store: any ObjectStore, below cacheDirectory: FilePath
    ) -> FilePath {
        let place = SHA256.hash(store.canonicalLocation.span).bytes
        return cacheDirectory.appending("\(id)-\(Hexadecimal.encode(Array(place.prefix(placeDigestBytes))))")
    }
}
