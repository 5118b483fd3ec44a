import Repository
import SystemInterface

/// Tells a repository by what lies in it. A backup leaves its own out, and a restore may be of a copy, or may come to it by
/// another path than the backup did: its inode then says nothing.
enum RepositoryMark {
    /// Why it stays.
    static let reason = "it is left as it is: it is a PastFS repository"

    /// Whether `directory`, which has `names`, is one.
    static func isIn(_ directory: borrowing FileDescriptor, names: some Sequence<[UInt8]>) -> Bool {
        guard names.contains(Repository.formatName) else { return false }
        // What cannot be read is left to those who try to remove it.
        guard let file = try? directory.openBeneath(Repository.formatName, [.readOnly, .noFollow, .nonBlocking]),
            (try? file.status().type) == .regular, let bytes = try? file.readAll(atMost: Limits.formatBytesMax)
        else { return false }
        return Repository.isFormat(bytes)
    }
}
