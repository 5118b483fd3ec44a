import Repository
import SnapshotView
import Storage
import SystemInterface
import Testing
import TestSupport
import ViewTestSupport

/// The suite that runs a second time through the kernel (MountTests).
@Suite("A view in process")
struct FunctionalTests {
    /// One source and one view for all cases: they change neither.
    private struct Fixture: Sendable {
        let source: SourceTree
        let tree: ViewTree

        static let shared: Result<Fixture, any Error> = Result { try Fixture() }

        init() throws {
            source = try SourceTree()
            let repository = try TestRepository(in: MemoryStore())
            let path = source.directory.path
            try repository.commit(started: Timestamp(seconds: 1_000_000_000)) {
                try TreeScanner(session: $0).root(path)
            }
            let view = SnapshotView(
                repository: repository.repository,
                options: ViewOptions(clock: FixedWallClock(Timestamp(seconds: 2_000_000_000))), log: { _ in })
            tree = ViewTree(view, root: "snapshots/2001-09-09T01-46-40Z")
        }
    }

    @Test("shows the source", arguments: FunctionalCase.all)
    func showsTheSource(_ functionalCase: FunctionalCase) throws {
        let fixture = try Fixture.shared.get()
        try functionalCase.run(fixture.tree, fixture.source)
    }
}
