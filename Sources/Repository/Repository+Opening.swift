import Catalog
import Chunking
import Coding
import Cryptography
import Storage
import SystemInterface

extension Repository {
    /// Makes an empty repository in `store`, with one key slot that `passphrase` opens, and returns its identifier.
    ///
    /// The key slot is written first and the `format` object last: where there is a `format` object, there is a
    /// repository that opens. Throws `.alreadyExists` if there is one.
    @discardableResult
    public static func create(
        in store: any ObjectStore, passphrase: SecretBytes, chunker: ChunkerParameters = .standard,
        passphraseCost: PassphraseCost = .standard, entropy: any EntropySource
    ) throws(RepositoryError) -> RepositoryID {
        guard let id = RepositoryID(entropy.bytes(RepositoryID.count)) else {
            throw RepositoryError(.internalFailure, "the source of randomness gave too few bytes")
        }
        do {
            if try store.contains(.format) {
                throw RepositoryError(.alreadyExists, "there is a repository at \(store.location) already")
            }
            let format = try FormatObject.encode(repository: id, chunker: chunker)
            let keyring = try Keyring.random(formatDigest: SHA256.hash(format.span), bytes: entropy.bytes)
            let slot = try PassphraseSlot.seal(
                keyring, passphrase: passphrase, cost: passphraseCost, repository: id, salt: entropy.bytes(32))
            try store.create(ObjectName(.keys, SHA256.hash(slot.span)), slot)
            try store.create(.format, format)
            return id
        } catch let error as StorageError {
            if error.code == .alreadyExists, error.object == .format {
                throw RepositoryError(.alreadyExists, "there is a repository at \(store.location) already")
            }
            throw RepositoryError(error)
        } catch let error as RepositoryError {
            throw error
        } catch {
            throw RepositoryError(.internalFailure, "\(error)")
        }
    }

    /// Opens the repository in `store` with `passphrase`.
    ///
    /// The catalog lives in `cacheDirectory(below:)`; with nil, or where that fails, it is built in memory.
    /// Without `refreshing` nothing is listed yet: the repository shows no snapshots until `refresh()`, and opening takes
    /// the same time however large it is.
    /// Throws `.noRepository`, `.wrongKey`, `.unsupportedVersion`, `.damaged`, or what the storage throws.
    public static func open(
        _ store: any ObjectStore, passphrase: SecretBytes, cacheDirectory: FilePath?, refreshing: Bool = true
    ) throws(RepositoryError) -> Repository {
        let format = try readFormat(store)
        let keyring = try openKeyring(store, format: format, passphrase: passphrase)
        let place = cacheDirectory.map { Self.cacheDirectory(of: format.repository, in: store, below: $0) }
        let (catalog, warning) = try openCatalog(place, repository: format.repository)
        let repository = Repository(
            id: format.repository, store: store, chunkerParameters: format.chunker, keyring: keyring, catalog: catalog,
            cacheDirectory: place)
        if let warning { repository.warn(warning) }
        if refreshing { try repository.refresh() }
        return repository
    }

    /// The same repository with its keys, as another process with the catalog in `cacheDirectory` opens it: for tests.
    package func reopened(cacheDirectory: FilePath?) throws(RepositoryError) -> Repository {
        try reopened(keyring, cacheDirectory: cacheDirectory)
    }

    /// The same for somebody who writes and reads nothing back, until key slots of such a kind can be made.
    package func reopenedForWriting(cacheDirectory: FilePath?) throws(RepositoryError) -> Repository {
        var keyring = keyring
        keyring.contentPrivateKey = nil
        keyring.metadataPrivateKey = nil
        return try reopened(try Self.throughBytes(keyring), cacheDirectory: cacheDirectory)
    }

    /// The same for somebody who sees what snapshots need and opens no content, likewise.
    package func reopenedForMaintaining(cacheDirectory: FilePath?) throws(RepositoryError) -> Repository {
        var keyring = keyring
        keyring.contentPrivateKey = nil
        keyring.contentIDKey = nil
        return try reopened(try Self.throughBytes(keyring), cacheDirectory: cacheDirectory)
    }

    /// The same repository and keys on another store, with an empty catalog and nothing listed: for tests of stores.
    package func over(_ store: any ObjectStore) throws(RepositoryError) -> Repository {
        let (catalog, _) = try Self.openCatalog(nil, repository: id)
        return Repository(
            id: id, store: store, chunkerParameters: chunkerParameters, keyring: keyring, catalog: catalog,
            cacheDirectory: nil)
    }

    /// The same for somebody who signs nothing, until key slots of such a kind can be made.
    package func reopenedWithoutSigning() throws(RepositoryError) -> Repository {
        var keyring = keyring
        keyring.signingKey = nil
        return try reopened(try Self.throughBytes(keyring), cacheDirectory: nil)
    }

    /// The same repository under other keys, as somebody who forges it has: for tests.
    package func reopenedWithOtherKeys(entropy: any EntropySource) throws(RepositoryError) -> Repository {
        let keyring = try Keyring.random(formatDigest: keyring.formatDigest, bytes: entropy.bytes)
        return Repository(
            id: id, store: store, chunkerParameters: chunkerParameters, keyring: keyring, catalog: catalog,
            cacheDirectory: cacheDirectory)
    }

