import CommandLineTools
import Cryptography
import SystemInterface

/// Gets the passphrase from where the command line, the environment or a person says.
///
/// The order is that of precedence: what is on the command line, then the environment's file, command and passphrase,
/// then the terminal. A passphrase is never an argument, which every user of the machine could see.
struct PassphraseReader {
    /// The longest passphrase, in bytes.
    static let bytesMax = 4_096
    private static let variable = "PASTFS_PASSPHRASE"
    private static let newline = UInt8(ascii: "\n")

    let context: CommandContext

    /// The passphrase that opens the repository.
    func passphrase() throws -> SecretBytes {
        try SecretBytes(given() ?? prompted("Passphrase of the repository: "))
    }

    /// The passphrase that a new repository is to have: typed twice, if it is typed.
    func newPassphrase() throws -> SecretBytes {
        if let bytes = try given() { return SecretBytes(bytes) }
        let first = try prompted("New passphrase: ")
        guard try prompted("The same again: ") == first else {
            throw Failure(.wrongKey, "cannot read the passphrase", why: "the two are not the same", fix: "try again")
        }
        return SecretBytes(first)
    }

    private func given() throws -> [UInt8]? {
        if let bytes = try MountDescriptors.passphrase(context) { return bytes }
        let file = GlobalOptions.passphraseFile.long
        let program = GlobalOptions.passphraseCommand.long
        let sources = (context.command.source(file), context.command.source(program))
        if sources.0 == .commandLine, sources.1 == .commandLine {
            throw context.command.usageError("--\(file) and --\(program) exclude each other")
        }
        if let path = context.command.value(file), sources.0 == .commandLine || sources.1 != .commandLine {
            return try fromFile(FilePath(path))
        }
        if let command = context.command.value(program) { return try fromCommand(command) }
        guard let bytes = context.environment[Self.variable], !bytes.isEmpty else { return nil }
        return try checked(bytes, from: Self.variable)
    }

    private func fromFile(_ path: FilePath) throws -> [UInt8] {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try FileSystem.read(path, atMost: Self.bytesMax + 2)
        } catch {
            throw Failure(
                .wrongKey, "cannot read the passphrase", why: "\(path): \(error.errno)",
                fix: "check --passphrase-file or PASTFS_PASSPHRASE_FILE")
        }
        return try checked(withoutNewline(bytes), from: path.description)
    }

    private func fromCommand(_ command: [UInt8]) throws -> [UInt8] {
        let what = "cannot read the passphrase"
        let fix = "check --passphrase-command or PASTFS_PASSPHRASE_COMMAND"
        let result: (status: Int32, output: [UInt8])
        do throws(SystemError) {
            result = try ProcessLauncher.output(
                of: "/bin/sh", arguments: [Array("sh".utf8), Array("-c".utf8), command], atMost: Self.bytesMax + 2)
        } catch {
            throw Failure(.wrongKey, what, why: "the passphrase command failed: \(error)", fix: fix)
        }
        guard result.status == 0 else {
            throw Failure(.wrongKey, what, why: "the passphrase command ended with \(result.status)", fix: fix)
        }
        return try checked(withoutNewline(result.output), from: "the passphrase command")
    }

    private func prompted(_ prompt: String) throws -> [UInt8] {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Terminal.readPassword(prompt: prompt)
        } catch {
            if error.errno == .interrupted {
                throw Failure(.signal(.interrupt), "cannot read the passphrase", why: "interrupted")
            }
            throw Failure(
                .wrongKey, "cannot read the passphrase", why: "none is given, and there is no terminal to ask on",
                fix: "use --passphrase-file or --passphrase-command")
        }
        return try checked(bytes, from: "the terminal")
    }

    private func withoutNewline(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.last == Self.newline else { return bytes }
        let line = bytes.dropLast()
        return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }

    private func checked(_ bytes: [UInt8], from source: String) throws -> [UInt8] {
        let what = "cannot read the passphrase"
        guard !bytes.isEmpty else {
            throw Failure(.wrongKey, what, why: "what \(source) gives is empty", fix: "give at least one character")
        }
        guard bytes.count <= Self.bytesMax else {
            throw Failure(
                .wrongKey, what, why: "what \(source) gives is over \(Self.bytesMax) bytes long",
                fix: "use a shorter passphrase")
        }
        return bytes
    }
}
