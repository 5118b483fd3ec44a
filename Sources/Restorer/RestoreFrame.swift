import Repository
import SystemInterface

/// A directory of the snapshot that a restore is in.
final class RestoreFrame {
    /// Where the directory is in the destination.
    enum Place {
        /// Open.
        case open(TargetDirectory)
        /// There, and closed because too many below it are open: what it was.
        case closed(TargetDirectory.Trace)
        /// Not made, because nothing in it was to be restored so far.
        case unmade
        /// Not there, and not made, because this is a dry run.
        case absent
    }

    /// What keeps all that a directory of the destination has, and the snapshot has not.
    enum Protection {
        /// Nothing.
        case none
        /// Another file system begins here, as one did when the snapshot was made: it is its content that the snapshot
        /// has, unless it has none, as of one that was left out.
        case mountPoint
        /// It lies in a mount that the snapshot knows nothing of.
        case otherMount
        /// It is a directory of the program, or lies in one.
        case own
    }

    /// How much of what a directory had the backup was to save.
    enum Coverage {
        /// All of it, but for what a pattern leaves out.
        case whole
        /// Not all: it leads to something further down, another file system begins there, or something in it was left out
        /// for what it is. What the snapshot lacks there, nobody had removed.
        case partial
        /// Nothing: it lies above what the backup was to save.
        case none
    }

    let entry: TreeEntry
    let completion: DirectoryCompletion
    /// Whether everything in it is restored that no pattern leaves out.
    let isIncluded: Bool
    /// How much of it the backup was to save.
    let coverage: Coverage
    /// How many names lead to each directory that patterns of the backup may begin at, of those that it lies in.
    let sourceDepths: [Int]
    var place = Place.unmade
    /// Whether it gets the attributes of its entry, once all that is in it is there.
    var getsAttributes = false
    /// What it held before and the snapshot may not have, in byte order.
    var extraneous: ExtraneousNames?
    /// What keeps what it held before.
    var protection = Protection.none
    /// A name that the snapshot has, and that the directory had without listing it: what it lists may be just that.
    var foldedName: [UInt8]?
    /// What waits to be handed to a thread.
    var batch: LeafBatch?

    private let tree: TreeDirectory?
    private var entries: [TreeEntry] = []
    private var position = 0
    private var nextPage = 0

    /// A directory of the snapshot; `tree` is nil where none of its names can be read.
    init(
        entry: TreeEntry, tree: TreeDirectory?, isIncluded: Bool, coverage: Coverage, sourceDepths: [Int],
        completion: DirectoryCompletion
    ) {
        self.entry = entry
        self.tree = tree
        self.isIncluded = isIncluded
        self.coverage = coverage
        self.sourceDepths = sourceDepths
        self.completion = completion
    }

    /// The directory, if it is open.
    var target: TargetDirectory? {
        guard case .open(let target) = place else { return nil }
        return target
    }

    /// Whether some of its names could not be read.
    var isIncomplete: Bool { tree == nil || hasFailed }
    private var hasFailed = false

    /// Whether it had any name, as far as it has come.
    private(set) var hasNames = false

    /// The next entry, or nil behind the last; throws once for every page that cannot be read, and goes on behind it.
    func next() throws(RepositoryError) -> TreeEntry? {
        while position == entries.count {
            guard let tree, nextPage < tree.pageCount else { return nil }
            nextPage += 1
            entries = []
            position = 0
            do throws(RepositoryError) {
                entries = try tree.page(nextPage - 1).entries
            } catch {
                hasFailed = true
                throw error
            }
        }
        position += 1
        hasNames = true
        return entries[position - 1]
    }
}

/// The names in a directory of the destination, less those that the snapshot has.
struct ExtraneousNames {
    private var names: ArraySlice<[UInt8]>
    private(set) var left: [[UInt8]] = []

    /// The names that a directory has, in any order.
    init(_ names: [[UInt8]]) {
        self.names = names.sorted { $0.lexicographicallyPrecedes($1) }[...]
    }

    /// Whether there is none, as far as it has come.
    var isEmpty: Bool { names.isEmpty && left.isEmpty }

    /// The snapshot has this name; it is asked in byte order. Says whether the directory has it too.
    mutating func has(_ name: [UInt8]) -> Bool {
        while let first = names.first, first.lexicographicallyPrecedes(name) {
            left.append(first)
            names.removeFirst()
        }
        guard names.first == name else { return false }
        names.removeFirst()
        return true
    }

    /// The snapshot has no more names.
    mutating func end() {
        left += names
        names = []
    }
}
