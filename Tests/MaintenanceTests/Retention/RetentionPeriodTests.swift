import Maintenance
import SystemInterface
import Testing

@Suite("The periods of a policy")
struct RetentionPeriodTests {
    /// The moment of a time in UTC.
    private static func moment(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0
    ) throws -> Timestamp {
        try #require(CivilTime(year: year, month: month, day: day, hour: hour, minute: minute)).timestamp
    }

    @Test(
        "are named by the clock of the place",
        arguments: [
            (RetentionPeriod.hourly, 0, "2026-11-20T23+0000"), (.hourly, 3_600, "2026-11-21T00+0100"),
            (.hourly, -12_600, "2026-11-20T20-0330"), (.daily, 0, "2026-11-20"), (.daily, 3_600, "2026-11-21"),
            (.weekly, 0, "2026-W47"), (.monthly, 0, "2026-11"), (.yearly, 0, "2026"),
        ])
    func names(period: RetentionPeriod, secondsEastOfUTC: Int, name: String) throws {
        let moment = try Self.moment(2026, 11, 20, 23, 59)
        #expect(period.name(of: moment, secondsEastOfUTC: secondsEastOfUTC) == name)
    }

    @Test(
        "A week belongs to the year of its Thursday",
        arguments: [
            (2024, 12, 29, "2024-W52"), (2024, 12, 30, "2025-W01"), (2025, 12, 28, "2025-W52"),
            (2025, 12, 29, "2026-W01"), (2026, 12, 31, "2026-W53"), (2027, 1, 3, "2026-W53"), (2027, 1, 4, "2027-W01"),
            (2021, 1, 3, "2020-W53"), (2021, 1, 4, "2021-W01"), (2000, 1, 1, "1999-W52"), (1, 1, 1, "0001-W01"),
        ])
    func weeks(year: Int, month: Int, day: Int, name: String) throws {
        #expect(RetentionPeriod.weekly.name(of: try Self.moment(year, month, day), secondsEastOfUTC: 0) == name)
    }

    @Test("An hour that comes twice is two, and the day that has it is one")
    func hourThatComesTwice() throws {
        // From 00:30 UTC on: 02:30, 02:30 again, 03:30.
        let moments = try (0...2).map { try Self.moment(2026, 10, 25, $0, 30) }
        #expect(
            moments.map { RetentionPeriod.hourly.name(of: $0, secondsEastOfUTC: Berlin.secondsEastOfUTC(at: $0)) }
                == ["2026-10-25T02+0200", "2026-10-25T02+0100", "2026-10-25T03+0100"])
        let day = try [(24, 22, 0), (25, 0, 30), (25, 1, 30), (25, 22, 59)].map {
            try Self.moment(2026, 10, $0, $1, $2)
        }
        #expect(
            Set(day.map { RetentionPeriod.daily.name(of: $0, secondsEastOfUTC: Berlin.secondsEastOfUTC(at: $0)) })
                == ["2026-10-25"])
    }

    @Test("An hour that is missing is none: the next one follows at once")
    func hourThatIsMissing() throws {
        let moments = try [(0, 59), (1, 0)].map { try Self.moment(2026, 3, 29, $0, $1) }
        #expect(
            moments.map { RetentionPeriod.hourly.name(of: $0, secondsEastOfUTC: Berlin.secondsEastOfUTC(at: $0)) }
                == ["2026-03-29T01+0100", "2026-03-29T03+0200"])
    }

    @Test("The earliest and the latest moment have names", arguments: RetentionPeriod.allCases)
    func extremes(period: RetentionPeriod) {
        for seconds in [Int64.min, .max] {
            for east in [-50_400, 50_400] {
                #expect(!period.name(of: Timestamp(seconds: seconds), secondsEastOfUTC: east).isEmpty)
            }
        }
    }

    @Test(
        "A duration is read as it is written",
        arguments: [
            ("1h", 3_600), ("90d", 7_776_000), ("2d12h", 216_000), ("1y6w", 35_164_800), ("0d1h", 3_600),
            ("1y1w1d1h", 32_230_800),
        ])
    func durations(text: String, seconds: Int64) throws {
        #expect(try #require(RetentionDuration(text)).seconds == seconds)
    }

    @Test(
        "Anything else is no duration",
        arguments: ["", "d", "1", "0h", "1d1d", "1h1d", "-1d", "1m", "1 d", "1d ", "12345678h", "1.5d", "٣d", "9999y"])
    func noDurations(text: String) {
        #expect(RetentionDuration(text) == nil)
    }

    @Test("A grouping is read as it is written, and anything else is none")
    func groupings() {
        #expect(SnapshotGrouping("host,paths") == [.host, .paths])
        #expect(SnapshotGrouping("tags,host,paths") == [.host, .paths, .tags])
        #expect(SnapshotGrouping("") == [])
        for text in [",", "host,", "host,host", "hosts", "Host", "host, paths"] {
            #expect(SnapshotGrouping(text) == nil)
        }
    }
}
