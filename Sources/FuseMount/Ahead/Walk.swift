import SnapshotView

/// One reader's way through a tree, as far as its requests show it, and how far ahead of it files are opened.
///
/// A reader of files that are in the page cache is not seen. So every window one file is left out, the marker: its
/// reader must ask for it, which shows that what was opened ahead is wanted, and opens the next window, twice as long.
struct Walk {
    /// The thread that read last.
    var process: UInt32
    /// When it was seen last, in requests.
    var lastUse: UInt64
    /// What it read last, among what was not opened ahead.
    var last: WalkPosition
    /// How many reads of the same directory there were, as long as nothing is opened ahead.
    var readsInDirectory = 1
    /// Where the next file is looked for; nil while it is not known that the reader walks.
    private(set) var next: WalkPosition?
    /// Whether at `next` there is nothing that the kernel knows.
    var isBlocked = false
    /// Changes whenever `next` does so by another than the one who looks.
    private(set) var generation: UInt64 = 0

    /// How many files to look for at once: few at first, because the reader is close behind.
    private(set) var stretchFiles = MountLimits.aheadStretchFilesFirst

    private var window = MountLimits.aheadFilesFirst
    private var marker: NodeID?
    /// What was opened since the reader was seen to follow.
    private var unconfirmed = Opened()
    private var sinceMarker = Opened()
    private var strays = 0

    /// Files, and bytes in them.
    private struct Opened {
        var files = 0
        var bytes = 0

        mutating func add(_ bytesOfFile: Int) {
            files += 1
            bytes += bytesOfFile
        }
    }

    init(process: UInt32, at position: WalkPosition, now: UInt64) {
        self.process = process
        last = position
        lastUse = now
    }

    /// Whether the reader is believed to be somewhere near `position`.
    func isNear(_ position: WalkPosition) -> Bool {
        let own = next ?? last
        return own.directory == position.directory
            && abs(own.index - position.index) <= MountLimits.aheadOvertakingMax
    }

    /// Whether there is something to store.
    var hasWork: Bool { next != nil && !isBlocked && hasRoom }

    private var hasRoom: Bool { unconfirmed.files < window && unconfirmed.bytes < MountLimits.aheadBytesMax }

    /// Stores from `position` on.
    mutating func go(to position: WalkPosition) {
        next = position
        isBlocked = false
        generation += 1
        stretchFiles = MountLimits.aheadStretchFilesFirst
    }

    /// Nothing is to be opened until the reader is seen to walk again.
    mutating func rest() {
        next = nil
        generation += 1
    }

    /// The reader is at `position`, so what was opened up to it was not in vain.
    mutating func confirm(at position: WalkPosition) {
        go(to: position)
        unconfirmed = Opened()
        marker = nil
        strays = 0
    }

    /// The reader reads something else: after some of these it is not believed to walk any more.
    mutating func stray(to position: WalkPosition) {
        strays += 1
        guard strays > MountLimits.aheadStraysMax else { return }
        replace(with: Walk(process: process, at: position, now: lastUse))
    }

    /// Becomes another walk, which no work of this one is taken for.
    mutating func replace(with walk: Walk) {
        let generation = generation
        self = walk
        self.generation = generation + 1
    }

    /// Whether `node` is the marker; then the next window is open.
    mutating func isMarker(_ node: NodeID) -> Bool {
        guard marker == node else { return false }
        window = min(2 * window, MountLimits.aheadFilesMax)
        unconfirmed = sinceMarker
        marker = nil
        strays = 0
        return true
    }

    /// The one who looks has come to `file`: whether it is to be opened. Nil when this window is full.
    mutating func take(_ file: FileAhead, isKnown: Bool) -> Bool? {
        next = file.position
        guard hasRoom else { return nil }
        next?.index += 1
        guard !isKnown, file.size <= UInt64(MountLimits.aheadFileBytesMax) else { return false }
        if marker == nil, unconfirmed.files >= window / 2 {
            marker = file.node
            sinceMarker = Opened()
            return false
        }
        unconfirmed.add(Int(file.size))
        sinceMarker.add(Int(file.size))
        return true
    }

    /// The one who looks has come to the end of a stretch.
    mutating func reach(_ position: WalkPosition, isBlocked: Bool) {
        next = position
        self.isBlocked = isBlocked
        stretchFiles = min(2 * stretchFiles, MountLimits.aheadStretchFilesMax)
    }
}
