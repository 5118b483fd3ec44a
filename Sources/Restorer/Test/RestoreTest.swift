import Coding
import Repository
import SystemInterface

/// How a restore test works.
public struct RestoreTestOptions: Sendable {
    /// How many millionths of the files may be drawn.
    public static let millionthsRange = 1...1_000_000

    /// How many millionths of the regular files are drawn; at least one file is.
    public var millionths: Int
    /// What they are drawn with: equal seeds draw equal files of a snapshot.
    public var seed: UInt64
    /// The path in the snapshot below which files are drawn.
    public var path: FilePath

    /// Options.
    public init(millionths: Int, seed: UInt64, path: FilePath = "/") {
        self.millionths = millionths
        self.seed = seed
        self.path = path
    }
}

/// What a restore test came to.
public struct RestoreTestOutcome: Sendable {
    /// The most failures that are listed; all are counted.
    public static let failuresMax = 100

    /// How many regular files there are below the path.
    public internal(set) var fileCount: UInt64 = 0
    /// How many of them were restored and compared.
    public internal(set) var testedCount: UInt64 = 0
    /// How many bytes these have.
    public internal(set) var testedBytes: UInt64 = 0
    /// What is not as the snapshot says, the first of it.
    public internal(set) var failures: [RestoreProblem] = []
    /// How many files are not as the snapshot says.
    public internal(set) var failureCount: UInt64 = 0
    /// What could not be restored to the directory at all, for nothing that the repository is to blame for, the first of it.
    public internal(set) var untested: [RestoreProblem] = []
    /// How many files could not be restored to the directory, and so not compared.
    public internal(set) var untestedCount: UInt64 = 0
    /// What the directory cannot take, such as owners that need root: nothing that the repository is to blame for.
    public internal(set) var limitations: UInt64 = 0
}

/// Restores a random sample of a snapshot's files as any restore does, one at a time, and compares each with what the
/// snapshot says: type, size, permissions, time of modification, and every byte, which is decoded once more for that and
/// held against the names of its chunks.
public struct RestoreTest {
    private let repository: Repository
    private let snapshot: Snapshot
    private let options: RestoreTestOptions
    private let scratch: FilePath
    private let source: ChunkSource
    private let advanced: @Sendable (RestoreTestOutcome, FilePath) -> Void
    private var outcome = RestoreTestOutcome()

    /// A test of `snapshot` that restores to directories of its own in `scratch`, which it removes again; `advanced` is
    /// told how far it has come.
    public init(
        _ repository: Repository, _ snapshot: Snapshot, options: RestoreTestOptions, scratch: FilePath,
        advanced: @escaping @Sendable (RestoreTestOutcome, FilePath) -> Void = { _, _ in }
    ) {
        self.repository = repository
        self.snapshot = snapshot
        self.options = options
        self.scratch = scratch
        self.advanced = advanced
        source = repository.makeSource(cacheBytes: Limits.bundleCacheBytesDefault, verifies: true)
    }

    /// Tests, and returns what came of it.
    ///
    /// Throws when there is nothing at the path, when no file is there, or when nothing can be restored at all.
    public consuming func run() throws(RestoreError) -> RestoreTestOutcome {
        do {
            try test()
            return outcome
        } catch let error as RestoreError {
            throw error
        } catch let error as RepositoryError {
            throw RestoreError(error)
        } catch let error as SystemError {
            throw RestoreError(.destination, path: error.path ?? scratch, error.errno.message)
        } catch {
            throw RestoreError(.repository(.internalFailure), "\(error)")
        }
    }

    private mutating func test() throws {
        var draw = SampleDraw(options)
        let path = options.path.normalized
        guard let entry = try SnapshotPath.lookup(path.components, in: snapshot, source: source) else {
            throw RestoreError(.noSuchPath, path: path, "snapshot \(snapshot.id.short) has nothing at this path")
        }
        try walk(entry, path, &draw)
        outcome.fileCount = draw.fileCount
        if outcome.testedCount == 0, let (entry, path) = draw.nearest { try test(entry, path) }
        guard outcome.testedCount + outcome.untestedCount + outcome.failureCount > 0 else {
            throw RestoreError(.noSuchPath, path: path, "there is no file to restore")
        }
    }

    /// A directory that is being walked.
    private struct Frame {
        let directory: TreeDirectory
        let path: FilePath
        var nextPage = 0
        var pending: ArraySlice<TreeEntry> = []
    }

