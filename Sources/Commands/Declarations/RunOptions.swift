import CommandLineTools
import Repository
import SystemInterface
import Writer

/// The options of `backup` that say how the run goes: its kind, its time, what runs before and after it.
enum RunOptions {
    private static let group = "How the backup runs"

    static let declarations = [
        OptionDeclaration(
            long: "kind", valueName: "KIND",
            help: "against what unchanged files are recognised; `incremental` if not given",
            completion: .values(SnapshotKind.allCases.map(\.name)), group: group),
        OptionDeclaration(
            long: "ignore-device",
            help: "recognise unchanged files whatever their device's number: for mounted snapshots", group: group),
        OptionDeclaration(
            long: "files-cache", valueName: "WHEN",
            help:
                "keep this machine's trees in the cache for the next backup; `auto`: if the key cannot read them back",
            completion: .values(["auto", "always", "never"]), group: group),
        OptionDeclaration(
            long: "limit-read", valueName: "SIZE", help: "read no more than SIZE a second of what is saved: 20M, 512K",
            group: group),
        OptionDeclaration(
            long: "limit-write", valueName: "SIZE", help: "store no more than SIZE a second: 5M", group: group),
        OptionDeclaration(
            long: "nice", valueName: "N",
            help: "leave the processor to others, 0 to 19; 19 leaves them the disks as well", group: group),
        OptionDeclaration(
            long: "max-duration", valueName: "TIME",
            help: "end when so much time has passed since the start: 90s, 30m, 2h, 1d",
            group: group),
        OptionDeclaration(
            long: "on-timeout", valueName: "WHAT",
            help: "what then is left: a snapshot that is marked as partial, or none, if not given",
            completion: .values(["partial", "none"]), group: group),
        OptionDeclaration(
            long: "hook-before", valueName: "COMMAND",
            help: "run COMMAND in /bin/sh first; if it fails there is no backup", group: group),
        OptionDeclaration(
            long: "hook-after", valueName: "COMMAND",
            help: "run COMMAND in /bin/sh at the end, whatever the end is", group: group),
    ]

    /// How unchanged files are recognised, by `--kind` or `--parent`.
    static func parent(_ context: CommandContext, _ repository: Repository) throws -> BackupOptions.Parent {
        let command = context.command
        if let bytes = command.value("parent") {
            guard command.value("kind") == nil else {
                throw command.usageError("--kind and --parent exclude each other")
            }
            if bytes == Array("none".utf8) { return .none }
            return .snapshot(try SnapshotArgument(bytes, context).snapshot(in: repository))
        }
        switch try command.text("kind") {
        case SnapshotKind.full.name: return .none
        case SnapshotKind.differential.name: return .newestFull
        default: return .automatic
        }
    }

    /// When the trees are kept in the cache, by `--files-cache`.
    static func filesCache(_ context: CommandContext) throws -> BackupOptions.FilesCacheUse {
        switch try context.command.text("files-cache") {
        case "always": .always
        case "never": .never
        default: .automatic
        }
    }

    /// The range of a limit, in bytes a second.
    private static let rates: ClosedRange<UInt64> = 1 << 10...1 << 40

    /// Takes over how fast the run may be.
    static func limit(_ options: inout BackupOptions, _ command: ParsedCommand) throws {
        let clock = SystemMonotonicClock()
        options.readLimit = try command.byteSize("limit-read", in: rates).map {
            RateLimit(bytesPerSecond: $0, clock: clock)
        }
        options.writeLimit = try command.byteSize("limit-write", in: rates).map {
            RateLimit(bytesPerSecond: $0, clock: clock)
        }
    }

    /// Lets the process, and whatever it starts, give way to others if it is to.
    static func lowerPriority(_ context: CommandContext) throws {
        if let level = try context.command.integer("nice", in: ProcessPriority.niceRange) {
            try attempting("cannot lower the priority") { try ProcessPriority.lower(toNice: level) }
        }
    }

    /// How long the run may take, in seconds; nil for as long as it takes.
    static func seconds(_ context: CommandContext) throws -> Double? {
        let command = context.command
        guard let bytes = command.value("max-duration") else {
            guard command.value("on-timeout") == nil else {
                throw command.usageError("--on-timeout is for --max-duration, which is not given")
            }
            return nil
        }
        let factors: [UInt8: Double] = [
            UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3_600, UInt8(ascii: "d"): 86_400,
        ]
        guard let unit = bytes.last, let factor = factors[unit],
            let number = Int(String(decoding: bytes.dropLast(), as: UTF8.self)), (1...1_000_000).contains(number)
        else {
            throw command.usageError("--max-duration needs a time such as 90s, 30m, 2h or 1d", code: .invalidValue)
        }
        return Double(number) * factor
    }
}
