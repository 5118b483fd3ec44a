import CommandLineTools
import Repository
import SystemInterface

/// Which snapshots a command is about: those of a host, with tags, and of a path.
struct SnapshotFilter {
    static let hostOption = OptionDeclaration(
        long: "host", valueName: "NAME", help: "of this host", isRepeatable: true)
    static let tagOption = OptionDeclaration(
        long: "tag", short: "t", valueName: "TAG", help: "with this tag; with all of several", isRepeatable: true)

    private let hosts: [String]
    private let tags: [String]
    private let path: FilePath?

    /// What `--host` and `--tag` say; `path` is for snapshots that saved it or a directory that it lies in.
    init(_ context: CommandContext, path: FilePath? = nil) throws {
        hosts = try context.command.texts("host")
        tags = try context.command.texts("tag")
        self.path = path
    }

    var isActive: Bool { !hosts.isEmpty || !tags.isEmpty || path != nil }

    func accepts(_ manifest: SnapshotManifest) -> Bool {
        guard hosts.isEmpty || hosts.contains(manifest.host) else { return false }
        guard tags.allSatisfy(manifest.tags.contains) else { return false }
        guard let path else { return true }
        return manifest.paths.contains { path.isInside($0) }
    }
}
