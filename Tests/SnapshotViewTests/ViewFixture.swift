import Repository
import SnapshotView
import Storage
import Synchronization
import SystemInterface
import TestSupport
import ViewTestSupport

/// A repository in memory whose snapshots tests put together entry by entry, and a view of it.
final class ViewFixture: Sendable {
    let store = MemoryStore()
    let repository: TestRepository
    let clock = ManualClock(seconds: 2_000_000_000)
    private let lines = Mutex<[String]>([])

    init() throws {
        repository = try TestRepository(in: store)
    }

    /// The lines that views have logged.
    var log: [String] { lines.withLock { $0 } }

    /// A view of a repository that was opened anew, so that nothing is cached.
    ///
    /// With a `plan`, listings of the storage fail by it once the repository is open; `change` sets further options.
    /// `over` is a store that passes things on to that of the fixture.
    func view(
        _ mode: InodeNumberMode = .version, failing plan: FaultPlan? = nil, over other: (any ObjectStore)? = nil,
        _ change: (inout ViewOptions) -> Void = { _ in }
    ) throws -> SnapshotView {
        var options = ViewOptions(inodeNumbers: mode, userID: 7, groupID: 8, clock: clock)
        change(&options)
        let repository = try TestRepository.open(
            plan.map { FaultInjectingStore(store, plan: $0) } ?? other ?? store, refreshing: false)
        return SnapshotView(repository: repository, options: options) { [self] line in
            lines.withLock { $0.append(line) }
        }
    }

    /// Commits a snapshot of entries whose names are paths; directories come into being by themselves.
    @discardableResult
    func commit(
        _ seconds: Int64, host: String = "house", tags: [String] = [], isPartial: Bool = false,
        _ files: [String: String]
    ) throws -> Snapshot {
        try repository.commit(started: Timestamp(seconds: seconds), host: host, tags: tags, isPartial: isPartial) {
            session in
            try Self.directory(name: "", files.map { (Self.names($0.key), $0.value) }, session)
        }
    }

    /// Commits a snapshot of so many directories in each other, the innermost of which holds a file.
    @discardableResult
    func commitChain(_ seconds: Int64, depth: Int, text: String, name: String = "file") throws -> Snapshot {
        try repository.commit(started: Timestamp(seconds: seconds)) { session in
            var inner = try Self.file(name, text, session)
            for level in 0...depth {
                var builder = TreeBuilder(session: session)
                try builder.add(inner)
                inner = TreeEntry(
                    name: level < depth ? Array("d".utf8) : [], type: .directory, permissions: 0o755,
                    content: .tree(try builder.finish()))
            }
            return inner
        }
    }

    private static func names(_ path: String) -> [String] {
        path.split(separator: "/").map { String($0) }
    }

    private static func directory(
        name: String, _ files: [([String], String)], _ session: WriteSession
    ) throws -> TreeEntry {
        var builder = TreeBuilder(session: session)
        let groups = Dictionary(grouping: files) { $0.0.first ?? "" }
        for key in groups.keys.sorted(by: { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }) {
            let below = (groups[key] ?? []).map { (Array($0.0.dropFirst()), $0.1) }
            if let file = below.first, file.0.isEmpty {
                try builder.add(try self.file(key, file.1, session))
            } else {
                try builder.add(try directory(name: key, below, session))
            }
        }
        return TreeEntry(
            name: Array(name.utf8), type: .directory, permissions: 0o755, modified: Timestamp(seconds: 5),
            changed: Timestamp(seconds: 6), content: .tree(try builder.finish()))
    }

    /// A file of some text; the text "unreadable" makes one that the backup could not read.
    private static func file(_ name: String, _ text: String, _ session: WriteSession) throws -> TreeEntry {
        var entry = TreeEntry(
            name: Array(name.utf8), type: .regular, permissions: 0o644, modified: Timestamp(seconds: 1),
            changed: Timestamp(seconds: 2))
        if text == "unreadable" {
            entry.content = .unreadable
        } else if !text.isEmpty {
            let bytes = Array(text.utf8)
            entry.size = UInt64(bytes.count)
            entry.content = .chunk(try session.add(bytes.span, .content))
        }
        return entry
    }
}

extension SnapshotView {
    /// The attributes of a path, which keeps its references.
    func find(_ path: String) throws -> NodeAttributes? {
        var found = try attributes(.top)
        for name in FilePath(path).components {
            guard case .found(let next) = try lookup(name, in: found.node) else { return nil }
            found = next
        }
        return found
    }

    /// The names in a directory, `.` and `..` among them.
    func list(_ path: String) throws -> [String] {
        guard let directory = try find(path) else { throw ViewError.notFound }
        var names: [String] = []
        try readDirectory(directory.node, from: 0, mode: .namesOnly) { entry in
            names.append(String(decoding: entry.name, as: UTF8.self))
            return true
        }
        return names
    }

    /// The text of a file.
    func text(_ node: NodeID) throws -> String {
        try read(node, at: 0, count: 1 << 20).reduce(into: "") { text, piece in
            if case .bytes(let chunk, let range) = piece {
                text += String(decoding: chunk.copy()[range], as: UTF8.self)
            }
        }
    }
}
