import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport

extension FuzzTarget {
    /// What lies on this machine beside a repository: the catalog's file, the files cache in it, and lists.
    static let local = FuzzTarget(
        name: "local",
        summary: "the local catalog's file, its files cache, the list of damaged packs and check's journal",
        words: ["SQLite format 3", "pastfs check 1 seed ", "CREATE TABLE", "catalog"], seeds: LocalFiles.seeds
    ) { bytes in
        var input = FuzzInput(bytes)
        LocalFiles.shared.read(input.choice(3), &input)
    }
}

/// A directory for the files, and the catalog as it must be.
private final class LocalFiles: Sendable {
    static let shared = needed("a directory for local files") { try LocalFiles() }

    private let directory: TemporaryDirectory
    /// Below the cache directory, named by the repository.
    private let place: FilePath
    private let catalog: [UInt8]
    private static let pageBytes = 4_096

    private init() throws {
        directory = try TemporaryDirectory(in: "/dev/shm")
        let sample = SampleRepository.shared
        place = directory.path.appending(sample.repository.id.description)
        try Self.fill(directory.path, sample)
        catalog = try FileSystem.read(place.appending("catalog.sqlite"), atMost: 1 << 20)
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
        ]
    }

    func read(_ kind: Int, _ input: inout FuzzInput) {
        do {
            switch kind {
            case 0: try readCatalog(&input)
            case 1: try readDamagedPacks(input.remaining)
            default: try readJournal(input.remaining)
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
            cacheDirectory: directory.path, repository: SampleRepository.shared.repository.id)
        let packs = list.read()
        try list.write(packs)
        require(list.read() == packs, "the list of damaged packs is not what was written")
    }

    private func readJournal(_ bytes: [UInt8]) throws {
        let path = place.appending("check-journal")
        try FileSystem.write(path, bytes)
        guard let journal = try ReadingJournal(path: path, resuming: true, seed: 1) else { return }
        let isEmpty = journal.wholeBefore.isEmpty
        require(isEmpty || bytes.starts(with: "pastfs check 1 seed ".utf8), "packs of what is no journal")
    }
}
