import Coding
import Repository
import SystemInterface
import TestSupport
import Testing

@Suite("Names of snapshots")
struct SnapshotNamesTests {
    /// 2026-11-20T14:03:22.5Z
    private let now = Timestamp(seconds: 1_795_183_402, nanoseconds: 500_000_000)

    private func snapshot(
        _ seconds: Int64, _ first: UInt8, second: UInt8 = 0xAB, isPartial: Bool = false
    ) throws -> Snapshot {
        let id = try #require(Bytes32([first, second] + [UInt8](repeating: 0xAB, count: 30)))
        var manifest = RepositoryFixture.manifest(root: TreeEntry(name: [], type: .directory), at: seconds)
        manifest.isPartial = isPartial
        return Snapshot(id: SnapshotID(id), manifest: manifest)
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
        "A time begins where what it names begins",
        arguments: [
            ("2026", 1_767_225_600), ("2026-11", 1_793_491_200), ("2026-11-20", 1_795_132_800),
            ("2026-11-20T14", 1_795_183_200), ("2026-11-20T14:03", 1_795_183_380),
            ("2026-11-20T14-03-22Z", 1_795_183_402), ("2026-11-20T15-03-22+0100", 1_795_183_402),
            ("today", 1_795_132_800), ("yesterday", 1_795_046_400), ("now", 1_795_183_402), ("3h", 1_795_172_602),
        ] as [(String, Int64)])
    func beginnings(text: String, seconds: Int64) {
        #expect(TimeExpression.moments(of: text, now: now)?.lowerBound.seconds == seconds)
    }

    @Test("Whoever changes what becomes of a snapshot names by a time only the one that began within it")
    func exactly() throws {
        let (older, newer) = (try snapshot(1_795_000_000, 0x11), try snapshot(1_795_183_402, 0x33))
        func code(_ text: String, in snapshots: [Snapshot]) throws -> RepositoryError.Code? {
            let selector = try SnapshotSelector.parse(text, now: now)
            return RepositoryError.code { () throws(RepositoryError) in try selector.resolveExactly(in: snapshots) }
        }
        let today = try SnapshotSelector.parse("2026-11-20", now: now)
        #expect(try today.resolveExactly(in: [older, newer]) == newer)
        #expect(try today.resolve(in: [older]) == older)
        #expect(try code("2026-11-20", in: [older]) == .noSuchSnapshot)
        #expect(try code("3h", in: [older, newer]) == .noSuchSnapshot)
        #expect(try code("2026-11", in: [older, newer]) == .ambiguousSnapshot)
        #expect(try code("latest", in: [older, newer]) == nil)
        // A partial one is named by its identifier alone.
        let partial = try snapshot(1_795_183_403, 0x44, isPartial: true)
        #expect(try today.resolveExactly(in: [older, newer, partial]) == newer)
    }

    @Test("A name that several have is not one of a forgotten snapshot")
    func ambiguous() throws {
        let twins = try [snapshot(1, 0x11), snapshot(2, 0x11, second: 0x01)]
        let forgotten = try snapshot(3, 0x11, second: 0x02)
        let selector = SnapshotSelector.prefix("11")
        #expect(
            RepositoryError.code { () throws(RepositoryError) in try selector.resolveExactly(in: twins, or: [forgotten])
            }
                == .ambiguousSnapshot)
        #expect(
            RepositoryError.code { () throws(RepositoryError) in try selector.resolveExactly(in: [], or: twins) }
                == .ambiguousSnapshot)
        #expect(try selector.resolveExactly(in: [], or: [forgotten]) == forgotten)
        #expect(
            RepositoryError.code { () throws(RepositoryError) in
                try SnapshotSelector.prefix("22").resolveExactly(in: twins, or: [forgotten])
            } == .noSuchSnapshot)
    }

    @Test("A day begins and ends within time, whatever the clock says", arguments: ["today", "yesterday"])
    func daysAtTheEnds(text: String) {
        let last = TimeExpression.lastMoment(of: text, now: Timestamp(seconds: .max))
        let first = TimeExpression.lastMoment(of: text, now: Timestamp(seconds: .min))
        #expect(last.map { $0.seconds > .max - 200_000 } == true)
        #expect(first.map { $0.seconds < .min + 200_000 } == true)
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

    @Test("A partial snapshot is found by its identifier and its name, and is never the newest")
    func partial() throws {
        var last = try snapshot(1_795_183_402, 0x33)
        var manifest = last.manifest
        manifest.isPartial = true
        last = Snapshot(id: last.id, manifest: manifest)
        let snapshots = try [snapshot(1_795_000_000, 0x11), last]
        func find(_ text: String) throws -> Snapshot {
            try SnapshotSelector.parse(text, now: now).resolve(in: snapshots)
        }
        #expect(try find("latest") == snapshots[0])
        #expect(try find("now") == snapshots[0])
        #expect(try find("33ab") == last)
        #expect(try find("2026-11-20T14-03-22Z-33ababab") == last)
        let error = #expect(throws: RepositoryError.self) {
            try SnapshotSelector.latest(before: 0).resolve(in: [last])
        }
        #expect(error?.code == .noSuchSnapshot)
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

    @Test(
        "A name of another style means its second",
        arguments: [
            ("2026-11-20T15-03-22+0100", 1_795_183_402), ("2026-11-20T09-03-22-0500", 1_795_183_402),
            ("@GMT-2026.11.20-14.03.22", 1_795_183_402), ("2026-11-21T00:03:22+1000", 1_795_183_402),
        ] as [(String, Int64)])
    func styles(text: String, seconds: Int64) {
        #expect(TimeExpression.lastMoment(of: text, now: now)?.seconds == seconds)
    }

    @Test(
        "A name that is nearly one of a style is no time",
        arguments: [
            "2026-11-20T15-03-22+100", "2026-11-20T15-03-22+2400", "2026-11-20T15-03-22+0160", "2026-11-20T15-03+0100",
            "2026-11-20+0100", "@GMT-2026.11.20", "@GMT-2026-11-20-14.03.22", "@GMT-2026.11.20-14:03:22", "@GMT-",
            "+0100", "@GMT-2026.13.20-14.03.22",
        ])
    func noStyles(text: String) {
        #expect(TimeExpression.lastMoment(of: text, now: now) == nil)
    }

    @Test("Samba's form is as Samba writes it, without colons like all others")
    func sambaForm() {
        #expect(SnapshotNameStyle.gmt.format(now) == "@GMT-2026.11.20-14.03.22")
        #expect(SnapshotNameStyle.utc.format(now) == "2026-11-20T14-03-22Z")
    }

    @Test(
        "Every style names a second that is found again by the name, alone and with the identifier behind it",
        arguments: SnapshotNameStyle.allCases, 1...4)
    func stylesRoundTrip(style: SnapshotNameStyle, seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<200 {
            // The years 1 to 9999, whose names have four digits.
            let second = Int64(generator.number(in: -62_100_000_000...253_400_000_000))
            let name = style.format(Timestamp(seconds: second, nanoseconds: 999))
            #expect(!name.contains(":"))
            #expect(TimeExpression.lastMoment(of: name, now: now)?.seconds == second, "seed \(seed): \(name)")
            let twins = try [snapshot(second, 0x11), snapshot(second, 0x22)]
            for (twin, name) in zip(twins, SnapshotNaming.names(of: twins, style: style)) {
                #expect(try SnapshotSelector.parse(name, now: now).resolve(in: twins) == twin, "seed \(seed): \(name)")
            }
        }
    }
}
