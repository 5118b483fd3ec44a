import CommandLineTools
import PathRules
import Repository
import SystemInterface

/// `pastfs find`
enum FindCommand: Command {
    static let declaration = CommandDeclaration(
        name: "find", summary: "find files by name in all snapshots",
        discussion: """
            PATTERN is as in .gitignore: without a slash it is for the name, in any directory;
            with one for the whole path. `*` is any run of bytes in a name, `**` any number of
            directories; a slash at the end asks for directories.

            A row is a version of a path: how many snapshots of a host have it, one after
            another, the first, the last, and the newest one's identifier. Directories that
            several snapshots share are searched once. Ends with 18 if nothing is found.
            """,
        examples: [
            .init("pastfs find 'letter*.odt'", "by name, anywhere"),
            .init("pastfs find '/home/*/.bashrc'", "by path"),
            .init("pastfs find --snapshot latest --path /srv --type directory cache", "in one snapshot, below a path"),
        ],
        arguments: [ArgumentDeclaration(name: "PATTERN", help: "what to look for")],
        options: [
            OptionDeclaration(
                long: "snapshot", short: "s", valueName: "SNAPSHOT", help: "only in this snapshot", isRepeatable: true),
            SnapshotFilter.hostOption, SnapshotFilter.tagOption,
            OptionDeclaration(long: "path", valueName: "PATH", help: "only below this directory", completion: .file),
            OptionDeclaration(
                long: "type", valueName: "TYPE", help: "only of this type", isRepeatable: true,
                completion: .values(TypeText.names)),
            OptionDeclaration(long: "newest", help: "of each path and host only the newest version"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(context.console, "nothing was changed")
        let query = try FindQuery(context)
        let repository = try context.openRepository()
        let snapshots = try query.snapshots(of: repository, context)
        let source = repository.makeSource()
        let output = FindOutput(
            rows: VersionRunOutput(snapshots: snapshots, console: context.console),
            lines: VersionRunOutput.lines(of: snapshots), isNewestOnly: context.command.flag("newest"))
        return try attempting("cannot search the snapshots") {
            var code = ExitCode.done
            let matcher = FindMatcher(query)
            var search = SnapshotSearch(
                below: query.start, roots: snapshots.map(\.manifest.root), source: source, isWanted: matcher.isWanted)
            var count = 0
            while true {
                do {
                    guard let found = try search.next() else { break }
                    count += try output.show(found, isFirst: count == 0)
                } catch let unread as SnapshotSearch.Unread {
                    guard unread.error.isDamage || unread.error.code == .notSaved else { throw unread.error }
                    let id = snapshots[unread.place].id.short
                    context.console.message(.problem, "\(unread.path) in snapshot \(id): \(unread.error)")
                    if code != .damage { code = unread.error.isDamage ? .damage : .problems }
                }
            }
            return count == 0 && code == .done ? .nothingMatched : code
        }
    }
}

/// What is looked for, and where.
struct FindQuery {
    let rules: ExcludeRules
    let types: Set<FileType>
    /// The directory below which the search is.
    let start: FilePath
    private let filter: SnapshotFilter
    private let selected: [SnapshotArgument]

    init(_ context: CommandContext) throws {
        let command = context.command
        let pattern = try command.argumentTexts("PATTERN")[0]
        guard !pattern.hasPrefix("!") else {
            throw command.usageError(
                "a pattern of what is looked for has no `!` in front", code: .invalidValue, suggestion: "\\\(pattern)")
        }
        do throws(PatternError) {
            rules = try ExcludeRules([pattern])
        } catch {
            throw command.usageError("\"\(Printable.line(pattern))\" is no pattern", code: .invalidValue)
        }
        let types = try command.texts("type")
        self.types = Set(
            types.isEmpty ? FileType.allCases : FileType.allCases.filter { types.contains(TypeText.name($0)) })
        let path = try command.value("path").map { try context.absolute($0) } ?? "/"
        start = Self.start(of: pattern, below: path)
        filter = try SnapshotFilter(context)
        selected = try command.values("snapshot").map { try SnapshotArgument($0, context) }
        if selected.contains(where: { $0.path != nil }) {
            throw command.usageError("--snapshot names a snapshot; --path says where in it", code: .invalidValue)
        }
    }

    /// A pattern for a whole path begins with names that are no patterns: what they lead to is all that can match.
    private static func start(of pattern: String, below path: FilePath) -> FilePath {
        guard pattern.utf8.dropLast().contains(UInt8(ascii: "/")) else { return path }
        var start: FilePath = "/"
        for name in FilePath(Array(pattern.utf8)).components.dropLast() {
            guard !name.contains(where: { "*?[\\".utf8.contains($0) }), name != [0x2E], name != [0x2E, 0x2E] else {
                break
            }
            start = start.appending(name)
        }
        return start.isInside(path) ? start : path
    }

    func snapshots(of repository: Repository, _ context: CommandContext) throws -> [Snapshot] {
        let named = Set(try selected.map { try $0.snapshot(in: repository).id })
        return repository.snapshots().filter {
            filter.accepts($0.manifest) && (selected.isEmpty || named.contains($0.id))
        }
    }
}

/// Decides of each name whether it is looked for; holds the path of the directory asked about last, as the pattern wants it.
private final class FindMatcher {
    private let query: FindQuery
    private var directory: FilePath = "/"
    private var path = PathBuffer()

    init(_ query: FindQuery) {
        self.query = query
    }

    func isWanted(_ directory: FilePath, _ name: [UInt8], _ type: FileType) -> Bool {
        guard query.types.contains(type) else { return false }
        if directory != self.directory {
            self.directory = directory
            path = PathBuffer(directory)
        }
        path.push(name)
        defer { path.pop() }
        return query.rules.excludes(path, sourceDepth: 0, isDirectory: type == .directory)
    }
}

/// What was found, as it is printed: rows of fixed width, since the widest is not known before the end.
private struct FindOutput {
    private static let widths = [19, 8, 9, 19, 19, 8]

    let rows: VersionRunOutput
    let lines: [Int]
    let isNewestOnly: Bool

    /// Shows what was found at a path, the newest version first, and returns how many rows that were.
    func show(_ found: SnapshotSearch.Found, isFirst: Bool) throws(Failure) -> Int {
        var runs = VersionRun.runs(of: found.states, lines: lines, comparingContents: false)
        runs.sort { $0.lastPlace > $1.lastPlace }
        if isNewestOnly {
            var seen: Set<Int> = []
            runs = runs.filter { seen.insert($0.line).inserted }
        }
        if isFirst { try rows.console.line(Self.row(VersionRunOutput.headings) + "PATH") }
        for run in runs {
            try rows.record(run, found.path)
            let slash = run.entry.type == .directory ? Array("/".utf8) : []
            try rows.console.line(Self.row(rows.cells(run)), name: found.path.bytes + slash)
        }
        return runs.count
    }

    private static func row(_ cells: [String]) -> String {
        zip(cells, widths).enumerated().map { column, cell in
            let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return (VersionRunOutput.rightAligned.contains(column) ? padding + cell.0 : cell.0 + padding) + "  "
        }.joined()
    }
}
