import Coding
import Cryptography
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport

extension FuzzTarget {
    /// What lies on this machine beside a repository: the catalog's file, the files cache in it, and lists.
    static let local = FuzzTarget(
        name: "local",
        summary: "the local catalog's file, its files cache, lists, check's journal, and what a client has seen",
        words: ["SQLite format 3", "pastfs check 1 seed ", "CREATE TABLE", "catalog"], seeds: LocalFiles.seeds
    ) { bytes in
        var input = FuzzInput(bytes)
        LocalFiles.shared.read(input.choice(5), &input)
    }
}

/// A directory for the files, and the catalog as it must be.
private final class LocalFiles: Sendable {
    static let shared = needed("a directory for local files") { try LocalFiles() }

    private let directory: TemporaryDirectory
    /// Below the cache directory, what is kept of the sample.
    private let place: FilePath
    private let catalog: [UInt8]
    private let holder: KeyHolder
    /// What a client has seen that has looked at everything.
    private let record: [UInt8]
    private static let pageBytes = 4_096

    private init() throws {
        // It outlives the last input: whoever starts the process says by TMPDIR where, and removes it.
        directory = try TemporaryDirectory()
        let sample = SampleRepository.shared
        place = sample.repository.cacheDirectory(below: directory.path)
        try Self.fill(directory.path, sample)
        catalog = try FileSystem.read(place.appending("catalog.sqlite"), atMost: 1 << 20)
        let client = try sample.repository.reopened(cacheDirectory: nil)
        holder = try KeyHolder(client, entropy: SeededEntropy(seed: 9))
        _ = try client.recall(nil, thoroughly: true)
        record = KeyHolder.record(client.recollection)
    }

    /// Opens the sample with a catalog on disk, has pages of trees kept in it, and closes it.
    private static func fill(_ cacheDirectory: FilePath, _ sample: SampleRepository) throws {
        let repository = try sample.repository.reopened(cacheDirectory: cacheDirectory)
        guard let cache = try repository.makeFilesCache(entropy: sample.entropy) else { return }
        readAll(repository, cache)
        for snapshot in sample.snapshots { cache.finish(snapshot, isListed: false) }
    }

    /// Reads the trees, with pages from the files cache.
    private static func readAll(_ repository: Repository, _ cache: FilesCache) {
        let source = repository.makeSource(cacheBytes: 1 << 20, filesCache: cache)
        for snapshot in repository.snapshots() {
            guard case .tree(let root) = snapshot.manifest.root.content else { continue }
            do throws(RepositoryError) {
                try TreeDirectory(root, source: source).forEachEntry { (entry) throws(RepositoryError) in
                    guard case .tree(let below) = entry.content else { return }
                    try TreeDirectory(below, source: source).forEachEntry { _ in }
                }
            } catch {
                SealedInput.examine(error)
            }
        }
    }

    /// Edits of each page of the catalog, and lists.
    static func seeds() -> [(name: String, bytes: [UInt8])] {
        let pages = shared.catalog.count / pageBytes
        let catalogs = (0..<pages).map { page in
            ("catalog-\(page)", [0, UInt8(page), 4, 100, 0, 1] as [UInt8])
        }
        let name = String(repeating: "0a", count: 32)
        return catalogs + [
            ("damaged", [1] + Array("\(name)\n\(name)\nx\n".utf8)),
            ("journal", [2] + Array("pastfs check 1 seed 77\n\(name)\n".utf8)),
            (
                "places",
                [3] + Array("PastFSpl".utf8) + Array(repeating: 5, count: 16) + [1] + Array(repeating: 7, count: 48)
            ),
            ("seen", [4]), ("seen-edited", [4, 0, 4, 9, 0, 1]),
        ]
    }

    func read(_ kind: Int, _ input: inout FuzzInput) {
        do {
            switch kind {
            case 0: try readCatalog(&input)
            case 1: try readDamagedPacks(input.remaining)
            case 2: try readJournal(input.remaining)
            case 3: try readPlaces(input.remaining)
            default: try readRecollection(&input)
            }
        } catch {
            SealedInput.examine(error)
        }
    }

    /// Whatever the catalog's file says, the repository opens and everything in it is read.
    private func readCatalog(_ input: inout FuzzInput) throws {
        var pages = stride(from: 0, to: catalog.count, by: Self.pageBytes).map {
            Array(catalog[$0..<min($0 + Self.pageBytes, catalog.count)])
        }
        for edit in SealedInput.edits(&input) { edit.apply(to: &pages[edit.object % pages.count], names: []) }
        for file in ["catalog.sqlite-wal", "catalog.sqlite-shm", "catalog.damaged"] {
            try? FileSystem.remove(place.appending(file))
        }
        try FileSystem.write(place.appending("catalog.sqlite"), Array(pages.joined()), mode: 0o600)
        let repository = try SampleRepository.shared.repository.reopened(cacheDirectory: directory.path)
        require(repository.snapshots().count == 2, "a snapshot is not there because of the catalog")
        if let cache = try repository.makeFilesCache(entropy: SeededEntropy(seed: 5)) {
            Self.readAll(repository, cache)
        }
        _ = try Check(repository, options: CheckOptions(.none, workers: 1), cacheDirectory: directory.path).run()
    }

    private func readDamagedPacks(_ bytes: [UInt8]) throws {
        try FileSystem.write(place.appending("damaged-packs"), bytes)
        let list = DamagedPackList(
            cacheDirectory: directory.path, repository: SampleRepository.shared.repository)
        let packs = list.read()
        let other = SHA256.hash([UInt8]("other".utf8).span)
        try list.note(sound: packs, damaged: [other], known: packs)
        require(list.read() == [other], "the list of damaged packs is not what was written")
    }

    /// A list of places with a digest that fits it, since that is no secret.
    private func readPlaces(_ bytes: [UInt8]) throws {
        let path = directory.path.appending(PlaceList.file)
        try FileSystem.write(path, bytes + SHA256.hash(bytes.span).bytes, mode: 0o600)
        let (list, repository) = (PlaceList(stateDirectory: directory.path), SampleRepository.shared.repository.id)
        _ = try? list.repositories(at: "here")
        try list.note(repository, at: "here", entropy: SeededEntropy(seed: 5))
        require(try list.repositories(at: "here").contains(repository), "a place is not in the list that it was put in")
    }

    /// What a client has seen, edited and sealed again: the storage is held against it, and it is merged with the truth.
    private func readRecollection(_ input: inout FuzzInput) throws {
        let process = try SampleRepository.shared.repository.reopened(cacheDirectory: nil)
        var record = self.record
        for edit in SealedInput.edits(&input) { edit.apply(to: &record, names: []) }
        let path = place.appending(RecollectionFile.file)
        try FileSystem.write(path, try holder.recollection(record, stateDirectory: directory.path), mode: 0o600)
        let file = RecollectionFile(stateDirectory: directory.path, repository: process)
        guard case .remembered(let remembered) = file.read() else { return }
        _ = try process.recall(remembered, thoroughly: true)
        _ = try process.acceptedRecollection()
        _ = try file.write(process.recollection, entropy: SeededEntropy(seed: 5))
    }

    private func readJournal(_ bytes: [UInt8]) throws {
        let path = place.appending("check-journal")
        try FileSystem.write(path, bytes)
        guard let journal = try ReadingJournal(path: path, resuming: true, seed: 1) else { return }
        let isEmpty = journal.wholeBefore.isEmpty
        require(isEmpty || bytes.starts(with: "pastfs check 1 seed ".utf8), "packs of what is no journal")
    }
}
