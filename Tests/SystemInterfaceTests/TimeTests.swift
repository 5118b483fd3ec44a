import Glibc
import SystemInterface
import TestSupport
import Testing

@Suite("Times")
struct TimeTests {
    @Test("Order goes by seconds, then by nanoseconds, before 1970 too")
    func order() {
        let moments = [
            Timestamp(seconds: .min), Timestamp(seconds: -2, nanoseconds: 999_999_999), Timestamp(seconds: -1),
            Timestamp(seconds: -1, nanoseconds: 500_000_000), .zero, Timestamp(seconds: 0, nanoseconds: 1),
            Timestamp(seconds: 1), Timestamp(seconds: .max, nanoseconds: 999_999_999),
        ]
        #expect(moments.shuffled().sorted() == moments)
    }

    @Test("A whole second of nanoseconds is no timestamp")
    func nanosecondsAreLimited() {
        #expect(Timestamp(seconds: 0, uncheckedNanoseconds: 1_000_000_000) == nil)
        #expect(Timestamp(seconds: 0, uncheckedNanoseconds: .max) == nil)
        #expect(Timestamp(seconds: -5, uncheckedNanoseconds: 999_999_999)?.nanoseconds == 999_999_999)
    }

    @Test("A whole second of nanoseconds from our own code traps")
    func nanosecondsTrap() async {
        await #expect(processExitsWith: .failure) {
            _ = Timestamp(seconds: 0, nanoseconds: 1_000_000_000)
        }
    }

    @Test("Adding stops at the ends of the range")
    func adding() {
        #expect(Timestamp(seconds: 5, nanoseconds: 7).adding(seconds: -6) == Timestamp(seconds: -1, nanoseconds: 7))
        #expect(Timestamp(seconds: .max).adding(seconds: 1).seconds == .max)
        #expect(Timestamp(seconds: .min).adding(seconds: -1).seconds == .min)
    }

    @Test("The system's clock goes with the kernel's")
    func systemClock() {
        let before = time(nil)
        let now = SystemWallClock().now()
        let after = time(nil)
        // time(2) reads a coarser clock, which may lag by a tick.
        #expect((Int64(before)...Int64(after) + 1).contains(now.seconds))
    }

    @Test("A fixed clock stands still")
    func fixedClock() {
        let clock: any WallClock = FixedWallClock(Timestamp(seconds: 17, nanoseconds: 3))
        #expect(clock.now() == Timestamp(seconds: 17, nanoseconds: 3))
        #expect(clock.now() == clock.now())
    }

    struct Vector: Sendable {
        let seconds: Int64
        let fields: [Int]
        let weekday: Int
    }

    @Test(
        "Known moments have their dates",
        arguments: [
            Vector(seconds: 0, fields: [1970, 1, 1, 0, 0, 0], weekday: 3),
            Vector(seconds: -1, fields: [1969, 12, 31, 23, 59, 59], weekday: 2),
            Vector(seconds: 951_782_400, fields: [2000, 2, 29, 0, 0, 0], weekday: 1),
            Vector(seconds: 1_000_000_000, fields: [2001, 9, 9, 1, 46, 40], weekday: 6),
            Vector(seconds: 2_147_483_648, fields: [2038, 1, 19, 3, 14, 8], weekday: 1),
            Vector(seconds: -2_147_483_649, fields: [1901, 12, 13, 20, 45, 51], weekday: 4),
            Vector(seconds: 4_107_542_400, fields: [2100, 3, 1, 0, 0, 0], weekday: 0),
            Vector(seconds: -62_135_596_800, fields: [1, 1, 1, 0, 0, 0], weekday: 0),
            Vector(seconds: -62_135_596_801, fields: [0, 12, 31, 23, 59, 59], weekday: 6),
            Vector(seconds: 253_402_300_799, fields: [9999, 12, 31, 23, 59, 59], weekday: 4),
            Vector(seconds: .max, fields: [292_277_026_596, 12, 4, 15, 30, 7], weekday: 6),
        ])
    func knownMoments(vector: Vector) {
        let time = CivilTime(Timestamp(seconds: vector.seconds, nanoseconds: 999_999_999))
        #expect([time.year, time.month, time.day, time.hour, time.minute, time.second] == vector.fields)
        #expect(time.weekday == vector.weekday)
        #expect(time.timestamp == Timestamp(seconds: vector.seconds))
    }

    @Test("Every second that a timestamp holds comes back", arguments: 1...8 as ClosedRange<UInt64>)
    func secondsComeBack(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var all: [Int64] = [.min, .min + 1, .min + 86399, .min + 86400, .max, .max - 1, .max - 86400]
        for _ in 0..<1000 {
            all.append(Int64(bitPattern: generator.next()) >> Int64(generator.number(in: 0...63)))
        }
        for seconds in all {
            let time = CivilTime(Timestamp(seconds: seconds))
            #expect(time.timestamp.seconds == seconds, "seed \(seed)")
        }
    }

    @Test("The C library agrees", arguments: 20...25 as ClosedRange<UInt64>)
    func libraryAgrees(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var seconds = time_t(Int64(bitPattern: generator.next()) >> 24)
            var expected = tm()
            gmtime_r(&seconds, &expected)
            let time = CivilTime(Timestamp(seconds: Int64(seconds)))
            #expect(
                [time.year, time.month, time.day, time.hour, time.minute, time.second, (time.weekday + 1) % 7]
                    == [
                        Int(expected.tm_year) + 1900, Int(expected.tm_mon) + 1, Int(expected.tm_mday),
                        Int(expected.tm_hour), Int(expected.tm_min), Int(expected.tm_sec), Int(expected.tm_wday),
                    ], "seed \(seed), \(seconds) s")
        }
    }

    @Test(
        "What is no date is refused",
        arguments: [
            [2023, 2, 29, 0, 0, 0], [1900, 2, 29, 0, 0, 0], [2024, 4, 31, 0, 0, 0], [2024, 0, 1, 0, 0, 0],
            [2024, 13, 1, 0, 0, 0], [2024, 1, 0, 0, 0, 0], [2024, 1, 32, 0, 0, 0], [2024, 1, 1, 24, 0, 0],
            [2024, 1, 1, -1, 0, 0], [2024, 1, 1, 0, 60, 0], [2024, 1, 1, 0, 0, 60], [.max, 1, 1, 0, 0, 0],
            [.min, 1, 1, 0, 0, 0],
        ])
    func noDate(fields: [Int]) {
        let time = CivilTime(
            year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4], second: fields[5])
        #expect(time == nil)
    }

    @Test("Leap days are dates", arguments: [2000, 2024, 1600, 0, -4])
    func leapDays(year: Int) throws {
        let time = try #require(CivilTime(year: year, month: 2, day: 29, hour: 23, minute: 59, second: 59))
        #expect(CivilTime(time.timestamp) == time)
        #expect(CivilTime(time.timestamp.adding(seconds: 1)) == CivilTime(year: year, month: 3, day: 1))
    }

    @Test(
        "The most distant years that can be asked for have timestamps", arguments: [292_000_000_000, -292_000_000_000])
    func distantYears(year: Int) throws {
        let time = try #require(CivilTime(year: year, month: 6, day: 15, hour: 12))
        #expect(CivilTime(time.timestamp) == time)
    }
}
