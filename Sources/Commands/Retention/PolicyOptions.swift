import CommandLineTools
import Maintenance
import Repository
import SystemInterface

/// What `forget` is told of a policy.
enum PolicyOptions {
    private static let group = "What is kept"
    private static let within = "keep-within"
    private static let tag = "keep-tag"
    static let groupBy = "group-by"
    static let timeZone = "time-zone"

    static let options: [OptionDeclaration] =
        [
            OptionDeclaration(
                long: "keep-last", valueName: "N", help: "the newest N complete snapshots", group: group)
        ]
        + RetentionPeriod.allCases.map { period in
            OptionDeclaration(
                long: "keep-\(period.rawValue)", valueName: "N",
                help: "the newest of each of the newest N \(words(period)) that have one", group: group)
        } + [
            OptionDeclaration(
                long: within, valueName: "DURATION",
                help: "all that began so long before the newest: `30d`, `1y6w`, `36h`", group: group),
            OptionDeclaration(
                long: tag, valueName: "TAG", help: "all that have this tag", isRepeatable: true, group: group),
            OptionDeclaration(
                long: groupBy, valueName: "WHAT",
                help: "each group by itself: some of host,paths,tags; `host,paths` if not given", group: group),
            OptionDeclaration(
                long: timeZone, valueName: "ZONE",
                help: "where days begin: `local`, `utc`, or a distance such as `+0100`; `local` if not given",
                group: group),
        ]

    private static func words(_ period: RetentionPeriod) -> String {
        switch period {
        case .hourly: "hours"
        case .daily: "days"
        case .weekly: "weeks"
        case .monthly: "months"
        case .yearly: "years"
        }
    }

    /// The policy of the command line, which may be empty.
    static func policy(_ command: ParsedCommand) throws(UsageError) -> RetentionPolicy {
        let range = 1...RetentionLimits.keepMax
        var policy = RetentionPolicy()
        policy.last = try command.integer("keep-last", in: range) ?? 0
        for period in RetentionPeriod.allCases {
            policy.periods[period] = try command.integer("keep-\(period.rawValue)", in: range)
        }
        if let text = try command.text(within) {
            guard let duration = RetentionDuration(text) else {
                throw command.usageError(
                    "--\(within) needs a duration such as 30d, 1y6w or 36h, of at most 1000y, not "
                        + "\"\(Printable.line(text))\"",
                    code: .invalidValue)
            }
            policy.within = duration
        }
        policy.tags = Set(try command.texts(tag))
        return policy
    }

    /// Whether something is said of how a policy counts.
    static func areWaysGiven(_ command: ParsedCommand) throws(UsageError) -> Bool {
        let isGrouped = try command.text(groupBy) != nil
        return try command.text(timeZone) != nil || isGrouped
    }

    /// What makes a group.
    static func grouping(_ command: ParsedCommand) throws(UsageError) -> SnapshotGrouping {
        guard let text = try command.text(groupBy) else { return [.host, .paths] }
        guard let grouping = SnapshotGrouping(text) else {
            throw command.usageError(
                "--\(groupBy) needs some of host,paths,tags, not \"\(Printable.line(text))\"", code: .invalidValue)
        }
        return grouping
    }

    /// How far clocks are ahead of UTC, in seconds, where the policy's days begin.
    static func secondsEastOfUTC(_ command: ParsedCommand) throws(UsageError) -> @Sendable (Timestamp) -> Int {
        let text = try command.text(timeZone) ?? "local"
        switch text {
        case "local": return { LocalTime.secondsEastOfUTC(at: $0) }
        case "utc": return { _ in 0 }
        default: break
        }
        guard let seconds = distance(text) else {
            throw command.usageError(
                "--\(timeZone) needs local, utc, or a distance such as +0100, not \"\(Printable.line(text))\"; for a "
                    + "place by name set TZ",
                code: .invalidValue)
        }
        return { _ in seconds }
    }

    /// `+hhmm` or `-hh:mm`, up to 14 hours.
    private static func distance(_ text: String) -> Int? {
        let digits = text.dropFirst().filter { $0 != ":" }
        guard let sign = text.first, sign == "+" || sign == "-", digits.utf8.count == 4,
            digits.utf8.allSatisfy({ (48...57).contains($0) }), text.utf8.count == (text.contains(":") ? 6 : 5),
            !text.contains(":") || text.dropFirst(3).first == ":",
            let hours = Int(digits.prefix(2)), let minutes = Int(digits.suffix(2)), hours <= 14, minutes < 60
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }
}
