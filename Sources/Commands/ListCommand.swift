import CommandLineTools
import Repository
import SystemInterface

/// `pastfs ls`
enum ListCommand: Command {
    static let declaration = CommandDeclaration(
        name: "ls", summary: "list files of a snapshot",
        discussion: """
            Lists what a directory holds, in byte order of the names; anything else is listed
            itself. Names are printable on a terminal and as they are elsewhere.
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
        try attempting("cannot list \(path) of snapshot \(snapshot.id.short)") {
            let entry = try tree.entry(at: path)
            let listing = Listing(context: context, tree: tree)
            guard entry.type == .directory else { return try listing.show(entry, path, name: path.bytes) }
            try listing.showContents(of: entry, at: path)
        }
        return .done
    }

    private struct Listing {
        let context: CommandContext
        let tree: SnapshotTree

        private var isLong: Bool { context.command.flag("long") }
        private var isRecursive: Bool { context.command.flag("recursive") }

        /// Lists the directory; with a stack of its own, since trees may be deeper than a thread's stack.
        func showContents(of directory: TreeEntry, at path: FilePath) throws {
            var stack: [(path: FilePath, entries: PageReader)] = [(path, try PageReader(directory, tree.source))]
            while let top = stack.last {
                guard let entry = try stack[stack.count - 1].entries.next() else {
                    stack.removeLast()
                    continue
                }
                let path = top.path.appending(entry.name)
                try show(entry, path, name: isRecursive ? path.bytes : entry.name)
                if isRecursive, entry.type == .directory, entry.content != .unreadable {
                    stack.append((path, try PageReader(entry, tree.source)))
                }
            }
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
