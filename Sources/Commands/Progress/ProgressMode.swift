import CommandLineTools

/// How progress is shown.
enum ProgressMode: Hashable {
    /// Not at all.
    case none
    /// In one line of the terminal that is written again and again.
    case terminal
    /// As a line after every so many seconds.
    case lines(seconds: Double)

    /// What `--progress` says; on a terminal if it says nothing.
    init(_ context: CommandContext) throws(UsageError) {
        let long = GlobalOptions.progress.long
        switch try context.command.text(long) {
        case nil, "auto":
            // A terminal that cannot go back to the beginning of a line would be filled with lines.
            let isDumb = context.environment["TERM"] == Array("dumb".utf8)
            self = context.console.isErrorTerminal && !context.console.isJSON && !isDumb ? .terminal : .none
        case "none": self = .none
        case let text?:
            guard text.hasPrefix("lines="), let seconds = Self.seconds(text.dropFirst(6)) else {
                throw context.command.usageError(
                    "--\(long) is `auto`, `none`, or `lines=` and a time such as 30s or 5m", code: .invalidValue)
            }
            self = .lines(seconds: seconds)
        }
    }

    private static func seconds(_ text: Substring) -> Double? {
        let factors: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last, let factor = factors[unit], let number = Int(text.dropLast()),
            (1...86_400).contains(number)
        else { return nil }
        return Double(number) * factor
    }
}
