import Coding
import Repository
import Storage
import SystemInterface

/// Walks the trees of snapshots, each different directory once, and holds what they refer to against index and packs.
///
/// Directories are kept on a stack of their own: a tree may be deeper than a thread's stack. What a directory was found
/// to be affected by is remembered by its root page, so that every snapshot that shares it is named.
struct TreeCheck {
    /// A list is whole for the files of its size, and damaged for every other.
    private struct SizedList: Hashable {
        let root: ChunkID
        let bytes: UInt64
    }

    /// A page of a directory, by its number; nil is what has to be read before there are pages.
    private struct Page: Hashable {
        let directory: ChunkID
        let number: Int?
    }

    /// A directory that is being walked.
    private struct Frame {
        let root: ChunkID
        let name: [UInt8]
        let directory: TreeDirectory?
        var nextPage = 0
        var pending: ArraySlice<TreeEntry> = []
        var losses = DirectoryLosses()
    }

    private let repository: Repository
    private let damage: DamageRegister
    private let health: PackHealth
    private let source: ChunkSource
    private var visited: Set<ChunkID> = []
    private var visitedLists: [SizedList: [DamageRegister.Number]] = [:]
    private var visitedAttributes: [ChunkID: [DamageRegister.Number]] = [:]
    private var lostPages: Set<Page> = []
    private var losses = TreeLosses()

    /// How many different directories were read.
    var directoryCount: Int { visited.count }

    init(repository: Repository, damage: DamageRegister, health: PackHealth) {
        self.repository = repository
        self.damage = damage
        self.health = health
        source = repository.makeSource()
    }

    /// Walks everything below the snapshot's root.
    mutating func check(_ snapshot: Snapshot) throws(RepositoryError) {
        let damage = damage
        try forEachLoss(of: snapshot.manifest.root) { loss in
            damage.add(loss.path, of: snapshot.id, to: loss.finding, count: loss.count)
        }
    }

    /// Walks what lies below `root` and was not walked yet, and tells everything that is unreadable there.
    mutating func forEachLoss(of root: TreeEntry, _ body: (TreeLosses.Loss) -> Void) throws(RepositoryError) {
        for finding in try lossesOfEntryItself(root) { body(TreeLosses.Loss(finding: finding, path: [], count: 1)) }
        guard case .tree(let id) = root.content else { return }
        if !visited.contains(id) { try walk(id) }
        losses.forEach(below: id, body)
    }

    private mutating func walk(_ id: ChunkID) throws(RepositoryError) {
        var stack = [try open(id, name: [])]
        while var frame = stack.popLast() {
            if let entry = frame.pending.popFirst() {
                try check(entry, in: &frame, &stack)
            } else if let directory = frame.directory, frame.nextPage < directory.pageCount {
                try loadPage(of: directory, in: &frame)
                stack.append(frame)
            } else {
                finish(frame, &stack)
            }
        }
    }

    /// Checks one entry, puts the frame back, and a new one on top of it for a directory that was not seen yet.
    private mutating func check(_ entry: TreeEntry, in frame: inout Frame, _ stack: inout [Frame])
        throws(RepositoryError)
    {
        for finding in try lossesOfEntryItself(entry) { frame.losses.add(finding, at: entry.name) }
        guard case .tree(let id) = entry.content else {
            for finding in try lossesOfContent(entry) { frame.losses.add(finding, at: entry.name) }
            stack.append(frame)
            return
        }
        if visited.contains(id) {
            if losses[id] != nil { frame.losses.add(DirectoryLosses.Directory(name: entry.name, id: id)) }
            stack.append(frame)
            return
        }
        guard stack.count < Limits.treeDepthMax else {
            let finding = damage.report("chunk \(frame.root)", "a directory is deeper than the format allows")
            frame.losses.add(finding, at: entry.name)
            stack.append(frame)
            return
        }
        stack.append(frame)
        stack.append(try open(id, name: entry.name))
    }

    /// Whether something below a directory is unreadable, or it was not walked.
    func hasLosses(below directory: ChunkID) -> Bool {
        losses[directory] != nil || !visited.contains(directory)
    }

    /// Whether the walk could not read a page of a directory, or nil for what has to be read before there are pages; or it
    /// was not walked.
    func hasLost(_ page: Int?, of directory: ChunkID) -> Bool {
        lostPages.contains(Page(directory: directory, number: page)) || !visited.contains(directory)
    }

    /// What makes it unreadable, in words.
    func reason(of loss: TreeLosses.Loss) -> String {
        damage.description(of: loss.finding)
    }

    private mutating func open(_ id: ChunkID, name: [UInt8]) throws(RepositoryError) -> Frame {
        visited.insert(id)
        do {
            try requireListed(id, .treePage)
            return Frame(root: id, name: name, directory: try TreeDirectory(id, source: source))
        } catch {
            guard error.isFinding else { throw error }
            lostPages.insert(Page(directory: id, number: nil))
            var frame = Frame(root: id, name: name, directory: nil)
            frame.losses.add(number(of: error, "chunk \(id)"))
            return frame
        }
    }

