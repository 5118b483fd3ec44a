import BackupTestSupport
import Cryptography
import Repository
import Storage
import SystemInterface
import TestSupport

/// The real program at work on a recorded file system: what it changed there, and what it said to have done.
struct Recording: Sendable {
    /// One command, and what is known when it has ended.
    struct Step: Sendable {
        /// The command, as it was run.
        let arguments: [String]
        /// How it ended.
        let code: Int32
        /// Whether it is no command, but what went wrong before the next one.
        let isDamage: Bool
        /// What stands then.
        let standing: Standing
        /// What each snapshot that stands is to restore to from then on.
        let restorable: [SnapshotID: Restorable]
        /// The local catalog and whatever else the program keeps outside of the repository.
        let cache: DiskImage
    }

    /// What restoring a snapshot gives.
    struct Restorable: Sendable {
        let tree: FileTree
        /// How many items cannot be had back.
        var problemCount = 0
    }

    /// What commands acknowledge.
    struct Standing: Sendable {
        /// The snapshots that are listed.
        var listed: Set<SnapshotID> = []
        /// The snapshots that are forgotten, and whole until they are swept.
        var forgotten: Set<SnapshotID> = []
        /// The snapshots that are held.
        var held: Set<SnapshotID> = []

        init() {}

        init(_ repository: Repository) throws {
            listed = Set(repository.snapshots().map(\.id))
            forgotten = Set(repository.forgottenSnapshots().map(\.snapshot.id))
            held = Set(
                try repository.snapshotsWithHolds().filter { try !repository.bindingHolds(of: $0).isEmpty })
        }
    }

    /// Everything that was changed.
    let log: RecordedLog
    /// The commands in their order; the first is `init`.
    let steps: [Step]
    /// What all that was done on.
    let ground: Ground
    /// Where the source lies, as the last command found it.
    let source: FilePath

    private let directory: TemporaryDirectory

    /// A command did not do what it was to do.
    struct Failed: Error {
        let arguments: [String]
        let code: Int32
    }

    /// The repository's name in the directory that is recorded.
    static let repositoryName = "repository"
    /// The name of the directory of the local catalog, beside it or elsewhere.
    static let catalogName = "cache"
    /// Images and everything else here lie in memory.
    static let base: FilePath = "/dev/shm"

    /// What stands before a command that is killed before it has made all its changes.
    static let killed = "KILLED"
    /// Before which of its changes.
    private static let killedAtChange = 14

    /// Whether something went wrong with the repository in a step, so that not everything can be had back.
    var isDamaged: Bool { steps.contains { $0.isDamage } }

    /// What stands for the first hold of the snapshot that was made first.
    static let firstHold = "HOLD"

    /// Runs `init` and then `commands`, with the source edited before each. "SOURCE" in a command stands for its path, and
    /// "SHELF" for a directory outside of what is recorded.
    init(commands: [[String]], seed: UInt64, on ground: Ground, items: Int = 8) throws {
        directory = try TemporaryDirectory(in: Self.base)
        let source = try directory.makeDirectory("source")
        self.source = source
        let mount = try RecordingMount(in: directory, hasUnnamedFiles: ground != .namedFiles)
        let program = Program(
            repository: mount.path.appending(Self.repositoryName),
            cache: ground == .withCatalog
                ? mount.path.appending(Self.catalogName) : try directory.makeDirectory(Self.catalogName))
        let cache = ground == .withCatalog ? mount.behind.appending(Self.catalogName) : program.cache
        let places = ["SOURCE": source, "SHELF": directory.path.appending("shelf")].mapValues(\.description)
        self.ground = ground
        var edits = try RandomTree(in: source, seed: seed, items: items)
        var steps: [Step] = []
        for arguments in [["init", "--kdf-log-n", "10", "--chunk-size", "64KiB"]] + commands {
            if steps.count > 1 { try edits.edit(4) }
            let words = arguments.map { word in
                let hold = word == Self.firstHold ? steps.last?.standing.held.first.map { "\($0).1" } : nil
                return hold ?? places[word] ?? word
            }
            try mount.mark("begin \(steps.count)")
            let code = try Self.run(words, program, mount)
            try mount.mark("end \(steps.count)")
            let repository = try Self.open(mount.behind.appending(Self.repositoryName))
            let standing = try Standing(repository)
            let isDamage = Damage(arguments) != nil
            let restorable =
                isDamage || steps.contains { $0.isDamage }
                ? try Self.restorable(repository, source)
                : try Self.restorable(standing, source, steps.last?.restorable ?? [:])
            // `init` needs no catalog.
            let kept = try FileSystem.exists(cache) ? DiskImage(reading: cache) : DiskImage()
            steps.append(
                Step(
                    arguments: words, code: code, isDamage: isDamage, standing: standing, restorable: restorable,
                    cache: kept))
        }
        self.steps = steps
        let log = try RecordedLog(mount.readLog())
        self.log = log
        // The log must lead to what is there, or it lacks something.
        var disk = SimulatedDisk()
        for change in log.changes { disk.apply(change) }
        disk.syncAll()
        guard try disk.durableImage().digest == DiskImage(reading: mount.behind).digest else { throw Incomplete() }
    }

    /// Runs a command, or does what stands in its place; its exit code.
    private static func run(_ words: [String], _ program: Program, _ mount: RecordingMount) throws -> Int32 {
        if let damage = Damage(words) {
            try damage.strike(program.repository, behind: mount.behind.appending(repositoryName))
            return 0
        }
        if words.first == killed {
            try mount.killAtChange(killedAtChange, isAfter: false)
            let code = try program.run(Array(words.dropFirst()))
            try mount.stopKilling()
            guard code == KillTests.killed else { throw Failed(arguments: words, code: code) }
            return code
        }
        let code = try program.run(words)
        // Repairs say how much could not be saved.
        guard code == 0 || words.first == "repair" && [3, 13].contains(code) else {
            throw Failed(arguments: words, code: code)
        }
        return code
    }

    /// What is to be had back while nothing is damaged: new snapshots are of the source as it is.
    private static func restorable(
        _ standing: Standing, _ source: FilePath, _ before: [SnapshotID: Restorable]
    ) throws -> [SnapshotID: Restorable] {
        var restorable: [SnapshotID: Restorable] = [:]
        for snapshot in standing.listed.union(standing.forgotten) {
            restorable[snapshot] = try before[snapshot] ?? Restorable(tree: FileTree(source))
        }
        return restorable
    }

    /// What is to be had back of a repository that has lost something.
    private static func restorable(
        _ repository: Repository, _ source: FilePath
    ) throws -> [SnapshotID: Restorable] {
        let room = try TemporaryDirectory(in: base)
        var restorable: [SnapshotID: Restorable] = [:]
        for snapshot in repository.snapshots() {
            restorable[snapshot.id] = try ImageJudge.restored(
                repository, snapshot, source, room.path.appending(snapshot.id.short))
        }
        return restorable
    }

    /// Opens the repository in `path` without a catalog.
    static func open(_ path: FilePath) throws -> Repository {
        try Repository.open(
            LocalDirectoryStore(at: path), passphrase: SecretBytes(Array(Program.passphrase.utf8)),
            cacheDirectory: nil)
    }

    /// What was stored when the last step began.
    func imageBeforeLastStep() -> DiskImage {
        var disk = SimulatedDisk()
        for change in log.changes {
            if case .begin(step: steps.count - 1) = change { break }
            disk.apply(change)
        }
        disk.syncAll()
        return disk.durableImage()
    }

    /// The changes of the log do not lead to what is there.
    struct Incomplete: Error {}
}
