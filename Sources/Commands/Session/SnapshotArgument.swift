import CommandLineTools
import Repository
import SystemInterface

/// `SNAPSHOT[:PATH]` as it is typed: a path in a snapshot is absolute, so that the colons of a time are no trouble.
struct SnapshotArgument {
    let selector: SnapshotSelector
    /// The path, normalised, or nil when none is given.
    let path: FilePath?

    init(_ bytes: [UInt8], _ context: CommandContext) throws {
        let separator = [UInt8(ascii: ":"), UInt8(ascii: "/")]
        let start = bytes.indices.dropLast().first { bytes[$0...].starts(with: separator) }
        var name = bytes[..<(start ?? bytes.endIndex)]
        if start == nil, name.last == UInt8(ascii: ":") { name = name.dropLast() }
        path = start.map { FilePath(Array(bytes[($0 + 1)...])).normalized }
        guard let text = String(validating: name, as: UTF8.self) else {
            throw context.command.usageError("a snapshot's name is text in UTF-8", code: .invalidValue)
        }
        do throws(RepositoryError) {
            selector = try SnapshotSelector.parse(text, now: context.clock.now())
        } catch {
            guard start == nil, let colon = text.firstIndex(of: ":") else {
                throw context.command.usageError(error.reason, code: .invalidValue)
            }
            throw context.command.usageError(
                "\(Printable.line(error.reason)); a path in a snapshot begins with a slash", code: .invalidValue,
                suggestion: "\(Printable.line(String(text[..<colon]))):/PATH")
        }
    }

    /// A snapshot without a path.
    static func whole(_ bytes: [UInt8], _ context: CommandContext) throws -> SnapshotArgument {
        let argument = try SnapshotArgument(bytes, context)
        guard argument.path == nil else {
            throw context.command.usageError(
                "this is about whole snapshots, not about a path in one", code: .invalidValue)
        }
        return argument
    }

    /// The snapshot that is held or asked about: among those of the repository, or among the forgotten ones where none of
    /// the others has the name.
    func snapshotOrForgotten(in repository: Repository) throws -> Snapshot {
        try attempting("cannot find the snapshot") {
            try selector.resolveExactly(in: repository.snapshots(), or: repository.forgottenSnapshots().map(\.snapshot))
        }
    }

    /// The snapshot among those of the repository.
    func snapshot(in repository: Repository) throws -> Snapshot {
        try attempting("cannot find the snapshot") { try selector.resolve(in: repository.snapshots()) }
    }
}
