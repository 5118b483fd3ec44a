import Coding
import SystemInterface
import TestSupport

/// The real binary, a directory to use it in, and a repository's path.
final class PastFS: Sendable {
    /// What one run came to.
    struct Outcome {
        let code: Int32
        let output: String
        let errors: String

        /// The lines of standard output.
        var lines: [Substring] { output.split(separator: "\n") }
    }

    /// How long any run may take before it is killed, in seconds.
    private static let secondsMax = "300"
    static let passphrase = "correct horse battery staple"
    /// A command for the passphrase that asks the program for its progress, and answers when that was printed.
    static let commandAfterProgress = """
        kill -USR1 $PPID; until grep -qs saving /proc/$PPID/fd/2; do sleep 0.01; done; printf %s '\(passphrase)'
        """

    let directory: TemporaryDirectory
    var repository: FilePath { directory.path.appending("repository") }
    var source: FilePath { directory.path.appending("source") }
    var cache: FilePath { directory.path.appending("cache") }

    /// A new directory; with `isReady` it holds a repository.
    init(isReady: Bool = true) throws {
        directory = try TemporaryDirectory()
        guard isReady else { return }
        let outcome = try run(["init", "--kdf-log-n", "10"])
        guard outcome.code == 0 else { throw Unprepared(reason: outcome.errors) }
    }

    /// A test's own preparations failed.
    struct Unprepared: Error {
        let reason: String
    }

    /// The program, which the build puts beside the tests.
    static func binary() throws -> FilePath {
        if let path = Environment.value("PASTFS_TEST_BINARY") { return FilePath(path) }
        return try ProcessLauncher.selfExecutablePath().parent.appending("pastfs")
    }

    /// Runs the program to its end.
    func run(
        _ arguments: [String], passphrase: String? = PastFS.passphrase, environment: [String: String] = [:]
    ) throws -> Outcome {
        try run(bytes: arguments.map { Array($0.utf8) }, passphrase: passphrase, environment: environment)
    }

    /// Runs the program under another name, by way of a symbolic link.
    func run(
        as name: String, _ arguments: [String], passphrase: String? = nil, environment: [String: String] = [:]
    ) throws -> Outcome {
        let link = directory.path.appending(name)
        if try !FileSystem.exists(link) {
            try FileDescriptor.workingDirectory.symbolicLinkAt(link.bytes, target: try Self.binary().bytes)
        }
        return try launch(
            [link.bytes] + arguments.map { Array($0.utf8) }, self.environment(passphrase, environment))
    }

    /// Runs the program with arguments that need not be text.
    func run(
        bytes arguments: [[UInt8]], passphrase: String? = PastFS.passphrase, environment: [String: String] = [:]
    ) throws -> Outcome {
        try launch([try Self.binary().bytes] + arguments, self.environment(passphrase, environment))
    }

    /// Runs a script of the shell in which `$PASTFS` is the program.
    func shell(_ script: String, environment: [String: String] = [:]) throws -> Outcome {
        var variables = self.environment(Self.passphrase, environment)
        variables["PASTFS"] = try Self.binary().text
        return try launch(["/bin/bash", "-c", script].map { Array($0.utf8) }, variables)
    }

    /// Sends `signal` to the program when `seconds` have passed, if it is still running then.
    func run(_ arguments: [String], signal: String, afterSeconds seconds: Double) throws -> Outcome {
        // In the foreground it does not end with the program by a signal to the whole group, but waits for its end.
        let command = [
            "/usr/bin/timeout", "--foreground", "--preserve-status", "--kill-after=30", "--signal=\(signal)",
            "\(seconds)",
        ]
        return try launch(
            command.map { Array($0.utf8) } + [try Self.binary().bytes] + arguments.map { Array($0.utf8) },
            environment(Self.passphrase, [:]))
    }

