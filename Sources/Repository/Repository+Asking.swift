import Coding
import Storage

/// What the storage answers, with the repository's errors.
extension Repository {
    /// The objects of a folder, as the storage lists them.
    package func objects(in folder: ObjectFolder) throws(RepositoryError) -> [ObjectEntry] {
        do {
            return try store.list(folder)
        } catch {
            throw RepositoryError(error)
        }
    }

    /// By which bytes the objects of a folder are named, as the storage lists them.
    package func names(in folder: ObjectFolder) throws(RepositoryError) -> [Bytes32] {
        do {
            return try store.names(in: folder)
        } catch {
            throw RepositoryError(error)
        }
    }

    /// Whether there is such an object, asked for by its name.
    package func contains(_ name: ObjectName) throws(RepositoryError) -> Bool {
        do {
            return try store.contains(name)
        } catch {
            throw RepositoryError(error)
        }
    }

    /// The bytes of an object, or nil if there is none.
    func readIfPresent(_ name: ObjectName) throws(RepositoryError) -> [UInt8]? {
        do {
            return try store.read(name)
        } catch {
            guard error.code == .notFound else { throw RepositoryError(error) }
            return nil
        }
    }
}
