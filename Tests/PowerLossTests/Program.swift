import SystemInterface
import TestSupport

/// The real program, used on a repository.
struct Program: Sendable {
    /// How long any run may take before it is killed, in seconds.
    private static let secondsMax = "600"
    static let passphrase = "correct horse battery staple"
    static let host = "host"

    let repository: FilePath
    let cache: FilePath

    /// Runs the program to its end: its exit code, or 128 and the number of the signal that ended it.
    ///
    /// It is killed when it has run for `killedAfterSeconds`. What it says about errors goes to the file `errors`.
    func run(
        _ arguments: [String], killedAfterSeconds: Double? = nil, errors: FilePath? = nil
    ) throws -> Int32 {
        try ProcessLauncher.wait(start(arguments, killedAfterSeconds: killedAfterSeconds, errors: errors))
    }

    /// The same without waiting for the end: what to wait for.
    func start(
        _ arguments: [String], killedAfterSeconds: Double? = nil, errors: FilePath? = nil
    ) throws -> Int32 {
        let binary = try ProcessLauncher.selfExecutablePath().parent.appending("pastfs")
        let variables = [
            "HOME=\(cache)", "PASTFS_REPOSITORY=\(repository)", "PASTFS_CACHE_DIRECTORY=\(cache)",
            "PASTFS_PASSPHRASE=\(Self.passphrase)",
        ]
        return try Self.start([binary.description] + arguments, environment: variables, killedAfterSeconds, errors)
    }

    /// Runs any command likewise.
    static func run(_ command: [String], environment: [String]) throws -> Int32 {
        try ProcessLauncher.wait(start(command, environment: environment, nil, nil))
    }

    private static func start(
        _ command: [String], environment: [String], _ killedAfterSeconds: Double?, _ errors: FilePath?
    ) throws -> Int32 {
        let limit = killedAfterSeconds.map { "\($0)" } ?? secondsMax
        let null = try FileDescriptor.open("/dev/null", .readWrite)
        let output = try FileDescriptor.open(errors ?? "/dev/null", [.writeOnly, .create], mode: 0o600)
        let variables = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] + environment
        let words = ["timeout", "--foreground", "--preserve-status", "--signal=KILL", limit] + command
        return try ProcessLauncher.spawn(
            "/usr/bin/timeout", arguments: words.map { Array($0.utf8) },
            environment: variables.map { Array($0.utf8) },
            descriptors: [0: null.rawValue, 1: null.rawValue, 2: output.rawValue], newSession: true)
    }
}
