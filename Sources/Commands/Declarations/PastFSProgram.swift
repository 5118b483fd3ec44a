import CommandLineTools

/// The program as parser, help, completion and manual pages know it.
package enum PastFSProgram {
    static let version = "0.1.0"
    static let name = "pastfs"

    static let commands: [any Command.Type] = [
        InitCommand.self, BackupCommand.self, SnapshotsCommand.self, ListCommand.self, CatCommand.self,
        DiffCommand.self, VersionsCommand.self, FindCommand.self, RestoreCommand.self, ExportCommand.self,
        MountCommand.self,
        UnmountCommand.self, ForgetCommand.self, HoldAddCommand.self, HoldListCommand.self, HoldReleaseCommand.self,
        PruneCommand.self, CheckCommand.self, VerifyCommand.self, RepairIndexCommand.self, RepairPacksCommand.self,
        RepairSnapshotsCommand.self, StatsCommand.self,
        VersionCommand.self, CompletionCommand.self, ManualCommand.self,
    ]

    package static let declaration = ProgramDeclaration(
        name: name, version: version,
        summary: "encrypted, deduplicated backups, and the past as a file system",
        discussion: """
            A repository keeps snapshots: what some directories held at one moment. It is
            encrypted with keys that only your passphrase opens: there is no way back
            without it. `pastfs mount` shows every snapshot as an ordinary directory.

            SNAPSHOT is everywhere an identifier or the beginning of one, `latest`,
            `latest~2`, or a time (`2026-11-20`, `2026-11-20T14:00`, `yesterday`, `3h`),
            meaning the newest snapshot not after it. All times are UTC. A path in a
            snapshot is absolute and follows a colon: `latest:/etc/hosts`.

            Results go to standard output, messages to standard error. With `--json` both
            are JSON Lines, each with the name of its schema.
            """,
        examples: [
            .init("pastfs -r /srv/backup init", "create a repository"),
            .init("pastfs -r /srv/backup backup /home", "save /home"),
            .init("pastfs -r /srv/backup mount /mnt/past", "browse the past below /mnt/past"),
        ],
        globalOptions: GlobalOptions.all, commands: commands.map { $0.declaration },
        exitCodes: ExitCode.declarations, environment: GlobalOptions.environment)
}
