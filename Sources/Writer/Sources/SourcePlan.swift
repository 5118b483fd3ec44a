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
    private(set) var paths: [FilePath] = []
    /// Every source that was named, normalised.
    private let named: [FilePath]

    /// Plans to save `paths`, which must be absolute.
    init(_ paths: [FilePath]) throws(BackupError) {
        guard !paths.isEmpty else { throw BackupError(.invalidArgument, "there is no path to save") }
        if let relative = paths.first(where: { !$0.isAbsolute }) {
            throw BackupError(.invalidArgument, path: relative, "a path to save must be absolute")
        }
        named = Set(paths.map(\.normalized)).sorted()
        for path in named {
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
        self.paths = named.filter { !isInsideAnother($0) }
    }

    private func isInsideAnother(_ path: FilePath) -> Bool {
        var node = root
        for name in path.components {
            if node.isSource { return true }
            guard let child = node.children[name] else { return false }
            node = child
        }
        return false
    }

    /// What a manifest says of the sources: `paths`, or directories that hold them where they are more than `count`.
    ///
    /// Directories are opened up from the root on as long as there is room, so that few sources stay as they are.
    func recordedPaths(atMost count: Int = Limits.snapshotPathsMax) -> [FilePath] {
        guard paths.count > count else { return paths }
        var recorded: [(path: FilePath, node: Node)] = [("/", root)]
        var isOpened = true
        while isOpened {
            isOpened = false
            var next: [(path: FilePath, node: Node)] = []
            for (index, item) in recorded.enumerated() {
                let others = next.count + recorded.count - index - 1
                if item.node.isSource || others + item.node.children.count > count {
                    next.append(item)
                } else {
                    next += item.node.children.map { (item.path.appending($0.key), $0.value) }
                    isOpened = true
                }
            }
            recorded = next.sorted { $0.path < $1.path }
        }
        return recorded.map(\.path)
    }

    /// Looks for every source, so that a mistyped one is known before anything is read.
    ///
    /// With `toleratingMissing` it is enough that one is there: what is missing of the others is found in the walk.
    func check(toleratingMissing: Bool = false) throws(BackupError) {
        var firstError: BackupError?
        for path in named {
            do throws(SystemError) {
                try Self.look(for: path)
                if toleratingMissing { return }
            } catch {
                let isMissing = error.errno == .noEntry || error.errno == .notDirectory
                let error = BackupError(
                    isMissing ? .sourceMissing : .sourceUnreachable, path: path, error.errno.message)
                guard toleratingMissing else { throw error }
                firstError = firstError ?? error
            }
        }
        if let firstError { throw firstError }
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
