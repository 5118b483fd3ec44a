import CommandLineTools
import Repository
import Restorer
import SystemInterface

/// `pastfs export`
enum ExportCommand: Command {
    static let declaration = CommandDeclaration(
        name: "export", summary: "write a snapshot as a tar archive",
        discussion: """
            Writes to standard output, or to a new FILE. The archive has pax headers, which
            GNU tar, bsdtar and others read: names of any length, times to the nanosecond,
            hard links, holes, owners, extended attributes and access control lists. Paths
            in it begin at PATH. Sockets are left out, and so is a damaged file, with 13;
            at damage within a large file the archive ends without its end.
            """,
        examples: [
            .init("pastfs export --tar latest | tar -xpf - --xattrs --acls", "unpack everything here"),
            .init("pastfs export --tar yesterday:/home/anna -o anna.tar", "make an archive of a directory"),
        ],
        arguments: [
            ArgumentDeclaration(name: "SNAPSHOT[:PATH]", help: "a snapshot, and a path in it; everything if not given")
        ],
        options: [
            OptionDeclaration(long: "tar", help: "as a tar archive; must be given, as other forms may come"),
            OptionDeclaration(
                long: "output", short: "o", valueName: "FILE", help: "write to FILE, which must not exist",
                completion: .file),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let command = context.command
        guard command.flag("tar") else {
            throw command.usageError("--tar is missing: the form to export in", code: .missingArgument)
        }
        let argument = try SnapshotArgument(command.argument("SNAPSHOT[:PATH]"), context)
        let file = try command.value("output").map { try context.absolute($0) }
        if file == nil, context.console.isOutputTerminal {
            throw command.usageError("an archive is not for a terminal: name a file with -o, or use a pipe")
        }
        let interruption = try Interruption(context.console, "the archive is not complete")
        let meter = try ProgressMeter(context, phase: "exporting")
        let repository = try context.openRepository()
        let snapshot = try argument.snapshot(in: repository)
        let reporter = RestoreReporter(context.console, meter, listing: .none)
        let outcome: RestoreOutcome
        if let file {
            outcome = try attempting("cannot write \(file)") {
                try write(file, interruption) { sink in
                    try ArchiveRun(
                        repository: repository, snapshot: snapshot, path: argument.path, observer: reporter, sink: sink
                    ).run()
                }
            }
        } else {
            outcome = try attempting("cannot export snapshot \(snapshot.id.short)") {
                try ArchiveRun(
                    repository: repository, snapshot: snapshot, path: argument.path, observer: reporter,
                    sink: { try context.console.write($0) }
                ).run()
            }
        }
        context.console.status(nil)
        if outcome.damagedCount > 0 { return .damage }
        return outcome.problemCount == 0 ? .done : .problems
    }

    /// Makes a file of what `body` hands over, which has its name when it is whole and not before.
    private static func write(
        _ path: FilePath, _ interruption: Interruption,
        _ body: (@escaping ([UInt8]) throws -> Void) throws -> RestoreOutcome
    ) throws -> RestoreOutcome {
        let file = try AppearingFile(path)
        interruption.beforeLeaving { file.discard() }
        do {
            let outcome = try body { try file.descriptor.write(all: $0) }
            try file.appear()
            return outcome
        } catch {
            // The handler of signals holds the file for as long as the process lives.
            file.discard()
            throw error
        }
    }
}
