import CommandLineTools
import Repository
import SystemInterface

/// `pastfs cat`
enum CatCommand: Command {
    private static let blockBytes = 1 << 20

    static let declaration = CommandDeclaration(
        name: "cat", summary: "print a file of a snapshot",
        discussion: """
            Writes the file's bytes to standard output, with `--json` too. A byte that is
            damaged is never replaced: the output ends before it, and the command with 13.
            """,
        examples: [
            .init("pastfs cat latest:/etc/fstab", "print a file"),
            .init("pastfs cat yesterday:/var/lib/dump.sql | psql", "hand a file to another program"),
        ],
        arguments: [ArgumentDeclaration(name: "SNAPSHOT:PATH", help: "a snapshot, and a regular file in it")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        _ = try Interruption(context.console, "nothing was changed")
        let argument = try SnapshotArgument(context.command.argument("SNAPSHOT:PATH"), context)
        guard let path = argument.path else {
            throw context.command.usageError("a path is missing: SNAPSHOT:PATH", code: .missingArgument)
        }
        let repository = try context.openRepository()
        let snapshot = try argument.snapshot(in: repository)
        let tree = SnapshotTree(snapshot: snapshot, source: repository.makeSource())
        let what = "cannot print \(path) of snapshot \(snapshot.id.short)"
        let entry = try tree.entry(at: path)
        guard entry.type == .regular else {
            throw Failure(
                .failed, what, why: "it is no regular file", fix: "`pastfs ls -l \(snapshot.id.short):\(path)` shows it"
            )
        }
        try attempting(what) {
            let contents = try FileContents(entry, source: tree.source)
            var block = [UInt8](repeating: 0, count: Self.blockBytes)
            var offset: UInt64 = 0
            while offset < contents.size {
                let count = try block.withUnsafeMutableBytes { buffer in
                    try contents.read(at: offset, into: buffer)
                }
                try context.console.write(Array(block[..<count]))
                offset += UInt64(count)
                try contents.prefetch(after: offset)
            }
        }
        return .done
    }
}
