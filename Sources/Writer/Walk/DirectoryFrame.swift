import Repository
import SystemInterface

/// A directory that a walk is in.
final class DirectoryFrame {
    /// What its parent will hold of it; the content is added when it has been walked.
    var entry: TreeEntry
    /// The directory, or nil while it is closed because too many below it are open, and once the walk has left it.
    var directory: OpenDirectory?
    /// The names that are left, the next one last.
    var names: [DirectoryEntry]
    /// What a scout has seen of the directory.
    let scouted: ScoutedDirectory?
    var tree: DirectoryTree
    var parent: ParentCursor?
    /// What the parent snapshot's directory above has for this one.
    let before: ParentMatch?
    /// The directory that this one lies in.
    let above: DirectoryFrame?
    /// Entries in order that wait for a file that stands before them and is still being read.
    var waiting = WaitingEntries()
    /// The names that could not be found, if there were any.
    var lost: LostNames?
    /// How many of its own files are being read.
    var filesAhead = 0
    /// Whether all names have been dealt with, but for files that are still being read.
    var isWalked = false
    /// Whether its tree is stored, and its entry as its parent will hold it.
    var isComplete = false
    /// What the run was told of this directory and those below it.
    let plan: SourcePlan.Node?
    /// Whether only the plan's names are saved: the directory leads to a source and is none.
    let isPartial: Bool
    /// How many names lead to the source that this lies in.
    let sourceDepth: Int

    init(
        entry: TreeEntry, directory: OpenDirectory, names: [DirectoryEntry], scouted: ScoutedDirectory? = nil,
        tree: DirectoryTree,
        parent: ParentCursor?, above: DirectoryFrame?, before: ParentMatch?, plan: SourcePlan.Node?, isPartial: Bool,
        sourceDepth: Int
    ) {
        self.entry = entry
        self.directory = directory
        self.names = names
        self.scouted = scouted
        self.tree = tree
        self.parent = parent
        self.above = above
        self.before = before
        self.plan = plan
        self.isPartial = isPartial
        self.sourceDepth = sourceDepth
    }
}
