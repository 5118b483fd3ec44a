import CommandLineTools
import Repository
import SystemInterface

/// `pastfs diff`
enum DiffCommand: Command {
    static let declaration = CommandDeclaration(
        name: "diff", summary: "show what differs between two snapshots",
        discussion: """
            A line for each path that differs, after a letter: `+` only the second has it,
            `-` only the first, `M` other content, `U` the same content with other
            permissions, owner, time or attributes, `T` something of another type, `?` it
            could not be read. Directories end in a slash, and all below one that came or
            went is listed too. What both share is not looked into.

            Ends with 0 whether anything differs or not; with --exit-code with 1 if
            anything does, and then what would be 1 otherwise is 2, as of diff(1). Ends
            with 3 if a backup could not read a directory, and with 13 if one is damaged.
            """,
        examples: [
            .init("pastfs diff latest~1 latest", "what the last backup changed"),
            .init("pastfs diff 2026-11-01 latest /home/anna", "what became of a directory since a day"),
            .init("pastfs diff latest:/srv/live latest:/srv/test", "two directories of one snapshot"),
            .init("pastfs diff --exit-code latest~1 latest /etc >/dev/null", "whether a script has anything to do"),
        ],
        arguments: [
            ArgumentDeclaration(name: "FIRST[:PATH]", help: "a snapshot, and a path in it; `/` if not given"),
            ArgumentDeclaration(
                name: "SECOND[:PATH]", help: "another; its path is that of the first if none is given"),
            ArgumentDeclaration(name: "PATH", help: "the path in both, absolute", kind: .optional),
        ],
        options: [OptionDeclaration(long: "exit-code", help: "end with 1 if anything differs, and with 0 if not")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        guard context.command.flag("exit-code") else { return try compare(context).exitCode }
        do {
            let output = try attempting("cannot \(declaration.summary)") {
                let output = try compare(context)
                // What cannot be written must not end as what differs does.
                try context.console.flush()
                return output
            }
            guard output.exitCode == .done else { return output.exitCode }
            return output.hasDifferences ? .differs : .done
        } catch {
            throw error.exitCode == .failed ? error.with(.comparisonFailed) : error
        }
    }

    private static func compare(_ context: CommandContext) throws -> DiffOutput {
        _ = try Interruption(context.console, "nothing was changed")
        let first = try SnapshotArgument(context.command.argument("FIRST[:PATH]"), context)
        let second = try SnapshotArgument(context.command.argument("SECOND[:PATH]"), context)
        let paths = try paths(first, second, context)
        let repository = try context.openRepository()
        let source = repository.makeSource()
        let old = SnapshotTree(snapshot: try first.snapshot(in: repository), source: source)
        let new = SnapshotTree(snapshot: try second.snapshot(in: repository), source: source)
        for snapshot in [old.snapshot, new.snapshot] where snapshot.manifest.isPartial {
            context.console.message(
                .warning, "snapshot \(snapshot.id.short) is partial: what it lacks need not have been gone")
        }
        return try attempting("cannot compare the snapshots") {
            let entries = (try old.entryIfAny(at: paths.old), try new.entryIfAny(at: paths.new))
            // Neither has it: the second one's message says what to do.
            if entries.0 == nil, entries.1 == nil { _ = try new.entry(at: paths.new) }
            var comparison = DeepTreeComparison(old: entries.0, new: entries.1, path: paths.new, source: source)
            var output = DiffOutput(console: context.console)
            while let difference = comparison.next() { try output.show(difference) }
            try output.finish(old.snapshot, new.snapshot, paths.old, paths.new)
            return output
        }
    }

    private static func paths(
        _ first: SnapshotArgument, _ second: SnapshotArgument, _ context: CommandContext
    ) throws -> (old: FilePath, new: FilePath) {
        guard let bytes = context.command.arguments("PATH").first else {
            let old = first.path ?? second.path ?? "/"
            return (old, second.path ?? old)
        }
        guard first.path == nil, second.path == nil else {
            throw context.command.usageError("a path is given twice: behind a snapshot, and as PATH")
        }
        let path = FilePath(bytes).normalized
        guard path.isAbsolute else {
            throw context.command.usageError("a path in a snapshot begins with a slash", code: .invalidValue)
        }
        return (path, path)
    }
}
