import CommandLineTools
import Repository
import SystemInterface

/// `pastfs snapshots`
enum SnapshotsCommand: Command {
    static let declaration = CommandDeclaration(
        name: "snapshots", summary: "list snapshots",
        discussion: """
            The oldest first. Damaged snapshots are named on standard error, and the command
            ends with 13. With a filter that nothing matches it ends with 18.

            A backup that read every byte is full; an incremental one took over what had not
            changed since the newest before it, a differential one since the newest full
            one. Each is complete by itself unless it is called partial: then its backup was
            ended by --max-duration, and `latest` passes over it.
            """,
        examples: [
            .init("pastfs snapshots", "list all snapshots"),
            .init("pastfs snapshots --host nas --tag weekly", "those of a host that have a tag"),
            .init("pastfs snapshots --path /home/anna", "those that hold a path"),
            .init("pastfs snapshots --forgotten", "what `pastfs forget --undo` could take back"),
        ],
        options: [
            SnapshotFilter.hostOption, SnapshotFilter.tagOption,
            OptionDeclaration(
                long: "path", valueName: "PATH", help: "that saved this path, or a directory that it lies in",
                completion: .file),
            OptionDeclaration(long: "forgotten", help: "those that are forgotten and can still be had back"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(context.console, "nothing was changed")
        let repository = try context.openRepository()
        let all = repository.snapshots()
        let filter = try SnapshotFilter(
            context, path: context.command.value("path").map { try context.absolute($0) })
        guard !context.command.flag("forgotten") else {
            let forgotten = repository.forgottenSnapshots().filter { filter.accepts($0.snapshot.manifest) }
            let isAny = try ForgottenOutput.show(forgotten, context.console)
            return !isAny && filter.isActive ? .nothingMatched : .done
        }
        let names = SnapshotNaming.names(of: all)
        let shown = zip(all, names).filter { filter.accepts($0.0.manifest) }
        var table = Table(["ID", "TIME (UTC)", "HOST", "KIND", "SIZE", "TAGS", "PATHS"], rightAligned: [4])
        for (snapshot, name) in shown {
            let manifest = snapshot.manifest
            try context.console.record(SnapshotRecord(manifest, id: snapshot.id, name: name))
            table.add([
                snapshot.id.short, TimeText.short(manifest.started), manifest.host,
                manifest.kind.name + (manifest.isPartial ? ", partial" : ""),
                AmountText.bytes(manifest.statistics.bytes), manifest.tags.joined(separator: ","),
                manifest.paths.map(\.description).joined(separator: " "),
            ])
        }
        if !shown.isEmpty { for line in table.lines { try context.console.line(line) } }
        if !repository.damagedSnapshots().isEmpty { return .damage }
        return shown.isEmpty && filter.isActive ? .nothingMatched : .done
    }
}
