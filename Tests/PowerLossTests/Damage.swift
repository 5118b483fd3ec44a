import Repository
import SystemInterface

/// What goes wrong with a repository between two commands, so that there is something to repair.
enum Damage: String {
    /// A bit of a segment of the index is another, and all other segments are gone.
    case index
    /// A bit in the footer of a pack of content is another: all that the pack holds is there.
    case footer
    /// A bit in the first bundle of a pack of content is another: something is lost.
    case bundle

    private static let word = "DAMAGE"

    /// What stands in a scenario instead of a command.
    var command: [String] { [Self.word, rawValue] }

    /// The damage that stands there, if it is one.
    init?(_ command: [String]) {
        guard command.count == 2, command[0] == Self.word else { return nil }
        self.init(rawValue: command[1])
    }

    /// There is nothing that could be damaged so.
    struct Impossible: Error {}

    /// Does it to the `repository`, durably; `behind` is the same directory without the mount.
    func strike(_ repository: FilePath, behind: FilePath) throws {
        switch self {
        case .index:
            let segments = try Self.names(in: behind.appending("index")).map {
                repository.appending("index").appending($0)
            }
            guard let first = segments.first, segments.count > 1 else { throw Impossible() }
            for segment in segments.dropFirst() {
                try Self.shell("rm \"$1\" && sync \"${1%/*}\"", segment.description)
            }
            try Self.flip(first, behind: behind.appending("index").appending(first.lastComponent), at: 50)
        case .footer: try Self.flipPack(repository, behind) { $0 - 40 }
        case .bundle: try Self.flipPack(repository, behind) { _ in 60 }
        }
    }

    private static func names(in directory: FilePath) throws -> [[UInt8]] {
        try FileDescriptor.open(directory, [.readOnly, .directory]).directoryEntries().map(\.name)
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Flips a bit of the largest pack of content, in the byte that `place` gives for its size.
    private static func flipPack(_ repository: FilePath, _ behind: FilePath, _ place: (Int) -> Int) throws {
        var largest: (path: [[UInt8]], size: Int)?
        for folder in try names(in: behind.appending("packs")) {
            for name in try names(in: behind.appending("packs").appending(folder)) {
                let bytes = try FileSystem.read(
                    behind.appending("packs").appending(folder).appending(name), atMost: 1 << 30)
                guard bytes.count > 100, bytes[10] == PackKind.content.rawValue else { continue }
                if bytes.count > largest?.size ?? 0 { largest = ([Array("packs".utf8), folder, name], bytes.count) }
            }
        }
        guard let largest else { throw Impossible() }
        let (pack, real) = largest.path.reduce((repository, behind)) { ($0.0.appending($1), $0.1.appending($1)) }
        try flip(pack, behind: real, at: place(largest.size))
    }

    private static func flip(_ path: FilePath, behind: FilePath, at place: Int) throws {
        let bytes = try FileSystem.read(behind, atMost: 1 << 30)
        let script = "printf \"$3\" | dd of=\"$1\" bs=1 seek=\"$2\" conv=notrunc,fsync status=none"
        try shell(script, path.description, "\(place)", "\\" + String(bytes[place] ^ 1, radix: 8))
    }

    private static func shell(_ script: String, _ arguments: String...) throws {
        guard try Program.run(["/bin/sh", "-c", script, "sh"] + arguments, environment: []) == 0 else {
            throw Impossible()
        }
    }
}