    private mutating func loadPage(of directory: TreeDirectory, in frame: inout Frame) throws(RepositoryError) {
        defer { frame.nextPage += 1 }
        do {
            frame.pending = try directory.page(frame.nextPage).entries[...]
        } catch {
            guard error.isFinding else { throw error }
            lostPages.insert(Page(directory: frame.root, number: frame.nextPage))
            frame.losses.add(number(of: error, "chunk \(frame.root)"))
        }
    }

    private mutating func finish(_ frame: Frame, _ stack: inout [Frame]) {
        guard !frame.losses.isEmpty else { return }
        losses[frame.root] = frame.losses
        guard !stack.isEmpty else { return }
        stack[stack.count - 1].losses.add(DirectoryLosses.Directory(name: frame.name, id: frame.root))
    }
}

// MARK: - What an entry refers to

extension TreeCheck {
    /// What is wrong with what describes the entry: its extended attributes, which are read once.
    mutating func lossesOfEntryItself(_ entry: TreeEntry) throws(RepositoryError) -> [DamageRegister.Number] {
        guard case .reference(let id) = entry.extendedAttributes else { return [] }
        if let known = visitedAttributes[id] { return known }
        var found: [DamageRegister.Number] = []
        do {
            try requireListed(id, .extendedAttributes)
            _ = try entry.extendedAttributes.load(from: source)
        } catch {
            guard error.isFinding else { throw error }
            found = [number(of: error, "chunk \(id)")]
        }
        visitedAttributes[id] = found
        return found
    }

    /// What makes the bytes of a file unreadable.
    mutating func lossesOfContent(_ entry: TreeEntry) throws(RepositoryError) -> [DamageRegister.Number] {
        switch entry.content {
        case .none, .unreadable, .tree: return []
        case .chunk(let id): return try lossOfChunk(id, bytes: entry.size).map { [$0] } ?? []
        case .segments(let segments):
            var found: Set<DamageRegister.Number> = []
            for segment in segments {
                guard let id = segment.chunk, let loss = try lossOfChunk(id, bytes: segment.bytes) else { continue }
                found.insert(loss)
            }
            return found.sorted()
        case .list(let id): return try lossesOfList(id, entry)
        }
    }

    private mutating func lossesOfList(_ id: ChunkID, _ entry: TreeEntry) throws(RepositoryError) -> [DamageRegister
        .Number]
    {
        let list = SizedList(root: id, bytes: entry.size)
        if let known = visitedLists[list] { return known }
        var found: Set<DamageRegister.Number> = []
        do {
            try requireListed(id, .listPage)
            let contents = try FileContents(entry, source: source)
            try contents.forEachRun { (run) throws(RepositoryError) in
                guard let chunk = run.segment.chunk, let loss = try lossOfChunk(chunk, bytes: run.segment.bytes) else {
                    return
                }
                found.insert(loss)
            }
        } catch {
            guard error.isFinding else { throw error }
            found.insert(number(of: error, "chunk \(id)"))
        }
        visitedLists[list] = found.sorted()
        return found.sorted()
    }

    /// The finding that makes a chunk of a file unreadable, or nil if a good pack has it.
    private func lossOfChunk(_ id: ChunkID, bytes: UInt64) throws(RepositoryError) -> DamageRegister.Number? {
        let places = try places(of: id, .content)
        let fitting = places.filter { $0.bytes == bytes }
        guard let first = fitting.first else {
            guard places.isEmpty else {
                return damage.report("chunk \(id)", "a file says that it has \(bytes) bytes, and the index does not")
            }
            return damage.report("chunk \(id)", "the index does not list it")
        }
        guard let sound = fitting.first(where: { health.fault(at: $0) == nil }) else { return health.fault(at: first) }
        if !fitting.contains(where: { health.listed.contains($0.pack) }) {
            // Its bytes are there: the index is to be repaired, and no path is lost.
            reportUnlisted(sound)
        }
        return nil
    }

    /// Where the chunk lies: as the index says, and where nothing of that is sound, as packs say that it does not list.
    private func places(of id: ChunkID, _ kind: ChunkKind) throws(RepositoryError) -> [ChunkPlace] {
        let places = try repository.auditPlaces(of: id, kind)
        guard !places.contains(where: { health.fault(at: $0) == nil }) else { return places }
        try repository.lookInUnlisted()
        return try repository.auditPlaces(of: id, kind)
    }

    /// Reports a chunk of metadata that only the footer of its pack lists. That it can be read, the walk will tell.
    private func requireListed(_ id: ChunkID, _ kind: ChunkKind) throws(RepositoryError) {
        let places = try places(of: id, kind)
        guard let sound = places.first(where: { health.fault(at: $0) == nil }),
            !places.contains(where: { health.listed.contains($0.pack) })
        else { return }
        reportUnlisted(sound)
    }

    /// The finding that `error` belongs to: that of the whole pack, where all of it is lost.
    private func number(of error: RepositoryError, _ subject: String) -> DamageRegister.Number {
        let pack = error.object.flatMap { ObjectName(path: $0) }.flatMap { $0.folder == .packs ? $0.id : nil }
        return pack.flatMap { health.lostPacks[$0] } ?? damage.report(error, subject)
    }

    private func reportUnlisted(_ place: ChunkPlace) {
        damage.report(
            ObjectName(.packs, place.pack).path,
            "snapshots need it, and no readable segment of the index lists it; its footer is read instead")
    }
}
