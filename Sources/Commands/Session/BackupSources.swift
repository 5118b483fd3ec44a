import CommandLineTools
import Repository
import SystemInterface
import Writer

/// What a command line of `backup` asks to save: paths, lists of paths, or a stream.
enum BackupSources {
    private static let defaultName = Array("stdin".utf8)
    /// As many links as the kernel follows one after the other (path_resolution(7)).
    private static let linksMax = 40

    /// Refuses what does not go together. Nothing is looked for yet.
    static func check(_ context: CommandContext) throws(UsageError) {
        let command = context.command
        let words = command.arguments("PATH")
        let lists = command.values("files-from") + command.values("files-from0")
        switch (command.flag("stdin"), command.flag("stdin-from-command")) {
        case (false, false):
            if words.isEmpty, lists.isEmpty {
                throw command.usageError("PATH is missing: what to save", code: .missingArgument)
            }
            if command.value("name") != nil {
                throw command.usageError("--name is for --stdin and --stdin-from-command")
            }
        case (true, true): throw command.usageError("--stdin and --stdin-from-command exclude each other")
        case (true, false):
            if !words.isEmpty { throw command.usageError("--stdin saves standard input, and no PATH besides") }
        case (false, true):
            if words.isEmpty {
                throw command.usageError("--stdin-from-command needs a command behind `--`", code: .missingArgument)
            }
        }
        guard command.flag("stdin") || command.flag("stdin-from-command") else { return }
        if !lists.isEmpty { throw command.usageError("a stream is saved alone, without lists of files") }
        for long in ["kind", "parent", "on-timeout"] where command.value(long) != nil {
            throw command.usageError("--\(long) is for files: a stream is always read in full, and never partial")
        }
    }

    /// Finds what is to be saved, and starts the command that prints it.
    static func complete(_ options: inout BackupOptions, _ context: CommandContext) throws {
        let command = context.command
        let words = command.arguments("PATH")
        if command.flag("stdin") || command.flag("stdin-from-command") {
            options.paths = [FilePath("/").appending(command.value("name") ?? defaultName).normalized]
            options.stream =
                try command.flag("stdin")
                ? StandardInputStream() : attempting("cannot start the command") { try CommandStream(words) }
            return
        }
        options.paths = try words.map { try source($0, context) }
        let listed = try PathList.paths(context)
        guard words.isEmpty || !listed.isEmpty else { return }
        options.isListed = words.isEmpty
        options.paths += try listed.map { try listedSource($0, context) }
        guard !options.paths.isEmpty else {
            throw Failure(.failed, "cannot make the backup", why: "the list names no path")
        }
    }

    /// What a path on the command line names: a slash behind a link asks for what it leads to, as everywhere.
    private static func source(_ bytes: [UInt8], _ context: CommandContext) throws -> FilePath {
        let path = try context.absolute(bytes)
        if asksForTarget(bytes) {
            return try attempting("cannot make the backup") { try FileSystem.target(ofLink: path) } ?? path
        }
        if let target = try? FileSystem.target(ofLink: path), try FileSystem.status(target).type == .directory {
            context.console.message(
                .warning, "\(path) is a symbolic link, and only the link is saved: `\(path)/` is what it leads to")
        }
        return path
    }

    /// The same of a path in a list. What is not there any more is for the run to find: it may be one of many.
    private static func listedSource(_ bytes: [UInt8], _ context: CommandContext) throws -> FilePath {
        let path = try context.absolute(bytes)
        guard asksForTarget(bytes) else { return path }
        do throws(SystemError) {
            return try FileSystem.target(ofLink: path) ?? path
        } catch {
            return missingTarget(ofLink: path)
        }
    }

    private static func asksForTarget(_ bytes: [UInt8]) -> Bool {
        bytes.last == UInt8(ascii: "/") || bytes.suffix(2) == Array("/.".utf8)
    }

    /// Where a link leads to of which the end is not there: that is what was listed and cannot be saved, and not the link.
    private static func missingTarget(ofLink path: FilePath) -> FilePath {
        var path = path
        for _ in 0..<linksMax {
            guard let target = try? FilePath(FileDescriptor.workingDirectory.readLinkAt(path.bytes)),
                let next = try? FileSystem.absolutePath(
                    target.isAbsolute ? target : path.parent.appending(target.bytes))
            else { break }
            path = next
        }
        return path
    }
}
