import Coding
import Repository
import SystemInterface

extension TreeWalk {
    /// Goes to the parent's entry of this name in the directory that the walk is in; what it passes over was removed.
    func findParent(_ name: [UInt8], in frame: DirectoryFrame) throws -> Bool {
        // The present path is that of the name.
        try frame.parent?.find(name) { passed in
            if !frame.isPartial { try removed(passed, besides: true) }
        } ?? false
    }

    /// Counts what is left of the parent's directory once all names of the present one have been dealt with.
    func finishParent(of frame: DirectoryFrame) throws {
        guard !frame.isPartial else { return }
        try frame.parent?.finish { try removed($0, name: $0.name) }
    }

    /// Counts what stood at the present path and has given way to something of another type.
    func countReplaced(_ before: TreeEntry?, by type: FileType) throws {
        guard let before, before.type != type else { return }
        try removed(before)
    }

    /// Counts an entry of the parent that stood at the present path, besides it in the same directory, or as `name` in it.
    func removed(_ entry: TreeEntry, besides: Bool = false, name: [UInt8]? = nil) throws {
        let (files, others, bytes) = try count(entry)
        journal.changes.filesRemoved += files
        journal.changes.othersRemoved += others
        guard besides else { return journal.saw(.removed, entry.type, bytes: bytes, files: files, name: name) }
        let present = journal.path
        journal.path.pop()
        journal.saw(.removed, entry.type, bytes: bytes, files: files, name: entry.name)
        journal.path = present
    }

    /// Regular files and other entries at and below `entry`, with a stack of its own; what cannot be read counts for nothing.
    private func count(_ entry: TreeEntry) throws -> (files: UInt64, others: UInt64, bytes: UInt64) {
        var files: UInt64 = 0
        var others: UInt64 = 0
        var bytes: UInt64 = 0
        var pending = [entry.content]
        func add(_ entry: TreeEntry) {
            guard entry.type == .regular else {
                others += 1
                return
            }
            files += 1
            bytes.addSaturating(entry.size)
        }
        add(entry)
        while let content = pending.popLast() {
            try journal.checkStopped()
            guard case .tree(let root) = content else { continue }
            try? TreeDirectory(root, source: source).forEachEntry { (below) throws(RepositoryError) in
                add(below)
                if below.type == .directory { pending.append(below.content) }
            }
        }
        return (files, others, bytes)
    }
}
