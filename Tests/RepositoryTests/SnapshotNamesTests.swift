import Coding
import Repository
import SystemInterface
import Testing

@Suite("Names of snapshots")
struct SnapshotNamesTests {
    /// 2026-11-20T14:03:22.5Z
    private let now = Timestamp(seconds: 1_795_183_402, nanoseconds: 500_000_000)

    private func snapshot(_ seconds: Int64, _ first: UInt8) throws -> Snapshot {
        let id = try #require(Bytes32([first] + [UInt8](repeating: 0xAB, count: 31)))
        let root = TreeEntry(name: [], type: .directory)
        return Snapshot(id: SnapshotID(id), manifest: RepositoryFixture.manifest(root: root, at: seconds))
    }

    @Test("A timestamp is UTC without colons")
    func timestamp() {
        #expect(SnapshotTimestamp.format(now) == "2026-11-20T14-03-22Z")
        #expect(SnapshotTimestamp.format(Timestamp(seconds: -1)) == "1969-12-31T23-59-59Z")
    }

    @Test(
        "A time covers all that it names",
        arguments: [
            ("2026", 1_798_761_599), ("2026-11", 1_796_083_199), ("2026-11-20", 1_795_219_199),
            ("2026-11-20T14", 1_795_186_799), ("2026-11-20T14:03", 1_795_183_439),
            ("2026-11-20T14-03-22Z", 1_795_183_402), ("today", 1_795_219_199), ("yesterday", 1_795_132_799),
            ("now", 1_795_183_402), ("3h", 1_795_172_602), ("2d", 1_795_010_602),
        ] as [(String, Int64)])
    func times(text: String, seconds: Int64) {
        #expect(TimeExpression.lastMoment(of: text, now: now)?.seconds == seconds)
    }

    @Test(
        "What is no time is none",
        arguments: [
            "", "2026-13", "2026-02-30", "26-11-20", "2026-11-20T25", "2026-11-20T", "12", "h", "1234567h", "-3h",
            "2026Z",
        ]
    )
    func noTimes(text: String) {
        #expect(TimeExpression.lastMoment(of: text, now: now) == nil)
    }

    @Test("Snapshots are found by every kind of name")
    func selectors() throws {
        let snapshots = try [
            snapshot(1_795_000_000, 0x11), snapshot(1_795_100_000, 0x22), snapshot(1_795_183_402, 0x33),
        ]
        func find(_ text: String) throws -> Snapshot {
            try SnapshotSelector.parse(text, now: now).resolve(in: snapshots)
        }
        #expect(try find("latest") == snapshots[2])
        #expect(try find("latest~2") == snapshots[0])
        #expect(try find("22ab") == snapshots[1])
        #expect(try find(snapshots[0].id.description) == snapshots[0])
        #expect(try find("2026-11-19T23") == snapshots[1])
        #expect(try find("2026-11-20T14-03-22Z") == snapshots[2])
        #expect(try find("1h") == snapshots[1])
    }

    @Test(
        "What names no snapshot is refused, and it is said why",
        arguments: [
            ("latest~3", .noSuchSnapshot), ("ffff", .noSuchSnapshot), ("2020", .noSuchSnapshot),
            ("nonsense", .invalidArgument), ("abc", .invalidArgument), ("11ab", .ambiguousSnapshot),
        ] as [(String, RepositoryError.Code)])
    func failures(text: String, code: RepositoryError.Code) throws {
        let snapshots = try [
            snapshot(1_795_000_000, 0x11), snapshot(1_795_000_000, 0x11), snapshot(1_795_183_402, 0x33),
        ]
        let error = #expect(throws: RepositoryError.self) {
            try SnapshotSelector.parse(text, now: now).resolve(in: snapshots)
        }
        #expect(error?.code == code)
    }

    @Test("Snapshots of one second are told apart by their identifiers")
    func naming() throws {
        let snapshots = try [
            snapshot(1_795_183_402, 0x11), snapshot(1_795_183_402, 0x22), snapshot(1_795_183_403, 0x33),
        ]
        let names = SnapshotNaming.names(of: snapshots)
        #expect(
            names == ["2026-11-20T14-03-22Z-11ababab", "2026-11-20T14-03-22Z-22ababab", "2026-11-20T14-03-23Z"])
        for (name, expected) in zip(names, snapshots) {
            #expect(try SnapshotSelector.parse(name, now: now).resolve(in: snapshots) == expected)
        }
    }
}
