import Testing

/// Commands that the real program runs, one after the other, in a repository that `init` has made.
struct Scenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let commands: [[String]]

    /// A backup of the recording's source.
    static let backup = ["backup", "--host", Program.host, "SOURCE"]

    static let backups = Scenario(testDescription: "backups", commands: [backup, backup])

    static let retention = Scenario(
        testDescription: "forget and hold",
        commands: [
            backup, backup, ["hold", "add", "latest", "--reason", "audit"], ["forget", "latest~1"],
            ["forget", "--undo", "latest"], ["forget", "--keep-last", "1"], backup,
        ])

    /// What power is lost in. A further command is a line above.
    static let all = [backups, retention]

    /// What is killed: the last command of each.
    static let ofKilledCommands = [
        Scenario(testDescription: "init", commands: []),
        Scenario(testDescription: "backup", commands: [backup, backup]),
        Scenario(testDescription: "hold", commands: [backup, ["hold", "add", "latest", "--reason", "audit"]]),
        Scenario(testDescription: "forget", commands: [backup, backup, ["forget", "latest~1"]]),
        Scenario(
            testDescription: "forget --undo",
            commands: [backup, backup, ["forget", "latest~1"], ["forget", "--undo", "latest"]]),
    ]
}
