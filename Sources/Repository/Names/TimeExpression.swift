import SystemInterface

/// A time as people write it, and the moments that it covers.
///
/// `2026`, `2026-11`, `2026-11-20`, `2026-11-20T14`, `…T14:03`, `…T14:03:22` cover the whole of what they name; hours,
/// minutes and seconds may be joined by `:` or `-`, and `Z` may follow; all in UTC. A whole second may instead have the
/// distance from UTC behind it (`2026-11-20T15-03-22+0100`) or be in Samba's form (`@GMT-2026.11.20-14.03.22`). `now`,
/// `today`, `yesterday`, and an age such as `90s`, `15m`, `3h`, `2d`, `1w` count from the present.
public enum TimeExpression {
    /// The last moment that `text` covers, or nil if it is not a time.
    public static func lastMoment(of text: String, now: Timestamp) -> Timestamp? {
        moments(of: text, now: now)?.upperBound
    }

    /// The moments that `text` covers, or nil if it is not a time; of `now` and of an age it is one.
    public static func moments(of text: String, now: Timestamp) -> ClosedRange<Timestamp>? {
        switch text {
        case "now": return only(now)
        case "today": return wholeDay(CivilTime(now).daysSinceEpoch)
        case "yesterday": return wholeDay(CivilTime(now).daysSinceEpoch - 1)
        default:
            if let age = age(text) { return only(now.adding(seconds: -age)) }
            return calendar(text) ?? second(of: text).map { seconds($0, $0) }
        }
    }

    private static func only(_ moment: Timestamp) -> ClosedRange<Timestamp> { moment...moment }

    /// The second that a name of a snapshot, of any style, stands for; nil if it is none, or has more behind it.
    static func second(of name: String) -> Int64? {
        if name.hasPrefix("@GMT-") { return second(ofSambaForm: name.dropFirst(5)) }
        if name.hasSuffix("Z") { return wholeSecond(name.dropLast()) }
        let distance = name.suffix(5)
        guard let sign = distance.first, sign == "+" || sign == "-",
            let parts = numbers(distance.dropFirst().prefix(2) + ":" + distance.suffix(2), widths: [2, 2]),
            parts.count == 2, parts[0] < 24, parts[1] < 60, let second = wholeSecond(name.dropLast(5))
        else { return nil }
        let seconds = Int64(parts[0] * 3_600 + parts[1] * 60)
        return second - (sign == "+" ? seconds : -seconds)
    }

    /// `YYYY.MM.DD-hh.mm.ss`.
    private static func second(ofSambaForm text: Substring) -> Int64? {
        let halves = text.split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count == 2, !text.contains(":") else { return nil }
        let parts = halves.map { $0.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "-") }
        return wholeSecond(Substring(parts.joined(separator: "T")))
    }

    /// `YYYY-MM-DDThh-mm-ss`, all of it.
    private static func wholeSecond(_ text: Substring) -> Int64? {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 2, let date = numbers(halves[0], widths: [4, 2, 2]), date.count == 3,
            let time = numbers(halves[1], widths: [2, 2, 2]), time.count == 3
        else { return nil }
        return CivilTime(
            year: date[0], month: date[1], day: date[2], hour: time[0], minute: time[1], second: time[2]
        )?.timestamp.seconds
    }

    private static let secondsPerDay: Int64 = 86_400

    /// The day of a number, or an end of time itself: no clock is too wrong to be asked.
    private static func wholeDay(_ day: Int) -> ClosedRange<Timestamp> {
        let (first, isOver) = Int64(day).multipliedReportingOverflow(by: secondsPerDay)
        guard !isOver else { return day < 0 ? seconds(.min, .min) : seconds(.max, .max) }
        let (last, isLast) = first.addingReportingOverflow(secondsPerDay - 1)
        return seconds(first, isLast ? .max : last)
    }

    /// All moments from the first to the last second.
    private static func seconds(_ first: Int64, _ last: Int64) -> ClosedRange<Timestamp> {
        Timestamp(seconds: first)...Timestamp(seconds: last, nanoseconds: Timestamp.nanosecondsPerSecond - 1)
    }

    /// Seconds of an age of at most six digits and a unit.
    private static func age(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": secondsPerDay, "w": 7 * secondsPerDay]
        guard let last = text.last, let unit = units[last] else { return nil }
        let digits = text.dropLast()
        guard (1...6).contains(digits.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let count = Int64(digits)
        else { return nil }
        return count * unit
    }

    private static func calendar(_ text: String) -> ClosedRange<Timestamp>? {
        var rest = text[...]
        if rest.hasSuffix("Z") {
            rest = rest.dropLast()
            guard rest.contains("T") else { return nil }
        }
        let halves = rest.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count <= 2, let date = numbers(halves[0], widths: [4, 2, 2]) else { return nil }
        var time: [Int] = []
        if halves.count == 2 {
            guard date.count == 3, let numbers = numbers(halves[1], widths: [2, 2, 2]) else { return nil }
            time = numbers
        }
        let month = date.count > 1 ? date[1] : 12
        guard (1...12).contains(month),
            let first = civil(date + [1, 1].suffix(3 - date.count), time + [0, 0, 0].suffix(3 - time.count)),
            let last = civil(
                date + [12, CivilTime.dayCount(year: date[0], month: month)].suffix(3 - date.count),
                time + [23, 59, 59].suffix(3 - time.count))
        else { return nil }
        return seconds(first, last)
    }

    private static func civil(_ date: [Int], _ time: [Int]) -> Int64? {
        CivilTime(year: date[0], month: date[1], day: date[2], hour: time[0], minute: time[1], second: time[2])?
            .timestamp.seconds
    }

    /// One to three numbers of exactly these widths, joined by `-` or `:`.
    private static func numbers(_ text: Substring, widths: [Int]) -> [Int]? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == ":" }
        guard parts.count <= widths.count else { return nil }
        var numbers: [Int] = []
        for (part, width) in zip(parts, widths) {
            guard part.utf8.count == width, part.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(part)
            else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
