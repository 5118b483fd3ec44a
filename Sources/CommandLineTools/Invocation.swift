/// What a command line asks for.
public enum Invocation: Sendable {
    /// To run a command.
    case command(ParsedCommand)
    /// To show help: `--help`, or the command `help`.
    case help(HelpTopic)
    /// To show the version.
    case version
}
