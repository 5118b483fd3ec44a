import Coding
import CommandLineTools
import Repository
import Restorer
import SystemInterface

/// `pastfs verify`
enum VerifyCommand: Command {
    static let declaration = CommandDeclaration(
        name: "verify", summary: "restore a random sample, and compare it with the snapshot",
        discussion: """
            Draws regular files of the snapshot at random, restores one after the other to a
            temporary directory as `restore` would, and compares it with what the snapshot
            says: size, permissions, time, and every byte, which is read and decoded once
            more for that. What was restored is removed again.

            The result is printed, and noted in `restore-tests` in the cache directory. Ends
            with 17 if a file is not what the snapshot says, and with 3 if the temporary
            directory could not take one.
            """,
        examples: [
            .init("pastfs verify --sample-restore 10%", "of the newest snapshot"),
            .init("pastfs verify latest~7:/home --sample-restore 100%", "every file of a part of an older one"),
        ],
        arguments: [
            ArgumentDeclaration(
                name: "SNAPSHOT[:PATH]", help: "a snapshot, and a path in it; `latest` if not given", kind: .optional)
        ],
        options: [
            OptionDeclaration(
                long: "sample-restore", valueName: "SHARE", help: "how many of the files, `10%`; at least one is drawn"),
            OptionDeclaration(
                long: "seed", valueName: "N", help: "draw the same files again, by the seed that a test printed"),
            OptionDeclaration(
                long: "temporary-directory", valueName: "DIR",
                help: "where the temporary directory is made; `$TMPDIR` or `/tmp` if not given", completion: .directory),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let argument = try SnapshotArgument(
            context.command.optionalArgument("SNAPSHOT[:PATH]") ?? Array("latest".utf8), context)
        let options = RestoreTestOptions(
            millionths: try share(context.command), seed: try seed(context), path: argument.path ?? "/")
        let scratch = try makeScratch(context)
        defer { Self.remove(scratch) }
        let interruption = try Interruption(
            context.console, "the test is not complete; its temporary files are removed")
        interruption.beforeLeaving { Self.remove(scratch) }
        let meter = try ProgressMeter(context, phase: "restoring")
        let repository = try context.openRepository()
        let snapshot = try argument.snapshot(in: repository)
        let started = context.clock.now()
        let test = RestoreTest(repository, snapshot, options: options, scratch: scratch) { outcome, path in
            meter.update { progress in
                progress.items = outcome.testedCount
                progress.bytes = outcome.testedBytes
                progress.problems = outcome.failureCount
                progress.path = path
            }
        }
        let outcome = try attempting("cannot test a restore") { try test.run() }
        context.console.status(nil)
        let record = RestoreTestRecord(
            outcome, snapshot, options, started: TimeText.full(started), seconds: meter.seconds)
        try write(outcome, record, context)
        note(record, repository, context)
        guard outcome.failureCount == 0 else { return .restoreTestFailed }
        return outcome.untestedCount == 0 ? .done : .problems
    }

    private static func share(_ command: ParsedCommand) throws -> Int {
        guard let text = try command.text("sample-restore") else {
            throw command.usageError(
                "--sample-restore SHARE is missing: how many of the files", code: .missingArgument,
                suggestion: "--sample-restore 10%")
        }
        guard text.hasSuffix("%"), let percent = Double(text.dropLast()), percent > 0, percent <= 100 else {
            throw command.usageError(
                "--sample-restore is a share with a percent sign, over 0 and up to 100%", code: .invalidValue,
                suggestion: "--sample-restore 10%")
        }
        return max(1, Int((percent * 10_000).rounded()))
    }

    private static func seed(_ context: CommandContext) throws -> UInt64 {
        try context.command.integer("seed", in: 0...Int.max).map { UInt64($0) } ?? context.randomSeed()
    }

    private static func makeScratch(_ context: CommandContext) throws -> FilePath {
        let base = try context.absolute(
            context.command.value("temporary-directory") ?? context.environment["TMPDIR"].flatMap {
                $0.isEmpty ? nil : $0
            }
                ?? Array("/tmp".utf8))
        let path = base.appending("pastfs-verify-" + Hexadecimal.encode(context.entropy.bytes(8)))
        do throws(SystemError) {
            try FileSystem.makeDirectory(path, mode: 0o700)
        } catch {
            throw Failure(
                .failed, "cannot test a restore", why: error.description,
                fix: "name a directory with --temporary-directory")
        }
        return path
    }

    /// Removes the directory with the one file that may be in it.
    private static func remove(_ scratch: FilePath) {
        let place = scratch.appending("restored")
        if let folder = try? FileDescriptor.open(place, [.readOnly, .directory, .noFollow]) {
            for entry in (try? folder.directoryEntries()) ?? [] { try? folder.unlinkAt(entry.name) }
        }
        try? FileSystem.remove(place, directory: true)
        try? FileSystem.remove(scratch, directory: true)
    }

    private static func write(
        _ outcome: RestoreTestOutcome, _ record: RestoreTestRecord, _ context: CommandContext
    ) throws {
        let console = context.console
        for failure in outcome.failures + outcome.untested {
            console.message(.problem, "\(failure.path): \(failure.reason)")
        }
        try console.record(record)
        try console.line(
            "restored \(outcome.testedCount) of \(AmountText.count(outcome.fileCount, "file")), "
                + "\(AmountText.bytes(outcome.testedBytes)), in \(AmountText.duration(seconds: record.seconds)); "
                + "drawn with --seed \(record.seed)")
        if outcome.limitations > 0 {
            try console.line("  the temporary directory could not take \(outcome.limitations) attributes or owners")
        }
        if outcome.untestedCount > 0 {
            try console.line(
                "  the temporary directory could not take \(AmountText.count(outcome.untestedCount, "file")), see above: "
                    + "name another one with --temporary-directory")
        }
        guard outcome.failureCount == 0 else {
            return try console.line(
                "\(AmountText.count(outcome.failureCount, "file")) not what the snapshot says: see above")
        }
        guard outcome.testedCount > 0 else { return }
        try console.line(
            outcome.untestedCount == 0 ? "all are what the snapshot says" : "the others are what the snapshot says")
    }

    /// Adds the result to those of earlier tests.
    private static func note(_ record: RestoreTestRecord, _ repository: Repository, _ context: CommandContext) {
        do {
            guard let cache = try context.cacheDirectory() else { return }
            let directory = repository.cacheDirectory(below: cache)
            try FileSystem.makeDirectories(directory, mode: 0o700)
            let file = try FileDescriptor.open(
                directory.appending("restore-tests"), [.writeOnly, .create, .append, .noFollow], mode: 0o600)
            try file.write(all: JSONLine.encode(record))
            try file.sync()
        } catch {
            context.console.message(.warning, "the result is not noted: \(error)")
        }
    }
}

/// The end of a restore test.
struct RestoreTestRecord: JSONRecord {
    static let schema = "pastfs.restore-test.v1"
    struct Failed: Encodable {
        let path: String
        let pathB64: String?
        let reason: String
        let damage: Bool
    }
    let started: String
    let snapshot: String
    let path: PathRecord
    let seed: UInt64
    let files: UInt64
    let filesTested: UInt64
    let filesUntested: UInt64
    let bytesTested: UInt64
    let failed: UInt64
    let failures: [Failed]
    let limitations: UInt64
    let seconds: Double

    init(
        _ outcome: RestoreTestOutcome, _ snapshot: Snapshot, _ options: RestoreTestOptions, started: String,
        seconds: Double
    ) {
        self.started = started
        self.snapshot = snapshot.id.description
        path = PathRecord(options.path)
        seed = options.seed
        files = outcome.fileCount
        filesTested = outcome.testedCount
        filesUntested = outcome.untestedCount
        bytesTested = outcome.testedBytes
        failed = outcome.failureCount
        failures = outcome.failures.map { failure in
            let fields = PathFields(failure.path.bytes)
            return Failed(path: fields.text, pathB64: fields.base64, reason: failure.reason, damage: failure.isDamage)
        }
        limitations = outcome.limitations
        self.seconds = seconds
    }
}