    /// Goes through the tree, with a stack of its own, and tests the files that are drawn on the way.
    private mutating func walk(_ entry: TreeEntry, _ path: FilePath, _ draw: inout SampleDraw) throws {
        var stack: [Frame] = []
        try visit(entry, path, &draw, &stack)
        while var frame = stack.popLast() {
            if let child = frame.pending.popFirst() {
                let path = frame.path.appending(child.name)
                stack.append(frame)
                try visit(child, path, &draw, &stack)
            } else if frame.nextPage < frame.directory.pageCount {
                let page = try reading(frame.path) { () throws(RepositoryError) in
                    try frame.directory.page(frame.nextPage).entries
                }
                frame.pending = (page ?? [])[...]
                frame.nextPage += 1
                stack.append(frame)
            }
        }
    }

    private mutating func visit(
        _ entry: TreeEntry, _ path: FilePath, _ draw: inout SampleDraw, _ stack: inout [Frame]
    ) throws {
        if entry.type == .directory {
            let source = source
            let directory = try reading(path) { () throws(RepositoryError) in try TreeDirectory(entry, source: source) }
            if let directory { stack.append(Frame(directory: directory, path: path)) }
        } else if entry.type == .regular, entry.content != .unreadable, draw.takes(entry, path) {
            try test(entry, path)
        }
    }

    /// What `body` gives; nil, with a failure noted, where the repository is damaged there. What its backup could not read
    /// is no failure of a restore.
    private mutating func reading<Value>(
        _ path: FilePath, _ body: () throws(RepositoryError) -> Value
    ) throws(RepositoryError) -> Value? {
        do throws(RepositoryError) {
            return try body()
        } catch {
            guard error.code != .notSaved else { return nil }
            guard error.isDamage else { throw error }
            fail(path, error.description, isDamage: true)
            return nil
        }
    }

    private mutating func test(_ entry: TreeEntry, _ path: FilePath) throws {
        let place = scratch.appending("restored")
        let restored = place.appending(path.lastComponent)
        defer {
            try? FileSystem.remove(restored)
            try? FileSystem.remove(place, directory: true)
        }
        do {
            guard try compare(entry, path, in: place, restored) else { return advanced(outcome, path) }
        } catch {
            // What only the second reading finds, which asks for more, is what a test is for: the others are still to do.
            guard let reason = Self.damage(error) else { throw error }
            fail(path, reason, isDamage: true)
        }
        outcome.testedCount += 1
        outcome.testedBytes.addSaturating(entry.size)
        advanced(outcome, path)
    }

    /// Restores a file to the directory `place`, where it is `restored` then, and compares it with its entry; false if the
    /// directory could not take it, which says nothing of the snapshot.
    private mutating func compare(
        _ entry: TreeEntry, _ path: FilePath, in place: FilePath, _ restored: FilePath
    ) throws -> Bool {
        var options = RestoreOptions(path: path)
        options.workers = 1
        // It is compared and removed at once.
        options.isDurable = false
        let run = RestoreRun(repository: repository, snapshot: snapshot, destination: place, options: options)
        let result = try run.run()
        if result.damagedCount == 0, let problem = result.problems.last, try !FileSystem.exists(restored) {
            outcome.untestedCount += 1
            if outcome.untested.count < RestoreTestOutcome.failuresMax { outcome.untested.append(problem) }
            return false
        }
        outcome.limitations += result.problemCount - result.damagedCount
        if let problem = result.problems.first(where: \.isDamage) {
            fail(path, problem.reason, isDamage: true)
        } else if let difference = try RestoredFile(path: restored, source: source).difference(from: entry) {
            // Where something could not be set, that it differs is no news.
            let isNews = result.problemCount == 0 || difference.isContent
            if isNews { fail(path, difference.text, isDamage: false) }
        }
        return true
    }

    /// What is damaged in the repository, by an error of a restore or of a reading; nil for any other error.
    private static func damage(_ error: any Error) -> String? {
        switch error {
        case let error as RepositoryError where error.isDamage: return error.description
        case let error as RestoreError:
            guard case .repository(let code) = error.code, RepositoryError(code, error.reason).isDamage else {
                return nil
            }
            return error.description
        default: return nil
        }
    }

    private mutating func fail(_ path: FilePath, _ reason: String, isDamage: Bool) {
        outcome.failureCount += 1
        guard outcome.failures.count < RestoreTestOutcome.failuresMax else { return }
        outcome.failures.append(RestoreProblem(path: path, reason: reason, isDamage: isDamage))
    }
}
