import CommandLineTools
import SystemInterface

/// The paths that `--files-from` and `--files-from0` list: as they are, one a line or ended by NUL, without comments.
enum PathList {
    /// The most bytes of a list.
    private static let bytesMax = 1 << 30

    /// The paths of every list, in no order that would matter; empty without one.
    static func paths(_ context: CommandContext) throws -> [[UInt8]] {
        let lists =
            context.command.values("files-from").map { ($0, UInt8(ascii: "\n")) }
            + context.command.values("files-from0").map { ($0, UInt8(0)) }
        guard lists.filter({ isStandardInput($0.0) }).count <= 1 else {
            throw context.command.usageError("standard input can be read as one list only")
        }
        return try lists.flatMap { file, separator in
            try attempting("cannot read the list of paths") {
                try read(file, context).split(separator: separator).map(Array.init)
            }
        }
    }

    private static func isStandardInput(_ file: [UInt8]) -> Bool { file == [UInt8(ascii: "-")] }

    private static func read(_ file: [UInt8], _ context: CommandContext) throws -> [UInt8] {
        guard !isStandardInput(file) else { return try StandardStream.input.duplicate().readAll(atMost: bytesMax) }
        return try FileSystem.read(try context.absolute(file), atMost: bytesMax)
    }
}
