import Repository
import Synchronization
import SystemInterface

/// The past as data: a read-only file system over a repository's snapshots that knows nothing of FUSE.
///
/// The top directory holds `snapshots`, `hosts`, `tags`, `at`, `versions`, `changes`, `.pastfs` and the link `latest`,
/// each a type of its own (`AddedNode`). Every call is synchronous and may be made
/// from any thread. Nodes are counted: `lookup` and `readDirectory` with references add one, `forget` gives them back.
/// Damage is an error and a line in the log, never a missing entry, a short read or a byte that was not backed up.
public final class SnapshotView: Sendable {
    /// The repository that is shown.
    public let repository: Repository

    let options: ViewOptions
    let source: ChunkSource
    let log: DamageLog
    let numbers: InodeNumbers
    let register: SnapshotRegister
    let top: Node
    let nodes: NodeTable
    let directories: DirectoryCache
    let ahead: DirectoryAhead
    let files: FileCache
    let attributeSets: AttributeCache
    let chronology: CurrentChronology
    let comparisons: DeepComparison
    let histories: Histories
    let status: ViewStatus

    /// Shows `repository`, which nothing is asked of before somebody looks. Lines of the log go to `log`.
    public init(repository: Repository, options: ViewOptions, log sink: @escaping LogSink) {
        self.repository = repository
        self.options = options
        source = repository.makeSource(
            cacheBytes: options.cacheBytes, verifies: options.verifies, clock: options.clock)
        log = DamageLog(sink, clock: options.clock)
        numbers = InodeNumbers(
            repository: repository.id, mode: options.inodeNumbers,
            separatesLinks: options.presentation.symbolicLinks == .inside)
        register = SnapshotRegister(repository: repository, options: options, log: log)
        top = Node(id: .top, parent: nil, name: [], kind: .added(TopDirectory()), number: NodeID.top.rawValue)
        nodes = NodeTable(top: top)
        let directories = DirectoryCache(source: source)
        let files = FileCache(source: source)
        self.directories = directories
        self.files = files
        ahead = DirectoryAhead { Self.prepare($0, directories, files) }
        attributeSets = AttributeCache(source: source)
        chronology = CurrentChronology(register: register)
        comparisons = DeepComparison(directories: directories)
        histories = Histories(directories: directories, clock: options.clock)
        status = ViewStatus(clock: options.clock, log: log)
        addOwnStatus()
    }

    /// How many nodes are referred to.
    public var nodeCount: Int { nodes.count }

    /// Brings the list of snapshots up to date now, rather than when it is looked at next.
    public func refresh() {
        register.refresh()
    }

    /// Gives back `count` references to a node.
    public func forget(_ node: NodeID, count: UInt64 = 1) {
        nodes.forget(node, count: count)
    }

    /// The path of a node in the view, for messages; nil for a node that nobody refers to.
    public func path(of node: NodeID) -> FilePath? {
        nodes.node(node).map { FilePath($0.path) }
    }

    /// The identifiers, in 64 hexadecimal digits, of the snapshots that a node is of: one below a snapshot's root, the
    /// older and the newer one below `changes/A..B`, and none elsewhere or for a node that nobody refers to.
    public func snapshotIDs(of node: NodeID) -> [String] {
        nodes.node(node)?.snapshots.map(\.description) ?? []
    }

    /// Logs that a node cannot be shown for a reason that whoever serves the view has found, unless that was said before.
    public func reportFault(at node: NodeID, reason: String) {
        log.report(nodes.node(node)?.path ?? Array("(unknown)".utf8), reason: reason)
    }

    /// Fetches what listing a directory will need.
    private static func prepare(_ tree: ChunkID, _ directories: DirectoryCache, _ files: FileCache) {
        // Who comes to it meets the error again.
        guard let opened = try? directories.directory(tree), opened.entryCount > 0,
            let page = try? directories.page(0, of: opened), page.hasLists
        else { return }
        for position in 0..<page.count {
            let entry = page.entry(at: position)
            if case .list(let root) = entry.content { _ = try? files.dataBytes(list: root, size: entry.size) }
        }
    }

    func node(_ id: NodeID) throws(ViewError) -> Node {
        guard let node = nodes.node(id) else { throw .unknownNode }
        return node
    }

    /// Does what may meet damage at `node`, or at `name` in it, and logs it.
    func reading<Value>(
        _ node: Node, name: @autoclosure () -> [UInt8]? = nil, _ body: () throws(RepositoryError) -> Value
    ) throws(ViewError) -> Value {
        do throws(RepositoryError) {
            return try body()
        } catch {
            var path = node.path
            if let name = name() {
                if path.last != UInt8(ascii: "/") { path.append(UInt8(ascii: "/")) }
                path += name
            }
            log.report(path, error)
            throw .damaged
        }
    }
}
