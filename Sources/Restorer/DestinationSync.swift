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
        "a restore to this place is at work, or has ended before all was on the disk: files that are there are compared by "
        + "their contents"

    /// Whether a file that is there may be another than its size and time say.
    let isDoubtful: Bool
    private let root: TargetDirectory
    private let entropy: any EntropySource
    private let note: @Sendable (String) -> Void
    /// The marks of earlier runs, and of those that are at work.
    private let found: [[UInt8]]
    private let isMarked = Atomic(false)
    private let mark = Mutex<UnsyncedMark?>(nil)
    /// A directory of each other file system that the run has come to. It was opened before anything was written there, and
    /// so is told of all that is lost.
    private let others = Mutex<[UInt64: TargetDirectory]>([:])

    /// For a run into `root`; `note` tells of what goes wrong and keeps nobody from restoring.
    init(_ root: TargetDirectory, entropy: any EntropySource, note: @escaping @Sendable (String) -> Void) {
        self.root = root
        self.entropy = entropy
        self.note = note
        found = root.before?.unsynced ?? []
        // Older versions made no such marks, only that of a destination that is not finished.
        isDoubtful = !found.isEmpty || root.before?.contains(TemporaryName.unfinished) == true
    }

    /// A file is about to be made.
    func willMakeFile() {
        guard !isMarked.load(ordering: .acquiring) else { return }
        mark.withLock { mark in
            guard !isMarked.load(ordering: .relaxed) else { return }
            do throws(SystemError) {
                mark = try UnsyncedMark(in: root, entropy: entropy)
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

    /// Waits until all that the run has made is on the disk, and takes its mark away; throws if it does not get there.
    ///
    /// The marks of other runs go too if this one `hasSeenAll` that they may have made, restored or compared, and they have
    /// ended. Says whether no doubt is left.
    func finish(_ destination: FilePath, hasSeenAll: Bool) throws(RestoreError) -> Bool {
        // Asked before the wait: what a run that has ended by now has made is on the disk behind it.
        let left = hasSeenAll ? found.filter(root.mayBeInUse) : found
        let all = others.withLock { [root] + Array($0.values) }
        do throws(SystemError) {
            for directory in all { try directory.descriptor.syncFileSystem() }
        } catch {
            // A run that has made nothing has no mark so far. The next one is not told of this error any more.
            willMakeFile()
            throw RestoreError(
                .notOnDisk, path: destination, "what was restored may not all be on the disk: \(error.errno.message)")
        }
        let own = mark.withLock { $0.take()?.name }
        for name in found.filter({ !left.contains($0) }) + [own].compactMap(\.self) {
            try? root.descriptor.unlinkAt(name)
        }
        return left.isEmpty && (hasSeenAll || !isDoubtful)
    }
}
