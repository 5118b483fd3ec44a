import CommandLineTools
import Restorer
import SystemInterface

/// What the command line of `restore` says of how to restore.
enum RestoreArguments {
    private static let policies: [(word: String, policy: RestoreOptions.Overwriting)] = [
        ("always", .always), ("if-changed", .ifChanged), ("if-newer", .ifNewer), ("never", .never),
    ]
    private static let methods: [(word: String, method: OwnerMap.Method)] = [
        ("numbers", .numbers), ("names", .names), ("none", .none),
    ]

    static let declarations = [
        OptionDeclaration(
            long: "to", valueName: "DIR", help: "where to put it; must be given", completion: .directory),
        OptionDeclaration(
            long: "overwrite", valueName: "HOW", help: "restore over what is there, and replace it",
            completion: .values(policies.map(\.word))),
        OptionDeclaration(
            long: "delete",
            help: "remove what is in DIR and not in the snapshot; needs `--overwrite`, and to be confirmed"),
        OptionDeclaration(long: "confirm", help: "confirm `--delete` without being asked"),
        OptionDeclaration(
            long: "include", short: "i", valueName: "PATTERN",
            help: "restore only what matches, as in .gitignore, and what lies in it", isRepeatable: true),
        OptionDeclaration(
            long: "exclude", short: "e", valueName: "PATTERN", help: "leave out what matches, as in .gitignore",
            isRepeatable: true),
        OptionDeclaration(long: "dry-run", short: "n", help: "change nothing, and say what would be done"),
        OptionDeclaration(long: "verify", help: "read each file back and compare it"),
        OptionDeclaration(
            long: "owners", valueName: "HOW", help: "how owners are restored; `numbers` if not given",
            completion: .values(methods.map(\.word))),
        OptionDeclaration(
            long: "map-user", valueName: "A=B", help: "give what user A owned to user B; names or numbers",
            isRepeatable: true),
        OptionDeclaration(
            long: "map-group", valueName: "A=B", help: "give what group A owned to group B", isRepeatable: true),
        OptionDeclaration(
            long: "workers", valueName: "N", help: "threads that write files, 1 to 64; all cores if not given"),
    ]

    /// The options of a restore of `path`.
    static func options(_ context: CommandContext, path: FilePath?) throws -> RestoreOptions {
        let command = context.command
        var options = RestoreOptions(path: path)
        options.overwriting = try command.text("overwrite").flatMap { word in
            policies.first { $0.word == word }?.policy
        }
        options.deletes = command.flag("delete")
        if options.deletes, options.overwriting == nil {
            throw command.usageError("--delete needs --overwrite, which says what is replaced")
        }
        options.ownDirectories = try context.ownDirectories()
        options.includes = try command.texts("include")
        options.excludes = try command.texts("exclude")
        options.isDryRun = command.flag("dry-run")
        options.verifies = command.flag("verify")
        options.owners = try owners(command)
        options.workers =
            try command.integer("workers", in: RestoreLimits.workersRange) ?? RestoreLimits.workersDefault
        return options
    }

    private static func owners(_ command: ParsedCommand) throws -> OwnerMap {
        var owners = OwnerMap()
        if let word = try command.text("owners"), let method = methods.first(where: { $0.word == word })?.method {
            owners.method = method
        }
        for rule in try command.texts("map-user") {
            let (account, number) = try self.rule(rule, "map-user", command, Accounts.userID)
            owners.users[account] = number
        }
        for rule in try command.texts("map-group") {
            let (account, number) = try self.rule(rule, "map-group", command, Accounts.groupID)
            owners.groups[account] = number
        }
        return owners
    }

    private static func rule(
        _ text: String, _ option: String, _ command: ParsedCommand, _ lookUp: (String) -> UInt32?
    ) throws -> (OwnerMap.Account, UInt32) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw command.usageError(
                "--\(option) needs A=B, not \(Printable.line(text))", code: .invalidValue)
        }
        let account = UInt32(parts[0]).map { OwnerMap.Account.number($0) } ?? .name(parts[0])
        guard let number = UInt32(parts[1]) ?? lookUp(parts[1]), number != .max else {
            throw command.usageError(
                "--\(option): this system does not know \(Printable.line(parts[1]))", code: .invalidValue)
        }
        return (account, number)
    }
}
