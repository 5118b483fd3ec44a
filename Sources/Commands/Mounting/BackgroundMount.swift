import Cryptography
import Glibc
import Repository
import SystemInterface

/// Starts the process that serves a mount, and waits until the mount answers.
enum BackgroundMount {
    private static let null: FilePath = "/dev/null"

    /// Starts the server. Returns `.done` when the mount answers, else the code that the server ended with, which has
    /// said why.
    static func start(_ context: CommandContext) throws -> ExitCode {
        // Everything that can be asked or found out is, while there is a terminal.
        try attempting("cannot open the repository") { try Repository.probe(try context.openStore()) }
        let passphrase = try PassphraseReader(context: context).passphrase()
        let secret = try FileDescriptor.pipe()
        let messages = try FileDescriptor.pipe()
        let null = try FileDescriptor.open(Self.null, .readWrite)
        let log = try MountLog.inBackground(context)
        let child = try ProcessLauncher.spawn(
            ProcessLauncher.selfExecutable, arguments: [Array(PastFSProgram.name.utf8)] + context.arguments,
            environment: environment(context),
            descriptors: [
                0: null.rawValue, 1: StandardStream.output.rawValue, 2: messages.writeEnd.rawValue,
                MountDescriptors.passphraseDescriptor: secret.readEnd.rawValue,
                MountDescriptors.logDescriptor: log.rawValue,
            ], newSession: true)
        try messages.writeEnd.close()
        try secret.readEnd.close()
        do throws(SystemError) {
            // It fits the pipe: nobody has to read before this returns.
            try secret.writeEnd.write(all: passphrase.withBytes { span in span.indices.map { span[$0] } })
        } catch {
            // The server has ended already, and says why.
            guard error.errno == .brokenPipe else { throw error }
        }
        try secret.writeEnd.close()
        if try isReady(messages.readEnd) { return .done }
        return try ended(try ProcessLauncher.wait(child))
    }

    /// In the server, when the mount answers: tells the parent and lets go of it, its terminal and its directory.
    ///
    /// Throws when the parent is gone, and so nobody has been told.
    static func detach(_ context: CommandContext) throws -> Bool {
        try StandardStream.error.write(all: [MountDescriptors.ready])
        let input = try FileDescriptor.open(null, .readWrite)
        _ = dup2(input.rawValue, StandardStream.input.rawValue)
        _ = dup2(input.rawValue, StandardStream.output.rawValue)
        MountLog.direct(context, to: MountDescriptors.logDescriptor)
        _ = close(MountDescriptors.logDescriptor)
        _ = chdir("/")
        return true
    }

    /// Our environment without a passphrase, and with what tells the server what it is.
    private static func environment(_ context: CommandContext) -> [[UInt8]] {
        let hidden = Array("PASTFS_PASSPHRASE=".utf8)
        return Environment.all.filter { !$0.starts(with: hidden) } + [Array("\(MountDescriptors.variable)=1".utf8)]
    }

    /// Passes on what the server says, until it is ready or ends.
    private static func isReady(_ messages: borrowing FileDescriptor) throws -> Bool {
        while true {
            let bytes = try messages.read(4_096)
            if bytes.isEmpty { return false }
            let text = bytes.prefix { $0 != MountDescriptors.ready }
            // The mount is worth more than a message that nobody takes.
            try? StandardStream.error.write(all: Array(text))
            if text.count < bytes.count { return true }
        }
    }

    private static func ended(_ status: Int32) throws -> ExitCode {
        guard status != 0, status < 128 else {
            throw Failure(.failed, "cannot mount", why: "the mount's process ended with \(status) before it answered")
        }
        return ExitCode(rawValue: status)
    }
}
