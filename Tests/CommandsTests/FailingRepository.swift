import Testing

/// A repository of some snapshots whose records a disk does not give on demand.
struct FailingRepository {
    let pastfs: PastFS
    let mount: FaultyMount
    /// The identifiers of the snapshots, the oldest first.
    let snapshots: [String]

    init(snapshots count: Int) throws {
        pastfs = try PastFS(isReady: false)
        mount = try FaultyMount(in: pastfs.directory)
        #expect(try Self.run(["init", "--kdf-log-n", "10"], pastfs, mount).code == 0)
        try pastfs.writeSource()
        for _ in 0..<count {
            #expect(try Self.run(["backup", pastfs.source.description], pastfs, mount).code == 0)
        }
        snapshots = try JSONLines.parse(try Self.run(["--json", "snapshots"], pastfs, mount).output)
            .compactMap { $0.strings["id"] }
        try #require(snapshots.count == count)
    }

    /// Runs the program on the repository.
    func run(_ arguments: [String]) throws -> PastFS.Outcome { try Self.run(arguments, pastfs, mount) }

    private static func run(
        _ arguments: [String], _ pastfs: PastFS, _ mount: FaultyMount
    ) throws -> PastFS.Outcome {
        let repository = mount.path.appending("repository").description
        return try pastfs.run(arguments, environment: ["PASTFS_REPOSITORY": repository])
    }
}
