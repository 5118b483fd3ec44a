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
        /// What stands then.
        let standing: Standing
        /// The local catalog and whatever else the program keeps outside of the repository.
        let cache: DiskImage
    }

    /// What commands acknowledge.
    struct Standing: Sendable {
        /// The snapshots that are listed.
        var listed: Set<SnapshotID> = []
        /// The snapshots that are held.
        var held: Set<SnapshotID> = []

        init() {}

        init(_ repository: Repository) throws {
            listed = Set(repository.snapshots().map(\.id))
            held = Set(try repository.holds().filter { $0.release == nil }.map(\.snapshot))
        }
    }

    /// Everything that was changed.
    let log: RecordedLog
    /// The commands in their order; the first is `init`.
    let steps: [Step]
    /// What each snapshot that was ever listed is to restore to.
    let trees: [SnapshotID: FileTree]
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

    /// Runs `init` and then `commands`, with the source edited before each. "SOURCE" in a command stands for its path.
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
        self.ground = ground
        var edits = try RandomTree(in: source, seed: seed, items: items)
        var steps: [Step] = []
        var trees: [SnapshotID: FileTree] = [:]
        for arguments in [["init", "--kdf-log-n", "10", "--chunk-size", "64KiB"]] + commands {
            if steps.count > 1 { try edits.edit(4) }
            let words = arguments.map { $0 == "SOURCE" ? source.description : $0 }
            try mount.mark("begin \(steps.count)")
            let code = try program.run(words)
            guard code == 0 else { throw Failed(arguments: arguments, code: code) }
            try mount.mark("end \(steps.count)")
            let standing = try Self.standing(in: mount.behind.appending(Self.repositoryName))
            for snapshot in standing.listed where trees[snapshot] == nil { trees[snapshot] = try FileTree(source) }
            // `init` needs no catalog.
            let kept = try FileSystem.exists(cache) ? DiskImage(reading: cache) : DiskImage()
            steps.append(Step(arguments: words, standing: standing, cache: kept))
        }
        self.steps = steps
        self.trees = trees
        let log = try RecordedLog(mount.readLog())
        self.log = log
        // The log must lead to what is there, or it lacks something.
        var disk = SimulatedDisk()
        for change in log.changes { disk.apply(change) }
        disk.syncAll()
        guard try disk.durableImage().digest == DiskImage(reading: mount.behind).digest else { throw Incomplete() }
    }

    private static func standing(in path: FilePath) throws -> Standing {
        try Standing(
            Repository.open(
                LocalDirectoryStore(at: path), passphrase: SecretBytes(Array(Program.passphrase.utf8)),
                cacheDirectory: nil))
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