    private func environment(_ passphrase: String?, _ more: [String: String]) -> [String: String] {
        var variables = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": directory.path.description,
            "PASTFS_REPOSITORY": repository.description, "PASTFS_CACHE_DIRECTORY": cache.description,
        ]
        variables["PASTFS_PASSPHRASE"] = passphrase
        variables.merge(more) { _, new in new }
        return variables
    }

    private func launch(_ command: [[UInt8]], _ variables: [String: String]) throws -> Outcome {
        let name = Hexadecimal.encode(SystemEntropy().bytes(8))
        let files = (directory.path.appending("out-" + name), directory.path.appending("err-" + name))
        let output = try FileDescriptor.open(files.0, [.writeOnly, .create, .exclusive], mode: 0o600)
        let errors = try FileDescriptor.open(files.1, [.writeOnly, .create, .exclusive], mode: 0o600)
        let input = try FileDescriptor.open("/dev/null", .readOnly)
        let limit = ["timeout", "--signal=KILL", Self.secondsMax].map { Array($0.utf8) }
        // A session of its own: without a terminal, nobody can be asked for a passphrase.
        let child = try ProcessLauncher.spawn(
            "/usr/bin/timeout", arguments: limit + command,
            environment: variables.map { Array("\($0.key)=\($0.value)".utf8) },
            descriptors: [0: input.rawValue, 1: output.rawValue, 2: errors.rawValue], newSession: true)
        let code = try ProcessLauncher.wait(child)
        defer {
            try? FileSystem.remove(files.0)
            try? FileSystem.remove(files.1)
        }
        return Outcome(
            code: code, output: String(decoding: try FileSystem.read(files.0, atMost: 64 << 20), as: UTF8.self),
            errors: String(decoding: try FileSystem.read(files.1, atMost: 64 << 20), as: UTF8.self))
    }
}

extension PastFS {
    /// Makes a small tree to back up: two files, a link, and a name that is not UTF-8.
    func writeSource() throws {
        try directory.makeDirectory("source/below")
        try FileSystem.write(source.appending("hello"), Array("hello, past\n".utf8))
        try FileSystem.write(source.appending("below").appending("numbers"), Array(0...255))
        try FileSystem.write(source.appending([0xFF, 0x1B, 0x5B]), [1])
    }

    /// Makes `count` files of `bytes` random bytes each.
    func writeBulk(count: Int, bytes: Int) throws {
        try directory.makeDirectory("source")
        var generator = SeededGenerator(seed: 7)
        for number in 0..<count { try FileSystem.write(source.appending("bulk\(number)"), generator.bytes(bytes)) }
    }

    /// A repository with one snapshot of `writeSource`.
    static func withSnapshot() throws -> PastFS {
        let pastfs = try PastFS()
        try pastfs.writeSource()
        let outcome = try pastfs.run(["backup", pastfs.source.description])
        guard outcome.code == 0 else { throw Unprepared(reason: outcome.errors) }
        return pastfs
    }

    /// The files of a folder of the repository, sorted.
    func objects(in folder: String) throws -> [FilePath] {
        var found: [FilePath] = []
        var pending = [repository.appending(folder)]
        while let path = pending.popLast() {
            for entry in try FileDescriptor.open(path, [.readOnly, .directory]).directoryEntries() {
                let child = path.appending(entry.name)
                if entry.type == .directory { pending.append(child) } else { found.append(child) }
            }
        }
        return found.sorted()
    }

    /// Writes other bytes to an object, which are never changed otherwise.
    func overwrite(_ object: FilePath, _ bytes: [UInt8]) throws {
        try FileSystem.remove(object)
        try FileSystem.write(object, bytes)
    }

    /// Saves `source/large`, of which what is behind the first chunk is damaged.
    ///
    /// Where in its pack a chunk lies is left to chance. So the beginning, longer than any chunk, was saved before, and
    /// the damage is in what the second backup added.
    func saveLargeWithDamage() throws {
        try directory.makeDirectory("source")
        let large = source.appending("large")
        var generator = SeededGenerator(seed: 4)
        let contents = generator.bytes(12 << 20)
        var packs: Set<FilePath> = []
        for count in [4 << 20, contents.count] {
            packs = Set(try objects(in: "packs"))
            try FileSystem.write(large, Array(contents.prefix(count)))
            let outcome = try run(["backup", source.description])
            guard outcome.code == 0 else { throw Unprepared(reason: outcome.errors) }
        }
        try damageContents(besides: packs)
    }

    /// Changes a bit in the middle of each pack of content that is not one of `others`.
    func damageContents(besides others: Set<FilePath> = []) throws {
        for pack in try objects(in: "packs") where !others.contains(pack) {
            var bytes = try FileSystem.read(pack, atMost: 64 << 20)
            // The eleventh byte of a pack is its kind; 1 is content.
            guard bytes[10] == 1 else { continue }
            bytes[bytes.count / 2] ^= 1
            try overwrite(pack, bytes)
        }
    }
}
