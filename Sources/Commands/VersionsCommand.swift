import CommandLineTools
import Repository
import SystemInterface

/// `pastfs versions`
enum VersionsCommand: Command {
    static let declaration = CommandDeclaration(
        name: "versions", summary: "list every version of a file",
        discussion: """
            The newest first, each with how it differs from the one before it: `content`, only
            `metadata` (permissions, owner, time, attributes), `type`, or `first` for the
            oldest. A version of a directory is what it held, names and all. NEWEST is the
            newest snapshot that has the version: `pastfs cat NEWEST:PATH` prints it.

            PATH is as it was when it was saved, and need not exist any more. Ends with 18 if
            no snapshot has it.
            """,
        examples: [
            .init("pastfs versions /etc/fstab", "every version of a file"),
            .init("pastfs versions --host nas /etc/fstab", "those of a host"),
        ],
        arguments: [ArgumentDeclaration(name: "PATH", help: "a file, directory or anything else", completion: .file)],
        options: [SnapshotFilter.hostOption, SnapshotFilter.tagOption])

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(context.console, "nothing was changed")
        let path = try context.absolute(context.command.argument("PATH"))
        let filter = try SnapshotFilter(context)
        let repository = try context.openRepository()
        let snapshots = repository.snapshots().filter { filter.accepts($0.manifest) }
        let source = repository.makeSource()
        var history = PathHistory(roots: snapshots.lazy.map(\.manifest.root))
        for name in path.components {
            history = history.child { (tree) throws(RepositoryError) in
                try TreeDirectory(tree, source: source).entry(named: name)
            }
        }
        var code = try report(history, snapshots, path, context.console)
        let runs = VersionRun.runs(
            of: states(history, snapshots), lines: VersionRunOutput.lines(of: snapshots), comparingContents: true)
        if runs.isEmpty, code == .done { code = .nothingMatched }
        try show(runs.sorted { $0.lastPlace > $1.lastPlace }, path, snapshots, context.console)
        guard code != .nothingMatched else {
            throw Failure(
                .nothingMatched, "cannot find \(path)", why: "no snapshot has it",
                fix: "`pastfs find NAME` looks for it elsewhere")
        }
        return code
    }

    /// What snapshots have there. What a directory lacks in a partial snapshot is no version of it.
    private static func states(
        _ history: PathHistory, _ snapshots: [Snapshot]
    ) -> [(place: Int, entry: TreeEntry)] {
        history.numbers.enumerated().compactMap { place, number in
            guard case .entry(let entry, _) = history.states[Int(number)],
                entry.type != .directory || !snapshots[place].manifest.isPartial
            else { return nil }
            return (place, entry)
        }
    }

    /// Says which snapshots could not be asked.
    private static func report(
        _ history: PathHistory, _ snapshots: [Snapshot], _ path: FilePath, _ console: Console
    ) throws -> ExitCode {
        var code = ExitCode.done
        for (place, number) in history.numbers.enumerated() {
            guard case .unknown(let error) = history.states[Int(number)] else { continue }
            guard error.isDamage || error.code == .notSaved else {
                throw Failure("cannot look for \(path) in snapshot \(snapshots[place].id.short)", error)
            }
            console.message(.problem, "\(path) in snapshot \(snapshots[place].id.short): \(error)")
            if error.isDamage || code == .done { code = error.isDamage ? .damage : .problems }
        }
        return code
    }

    private static func show(
        _ runs: [VersionRun], _ path: FilePath, _ snapshots: [Snapshot], _ console: Console
    ) throws {
        let output = VersionRunOutput(snapshots: snapshots, console: console)
        var table = Table(
            ["CHANGE"] + VersionRunOutput.headings + ["HOST"],
            rightAligned: Set(VersionRunOutput.rightAligned.map { $0 + 1 }))
        for run in runs {
            try output.record(run, path)
            table.add([run.change.rawValue] + output.cells(run) + [snapshots[run.lastPlace].manifest.host])
        }
        if !runs.isEmpty { for line in table.lines { try console.line(line) } }
    }
}