    private func reopened(_ keyring: Keyring, cacheDirectory: FilePath?) throws(RepositoryError) -> Repository {
        let place = cacheDirectory.map { self.cacheDirectory(below: $0) }
        let (catalog, warning) = try Self.openCatalog(place, repository: id)
        let repository = Repository(
            id: id, store: store, chunkerParameters: chunkerParameters, keyring: keyring, catalog: catalog,
            cacheDirectory: place)
        if let warning { repository.warn(warning) }
        try repository.refresh()
        return repository
    }

    private static func throughBytes(_ keyring: Keyring) throws(RepositoryError) -> Keyring {
        do {
            return try Keyring(decoding: keyring.encode().withBytes { Array(copying: $0) })
        } catch {
            throw RepositoryError(.internalFailure, "a keyring is not what was encoded: \(error)")
        }
    }

    /// Whether `store` holds a repository that this program can read, without any key.
    ///
    /// Throws `.noRepository`, `.unsupportedVersion` or `.damaged` if not.
    public static func probe(_ store: any ObjectStore) throws(RepositoryError) {
        _ = try readFormat(store)
    }

    /// What the object is called by which a directory is known as a repository.
    public static let formatName = Array(ObjectName.format.path.utf8)

    /// Whether the file of that name says that its directory is a repository, of whatever version of the format.
    public static func isFormat(_ bytes: [UInt8]) -> Bool { FormatObject.isOne(bytes) }

    static func readFormat(_ store: any ObjectStore) throws(RepositoryError) -> FormatObject {
        do {
            return try FormatObject(decoding: try store.read(.format))
        } catch let error as StorageError {
            guard error.code == .notFound else { throw RepositoryError(error) }
            guard try isEmpty(store) else {
                throw RepositoryError(.damaged, object: "format", "it is missing, and there are snapshots")
            }
            throw RepositoryError(.noRepository, "there is no repository at \(store.location)")
        } catch let error as RepositoryError {
            throw error
        } catch {
            throw RepositoryError(.internalFailure, "\(error)")
        }
    }

    /// Whether nothing was ever committed here, as far as can be seen.
    private static func isEmpty(_ store: any ObjectStore) throws(RepositoryError) -> Bool {
        do {
            return try store.names(in: .snapshots).isEmpty
        } catch {
            guard error.code == .notFound else { throw RepositoryError(error) }
            return true
        }
    }

    private static func openKeyring(
        _ store: any ObjectStore, format: FormatObject, passphrase: SecretBytes
    ) throws(RepositoryError) -> Keyring {
        var failure: RepositoryError?
        var isOwn = false
        let slots: [ObjectEntry]
        do {
            slots = try store.list(.keys)
        } catch {
            throw RepositoryError(error)
        }
        for slot in slots.prefix(Limits.keySlotsMax) {
            do throws(RepositoryError) {
                let bytes = try readNamed(slot.name, bytesMax: Limits.keySlotBytesMax, store)
                let outcome = try PassphraseSlot.open(
                    bytes, passphrase: passphrase, repository: format.repository, object: slot.name.path)
                switch outcome {
                case .opened(let keyring):
                    guard keyring.formatDigest == format.digest else {
                        throw RepositoryError(.damaged, object: "format", "it is not what the keys were made for")
                    }
                    return keyring
                case .otherPassphrase, .otherKind: isOwn = true
                case .otherRepository: break
                }
            } catch {
                // Another slot may open: one that fails, in whatever way, is not the end.
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        guard !slots.isEmpty else {
            throw RepositoryError(.damaged, object: "keys", "the repository has lost its key slots")
        }
        guard isOwn else {
            throw RepositoryError(
                .damaged, object: "format",
                "it says repository \(format.repository), and no key slot belongs to that one")
        }
        throw RepositoryError(.wrongKey, "no key slot opens with this passphrase")
    }

    private static func openCatalog(
        _ directory: FilePath?, repository: RepositoryID
    ) throws(RepositoryError) -> (Catalog, warning: String?) {
        var warning: String?
        do {
            if let directory {
                do {
                    return (try Catalog.open(directory: directory, repository: repository.bytes), nil)
                } catch {
                    warning = "the catalog in \(directory) is not used: \(error)"
                }
            }
            return (try Catalog.inMemory(repository: repository.bytes), warning)
        } catch {
            throw RepositoryError(error)
        }
    }

    /// Reads an object whose name is the SHA-256 of its bytes, and holds it against its name.
    static func readNamed(
        _ name: ObjectName, bytesMax: Int, _ store: any ObjectStore
    ) throws(RepositoryError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try store.read(name)
        } catch {
            throw RepositoryError(error)
        }
        try requireNamed(bytes, name, bytesMax: bytesMax)
        return bytes
    }

    /// Throws `.damaged` unless the object that is named by its bytes has these.
    static func requireNamed(_ bytes: [UInt8], _ name: ObjectName, bytesMax: Int) throws(RepositoryError) {
        guard bytes.count <= bytesMax else {
            throw RepositoryError(.damaged, object: name.path, "it has \(bytes.count) bytes")
        }
        guard SHA256.hash(bytes.span) == name.id else {
            throw RepositoryError(.damaged, object: name.path, "its bytes are not those that it is named by")
        }
    }
}
