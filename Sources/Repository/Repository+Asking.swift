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

    /// Why an object cannot be had that must be there, asked for by its name, in words; nil if it is there. What has its
    /// name and is no file, or cannot be looked at, keeps nobody from asking for the others.
    package func absence(of name: ObjectName) throws(RepositoryError) -> String? {
        do {
            return try contains(name) ? nil : "it is missing"
        } catch {
            guard error.isFinding else { throw error }
            return error.reason
        }
    }

    /// How many bytes an object has.
    package func storedSize(of name: ObjectName) throws(RepositoryError) -> UInt64 {
        do {
            return try store.size(of: name)
        } catch {
            throw RepositoryError(error)
        }
    }

    /// The bytes of an object, or nil if there is none.
    ///
    /// An error that says no more than that reading failed may come from where nothing is. It is thrown only for an object
    /// that is there, or of which nobody can tell: many take it for one that a disk does not give.
    package func readIfPresent(_ name: ObjectName) throws(RepositoryError) -> [UInt8]? {
        do {
            return try store.read(name)
        } catch {
            if error.code == .notFound { return nil }
            if error.code == .ioFailure, (try? store.contains(name)) == false { return nil }
            throw RepositoryError(error)
        }
    }
}
