import CommandLineTools
import Repository
import SystemInterface

/// `pastfs ls`
enum ListCommand: Command {
    static let declaration = CommandDeclaration(
        name: "ls", summary: "list files of a snapshot",
        discussion: """
            Lists what a directory holds, in byte order of the names; anything else is listed
            itself. Names are printable on a terminal and as they are elsewhere. With
            `--recursive` a directory that the backup could not read is named, and it ends with 3.
            """,
        examples: [
            .init("pastfs ls latest:/home", "what /home held"),
            .init("pastfs ls -l 2026-11-20:/etc", "with permissions, owners, sizes and times, on a day"),
            .init("pastfs ls --recursive --json latest", "everything, for a program"),
        ],
        arguments: [
            ArgumentDeclaration(name: "SNAPSHOT[:PATH]", help: "a snapshot, and a path in it; `/` if not given")
        ],
        options: [
            OptionDeclaration(long: "long", short: "l", help: "show permissions, owner, group, size and time"),
            OptionDeclaration(long: "recursive", short: "R", help: "list everything below, with its path"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(context.console, "nothing was changed")
        let argument = try SnapshotArgument(context.command.argument("SNAPSHOT[:PATH]"), context)
        let repository = try context.openRepository()
        let snapshot = try argument.snapshot(in: repository)
        let tree = SnapshotTree(snapshot: snapshot, source: repository.makeSource())
        let path = argument.path ?? "/"
        return try attempting("cannot list \(path) of snapshot \(snapshot.id.short)") {
            let entry = try tree.entry(at: path)
            let listing = Listing(context: context, tree: tree)
            guard entry.type == .directory else {
                try listing.show(entry, path, name: path.bytes)
                return .done
            }
            return try listing.showContents(of: entry, at: path)
        }
    }

    private struct Listing {
        let context: CommandContext
        let tree: SnapshotTree

        private var isLong: Bool { context.command.flag("long") }
        private var isRecursive: Bool { context.command.flag("recursive") }

        /// Lists the directory; with a stack of its own, since trees may be deeper than a thread's stack.
        func showContents(of directory: TreeEntry, at path: FilePath) throws -> ExitCode {
            var code = ExitCode.done
            var stack: [(path: FilePath, entries: PageReader)] = [(path, try PageReader(directory, tree.source))]
            while let top = stack.last {
                guard let entry = try stack[stack.count - 1].entries.next() else {
                    stack.removeLast()
                    continue
                }
                let path = top.path.appending(entry.name)
                try show(entry, path, name: isRecursive ? path.bytes : entry.name)
                guard isRecursive, entry.type == .directory else { continue }
                guard entry.content != .unreadable else {
                    // Without a word it would look like an empty one.
                    context.console.message(
                        .problem, "\(path): the directory could not be read when the backup was made")
                    code = .problems
                    continue
                }
                stack.append((path, try PageReader(entry, tree.source)))
            }
            return code
        }

        func show(_ entry: TreeEntry, _ path: FilePath, name: [UInt8]) throws(Failure) {
            if context.console.isJSON { return try context.console.record(EntryRecord(entry, path)) }
            guard isLong else { return try context.console.line("", name: name) }
            var shown = name
            if entry.type == .symbolicLink { shown += Array(" -> ".utf8) + entry.symbolicLinkTarget }
            try context.console.line(LongFormat.columns(entry), name: shown)
        }
    }

    /// The entries of a directory, one page in memory.
    private struct PageReader {
        private let directory: TreeDirectory
        private var page = 0
        private var entries: ArraySlice<TreeEntry> = []

        init(_ entry: TreeEntry, _ source: ChunkSource) throws(RepositoryError) {
            directory = try TreeDirectory(entry, source: source)
        }

        mutating func next() throws(RepositoryError) -> TreeEntry? {
            while entries.isEmpty, page < directory.pageCount {
                entries = try directory.page(page).entries[...]
                page += 1
            }
            return entries.popFirst()
        }
    }
}
