import BackupTestSupport
import Repository
import SnapshotView
import Storage
import SystemInterface
import TestSupport
import ViewTestSupport

/// Snapshots of a random tree that was edited between them, a view of them, and what each of them holds.
struct RandomHistory {
    /// A snapshot as the model knows it.
    struct Moment {
        let name: String
        let host: String
        let model: TreeModel
    }

    let view: SnapshotView
    let moments: [Moment]

    /// The same for the same seed; two hosts take turns at random.
    init(seed: UInt64, snapshots: Int = 6) throws {
        let directory = try TemporaryDirectory()
        let root = try directory.makeDirectory("tree")
        var generator = SeededGenerator(seed: seed)
        var tree = try RandomTree(in: root, seed: seed, items: 40)
        let repository = try TestRepository(in: MemoryStore())
        var moments: [Moment] = []
        for index in 0..<snapshots {
            if index > 0 { try tree.edit(6) }
            let host = generator.number(in: 0...1) == 0 ? "house" : "garden"
            let started = Timestamp(seconds: 1_000_000_000 + Int64(index))
            try repository.commit(started: started, host: host) { try TreeScanner(session: $0).root(root) }
            moments.append(
                Moment(
                    name: SnapshotTimestamp.format(started), host: host,
                    model: try TreeModel(scanning: KernelTree(root))))
        }
        self.moments = moments
        view = SnapshotView(
            repository: repository.repository,
            options: ViewOptions(clock: FixedWallClock(Timestamp(seconds: 2_000_000_000))), log: { _ in })
    }

    /// Every path that any snapshot has.
    var paths: Set<FilePath> { moments.reduce(into: []) { $0.formUnion($1.model.items.keys) } }
}
