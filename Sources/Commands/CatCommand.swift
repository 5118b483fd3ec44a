import CommandLineTools
import Repository
import Restorer
import SystemInterface

/// `pastfs cat`
enum CatCommand: Command {
    private static let blockBytes = 1 << 20

    static let declaration = CommandDeclaration(
        name: "cat", summary: "print files of a snapshot",
        discussion: """
            Writes the files' bytes to standard output, one after the other, with `--json`
            too. That they are regular files is found out before the first byte. A byte that
            is damaged is never replaced: the output ends before it, and the command with 13.
            """,
        examples: [
            .init("pastfs cat latest:/etc/fstab", "print a file"),
            .init("pastfs cat yesterday:/var/lib/dump.sql | psql", "hand a file to another program"),
        ],
        arguments: [
            ArgumentDeclaration(
                name: "SNAPSHOT:PATH", help: "a snapshot, and a regular file in it", kind: .repeated(minimum: 1))
        ])

    /// A file that is to be printed.
    private struct Item {
        let what: String
        let entry: TreeEntry
        let source: ChunkSource
    }

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(context.console, "nothing was changed")
        let arguments = try context.command.arguments("SNAPSHOT:PATH").map { bytes in
            let argument = try SnapshotArgument(bytes, context)
            guard let path = argument.path else {
                throw context.command.usageError("a path is missing: SNAPSHOT:PATH", code: .missingArgument)
            }
            return (argument, path)
        }
        let repository = try context.openRepository()
        let source = repository.makeSource()
        let items = try arguments.map { argument, path in
            try item(path, of: argument.snapshot(in: repository), source)
        }
        for item in items { try attempting(item.what) { try write(item, context.console) } }
        return .done
    }

    private static func item(_ path: FilePath, of snapshot: Snapshot, _ source: ChunkSource) throws -> Item {
        let what = "cannot print \(path) of snapshot \(snapshot.id.short)"
        let entry = try SnapshotTree(snapshot: snapshot, source: source).entry(at: path)
        guard entry.type == .regular else {
            throw Failure(
                .failed, what, why: "it is no regular file", fix: "`pastfs ls -l \(snapshot.id.short):\(path)` shows it"
            )
        }
        return Item(what: what, entry: entry, source: source)
    }

    /// Writes a file a chunk at a time, and its holes as zeros.
    private static func write(_ item: Item, _ console: Console) throws {
        let contents = try FileContents(item.entry, source: item.source)
        var runs = SequentialRuns(contents)
        while let run = try runs.next() {
            if let chunk = try contents.bytes(of: run) {
                try console.write(chunk.copy())
            } else {
                var rest = run.segment.bytes
                while rest > 0 {
                    let count = Int(min(rest, UInt64(blockBytes)))
                    try console.write([UInt8](repeating: 0, count: count))
                    rest -= UInt64(count)
                }
            }
        }
    }
}
