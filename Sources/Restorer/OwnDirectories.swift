import SystemInterface

/// The program's own directories: a backup leaves them out, so no snapshot has them, and no restore is to remove them.
/// They are known by what they are, since many paths may lead to them.
struct OwnDirectories: Sendable {
    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    private let identities: Set<Identity>

    /// Those that `paths` lead to; of paths that lead nowhere there are none.
    init(_ paths: [FilePath]) {
        identities = Set(
            paths.compactMap { path in
                guard let status = try? FileSystem.status(path, followingLinks: true) else { return nil }
                return Identity(device: status.device, inode: status.inode)
            })
    }

    /// Why they stay.
    static let reason = "it is left as it is: the repository, its cache or its state lies here"

    /// Whether there is none.
    var isEmpty: Bool { identities.isEmpty }

    /// Whether `status` is that of one of them.
    func contains(_ status: FileStatus) -> Bool {
        identities.contains(Identity(device: status.device, inode: status.inode))
    }
}
