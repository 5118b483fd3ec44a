import CommandLineTools
import PathRules
import Repository
import SystemInterface
import Writer

/// The options of `backup` that say what is saved, and what of it is not.
enum SourceOptions {
    private static let sources = "What is saved"
    private static let excludes = "What is left out"

    static let declarations = [
        OptionDeclaration(
            long: "files-from", valueName: "FILE",
            help: "save the paths that FILE lists, one a line; `-` is standard input",
            isRepeatable: true, completion: .file, group: sources),
        OptionDeclaration(
            long: "files-from0", valueName: "FILE",
            help: "the same, each path ended by a NUL as `find -print0` does it", isRepeatable: true, completion: .file,
            group: sources),
        OptionDeclaration(
            long: "stdin", help: "save what comes on standard input, as the file that --name names", group: sources),
        OptionDeclaration(
            long: "stdin-from-command",
            help: "save what the command prints whose words stand behind `--`; if it fails there is no snapshot",
            group: sources),
        OptionDeclaration(
            long: "name", valueName: "NAME", help: "the path that standard input is saved as; `stdin` if not given",
            group: sources),
        OptionDeclaration(
            long: "exclude", short: "e", valueName: "PATTERN",
            help: "leave out what matches, as in .gitignore: with a slash a whole path, else any name",
            isRepeatable: true, group: excludes),
        OptionDeclaration(
            long: "include", valueName: "PATTERN",
            help: "take back what matches, as `--exclude !PATTERN` behind all excludes does", isRepeatable: true,
            group: excludes),
        OptionDeclaration(
            long: "exclude-file", valueName: "FILE",
            help: "leave out what the patterns in FILE match, written as a .gitignore",
            isRepeatable: true, completion: .file, group: excludes),
        OptionDeclaration(
            long: "exclude-caches", help: "of a directory with a valid CACHEDIR.TAG save that file alone",
            group: excludes),
        OptionDeclaration(
            long: "exclude-if-present", valueName: "NAME", help: "of a directory that holds NAME save that alone",
            isRepeatable: true, group: excludes),
        OptionDeclaration(
            long: "exclude-larger-than", valueName: "SIZE", help: "leave out files of more than SIZE, such as 500M",
            group: excludes),
        OptionDeclaration(
            long: "exclude-nodump", help: "leave out what is marked by `chattr +d`", group: excludes),
        OptionDeclaration(
            long: "one-file-system", short: "x",
            help: "keep directories at which another file system begins as empty ones", group: excludes),
    ]

    /// The patterns of the command line, in the order in which they are looked at.
    static func patterns(_ context: CommandContext) throws -> [String] {
        let command = context.command
        var patterns: [String] = []
        for file in command.values("exclude-file") { patterns += try self.patterns(inFile: file, context) }
        patterns += try command.texts("exclude")
        patterns += try command.texts("include").map { "!" + $0 }
        return patterns
    }

    private static func patterns(inFile bytes: [UInt8], _ context: CommandContext) throws -> [String] {
        let path = try context.absolute(bytes)
        let contents = try attempting("cannot read the patterns") {
            try FileSystem.read(path, atMost: PatternFile.bytesMax)
        }
        return try PatternFile.patterns(in: contents).map { line, pattern in
            guard let text = String(validating: pattern, as: UTF8.self) else {
                throw Failure(.usage, "cannot read the patterns", why: "\(path), line \(line): it is not UTF-8")
            }
            do throws(PatternError) {
                _ = try ExcludeRules([text])
            } catch {
                throw Failure(.usage, "cannot read the patterns", why: "\(path), line \(line): \(error)")
            }
            return text
        }
    }

    /// What is left out for what it is.
    static func filter(_ context: CommandContext) throws -> SourceFilter {
        let command = context.command
        var filter = SourceFilter()
        filter.fileBytesMax = try command.byteSize("exclude-larger-than", in: 0...UInt64(Int64.max))
        filter.leavesOutCaches = command.flag("exclude-caches")
        filter.markerNames = command.values("exclude-if-present")
        if let name = filter.markerNames.first(where: { $0.isEmpty || $0.contains(UInt8(ascii: "/")) }) {
            throw command.usageError(
                "--exclude-if-present needs a name, not \(Printable.line(String(decoding: name, as: UTF8.self)))",
                code: .invalidValue)
        }
        filter.staysOnFileSystem = command.flag("one-file-system")
        filter.leavesOutNoDump = command.flag("exclude-nodump")
        return filter
    }
}
