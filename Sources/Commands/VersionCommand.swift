import CommandLineTools
import Repository

/// `pastfs version`
enum VersionCommand: Command {
    static let declaration = CommandDeclaration(
        name: "version", summary: "show the version",
        examples: [.init("pastfs version", "show the program's version and the format's")])

    static func run(_ context: CommandContext) throws -> ExitCode { try show(on: context.console) }

    static func show(on console: Console) throws(Failure) -> ExitCode {
        try console.record(Record(version: PastFSProgram.version, formatVersion: FormatVersion.current))
        try console.line("\(PastFSProgram.name) \(PastFSProgram.version), repository format \(FormatVersion.current)")
        return .done
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.version.v1"
        let version: String
        let formatVersion: UInt16
    }
}
