import Synchronization
import SystemInterface

/// Sees to it that what a run makes is on the disk when it ends, and that the next one knows of what may not be there.
///
/// A file gets its size and its time long before its bytes are on the disk. Where the power is lost between the two, or the
/// disk fails, it looks as the snapshot's does and is another. So a run marks the destination before it makes its first
/// file, and takes the mark away when everything is on the disk. Thread-safe.
final class DestinationSync: Sendable {
    /// Why a run compares contents that was not asked to.
    static let doubt =
        "a restore to this place has ended before all was on the disk: files that are there are compared by their contents"

    /// Whether a file that is there may be another than its size and time say.
    let isDoubtful: Bool
    private let root: TargetDirectory
    private let entropy: any EntropySource
    private let note: @Sendable (String) -> Void
    /// The marks that earlier runs have left.
    private let found: [[UInt8]]
    private let isMarked = Atomic(false)
    private let mark = Mutex<UnsyncedMark?>(nil)
    /// A directory of each other file system that the run has come to. It was opened before anything was written there, and
    /// so is told of all that is lost.
    private let others = Mutex<[UInt64: TargetDirectory]>([:])

    /// For a run into `root`, which an interrupted one has made if it `wasUnfinished`; `note` tells of what goes wrong and
    /// keeps nobody from restoring.
    init(
        _ root: TargetDirectory, wasUnfinished: Bool, entropy: any EntropySource,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.root = root
        self.entropy = entropy
        self.note = note
        let marks = root.before?.unsynced ?? []
        var found = marks.filter(root.isAbandoned)
        // A process that was killed holds its locks until it is gone, and may be waiting for the disk.
        for _ in 0..<RestoreLimits.lockedMarkAttemptsMax where found.count < marks.count {
            Thread.pause(seconds: RestoreLimits.lockedMarkPause)
            found = marks.filter(root.isAbandoned)
        }
        self.found = found
        // Older versions made no such marks.
        let isOld = wasUnfinished && found.isEmpty
        isDoubtful = isOld || !found.allSatisfy { UnsyncedMark.isCurrent($0, in: root) }
    }

    /// A file is about to be made.
    func willMakeFile() {
        guard !isMarked.load(ordering: .acquiring) else { return }
        mark.withLock { mark in
            guard !isMarked.load(ordering: .relaxed) else { return }
            do throws(SystemError) {
                // One that says that all is well must not outlive what it does not know of.
                mark = try UnsyncedMark(in: root, isTrusted: !isDoubtful, entropy: entropy)
            } catch {
                // Who may change only what lies further down can restore that all the same.
                note(
                    "no mark can be put into the destination (\(error.errno.message)): should the power be lost before the "
                        + "end, go on with --overwrite if-changed --verify")
            }
            isMarked.store(true, ordering: .releasing)
        }
    }

    /// The run has come to another mount.
    func willChange(_ directory: TargetDirectory) {
        let device = directory.identity.device
        guard device != root.identity.device else { return }
        others.withLock { if $0[device] == nil { $0[device] = directory } }
    }

    /// Waits until all that the run has made is on the disk; throws if it does not get there.
    func finish(_ destination: FilePath) throws(RestoreError) {
        let all = others.withLock { [root] + Array($0.values) }
        do throws(SystemError) {
            for directory in all { try directory.descriptor.syncFileSystem() }
        } catch {
            mark.withLock { $0?.distrust() }
            throw RestoreError(
                .notOnDisk, path: destination, "what was restored may not all be on the disk: \(error.errno.message)")
        }
    }

    /// Takes the marks away, now that everything is on the disk; but not those that earlier runs have left, where not all
    /// that these may have made was looked at. Says whether none is left.
    func clear(hasSeenAll: Bool) -> Bool {
        let own = mark.withLock { $0.take()?.name }
        let isClear = hasSeenAll || found.isEmpty && !isDoubtful
        for name in (isClear ? found : []) + [own].compactMap(\.self) { try? root.descriptor.unlinkAt(name) }
        return isClear
    }
}
