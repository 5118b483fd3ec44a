/// What help is asked about.
public enum HelpTopic: Sendable, Equatable {
    /// The program as a whole: its commands, exit codes and variables.
    case program
    /// The commands whose names begin with these words.
    case group(String)
    /// One command, by its whole name.
    case command(String)

    /// What follows `help` to get there.
    var words: [String] {
        switch self {
        case .program: []
        case .group(let name), .command(let name): [name]
        }
    }
}
