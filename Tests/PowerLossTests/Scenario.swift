import Testing

/// Commands that the real program runs, one after the other, in a repository that `init` has made.
struct Scenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let commands: [[String]]
    /// Whether it is tried on every ground in a short run, too.
    var isShort = false

    /// A backup of the recording's source.
    static let backup = ["backup", "--host", Program.host, "SOURCE"]
    /// The same, killed before it has made all its changes: it leaves packs, and a run without an end.
    static let killedBackup = [Recording.killed] + backup

    static let backups = Scenario(testDescription: "backups", commands: [backup, backup], isShort: true)

    static let retention = Scenario(
        testDescription: "forget and hold",
        commands: [
            backup, backup, ["hold", "add", "latest", "--reason", "audit"], ["forget", "latest~1"],
            ["forget", "--undo", "latest"], ["forget", "--keep-last", "1"], backup,
        ])

    static let prune = ["prune", "--confirm", "--fence-sessions", "--max-unused", "0%"]
    static let collection = Scenario(
        testDescription: "prune", commands: [backup, backup, killedBackup, ["forget", "latest~1"], prune])

    static let collections = Scenario(
        testDescription: "prune twice",
        commands: collection.commands + [backup, ["forget", "latest~1"], prune])

    static let repairIndex = ["repair", "index", "--move-damaged", "SHELF"]
    static let repairPacks = ["repair", "packs", "--read-data", "--move-damaged", "SHELF"]
    static let repairSnapshots = ["repair", "snapshots", "--read-data"]
    static let repairs = [
        Scenario(
            testDescription: "repair index", commands: [backup, backup, Damage.index.command, repairIndex, backup]),
        Scenario(
            testDescription: "repair packs",
            commands: [backup, backup, Damage.footer.command, repairPacks, repairIndex, backup]),
        Scenario(
            testDescription: "repair snapshots",
            commands: [backup, backup, Damage.bundle.command, repairSnapshots, repairPacks, repairIndex]),
    ]

    /// The last command may use what the one before has forgotten, and what a collection deletes.
    static let suspended = Scenario(
        testDescription: "a backup that is suspended",
        commands: [backup, backup, backup, ["forget", "latest"], backup])

    /// What power is lost in. A further command is a line above.
    static let all = [backups, retention, collection, collections] + repairs

    /// What is killed: the last command of each.
    static let ofKilledCommands =
        [
            Scenario(testDescription: "init", commands: []),
            Scenario(testDescription: "backup", commands: [backup, backup]),
            Scenario(testDescription: "hold", commands: [backup, ["hold", "add", "latest", "--reason", "audit"]]),
            Scenario(
                testDescription: "hold release",
                commands: [
                    backup, ["hold", "add", "latest", "--reason", "audit"], ["hold", "release", Recording.firstHold],
                ]),
            Scenario(testDescription: "forget", commands: [backup, backup, ["forget", "latest~1"]]),
            Scenario(
                testDescription: "forget --undo",
                commands: [backup, backup, ["forget", "latest~1"], ["forget", "--undo", "latest"]]),
            collection,
        ] + killedRepairs

    private static let killedRepairs = [
        Scenario(testDescription: "repair index", commands: [backup, backup, Damage.index.command, repairIndex]),
        Scenario(testDescription: "repair packs", commands: [backup, backup, Damage.footer.command, repairPacks]),
        Scenario(
            testDescription: "repair snapshots", commands: [backup, backup, Damage.bundle.command, repairSnapshots]),
    ]

    /// What is killed at random moments, besides backups, and which part of the wanted number.
    static let ofRandomKills = [(collection, 1)] + killedRepairs.map { ($0, 3) }
}
