import Repository
import SystemInterface

/// The sources of a run as a tree: the directories that lead to them, and they themselves.
struct SourcePlan {
    /// A directory on the way to a source, or a source.
    final class Node {
        /// Whether the run was told to save this and all that is in it.
        var isSource = false
        /// Sources further down, and what leads to them.
        var children: [[UInt8]: Node] = [:]

        /// The names of `children` in byte order.
        var names: [[UInt8]] { children.keys.sorted { $0.lexicographicallyPrecedes($1) } }
    }

    /// The root directory `/`.
    let root = Node()
    /// The sources that lie in no other, in byte order.
    let paths: [FilePath]
    /// Every source that was named, normalised.
    private let named: [FilePath]

    /// Plans to save `paths`, which must be absolute.
    init(_ paths: [FilePath]) throws(BackupError) {
        guard !paths.isEmpty else { throw BackupError(.invalidArgument, "there is no path to save") }
        if let relative = paths.first(where: { !$0.isAbsolute }) {
            throw BackupError(.invalidArgument, path: relative, "a path to save must be absolute")
        }
        let sorted = Set(paths.map(\.normalized)).sorted()
        named = sorted
        self.paths = sorted.filter { path in !sorted.contains { $0 != path && path.isInside($0) } }
        for path in sorted {
            guard path.components.count <= Limits.treeDepthMax else {
                throw BackupError(.invalidArgument, path: path, "this is deeper than a snapshot can hold")
            }
            var node = root
            for name in path.components {
                let child = node.children[name] ?? Node()
                node.children[name] = child
                node = child
            }
            node.isSource = true
        }
    }

    /// Looks for every source, so that a mistyped one is known before anything is read.
    func check() throws(BackupError) {
        for path in named {
            do throws(SystemError) {
                try Self.look(for: path)
            } catch {
                let isMissing = error.errno == .noEntry || error.errno == .notDirectory
                throw BackupError(isMissing ? .sourceMissing : .sourceUnreachable, path: path, error.errno.message)
            }
        }
    }

    /// Goes down a name at a time: a path may be longer than PATH_MAX.
    private static func look(for path: FilePath) throws(SystemError) {
        var directory = try OpenDirectory("/", .pathOnly)
        let names = path.components
        for name in names.dropLast() {
            directory = try OpenDirectory(name, in: directory, [.pathOnly, .directory])
        }
        if let last = names.last { _ = try directory.descriptor.statusAt(last) }
    }
}
