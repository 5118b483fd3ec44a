import Repository
import SystemInterface

// A name that was listed and cannot be found was removed meanwhile, mostly. Of a damaged file system, or one that others
// make up, it may be there each night, and who writes a file anew may take it away for a moment: so it counts as vanished
// if its directory does not list it any more, and else it is a problem that it is not saved. The directory is asked before
// it is closed, and so once for all of its names but those of small files that are still being read then.

extension TreeWalk {
    /// Notes that the name at the present path, which `frame` has listed, could not be found.
    func vanished(
        _ name: [UInt8], in frame: DirectoryFrame, _ directory: OpenDirectory, _ plan: SourcePlan.Node?,
        before: TreeEntry?
    ) throws {
        if let before { try removed(before) }
        // Of what the run was told to save it is a problem in any case.
        guard plan == nil else { return journal.report(Errno.noEntry.message) }
        if frame.lost == nil {
            var path = journal.path
            path.pop()
            // While the walk is in the frame, that may close its directory and open it again.
            frame.lost = LostNames(path: path, directory: frame.isWalked ? directory : nil, names: [])
        }
        frame.lost?.names.insert(name)
    }

    /// Finds out what became of the names of a directory that could not be found.
    func settleLost(of frame: DirectoryFrame) {
        guard let lost = frame.lost else { return }
        frame.lost = nil
        let unsaved = unsaved(of: lost.names, in: frame.directory ?? lost.directory)
        journal.vanishedCount += UInt64(lost.names.count - unsaved.count)
        let present = journal.path
        journal.path = lost.path
        for (name, reason) in unsaved.sorted(by: { ByteOrder.compare($0.name, $1.name) < 0 }) {
            journal.path.push(name)
            journal.report(reason)
            journal.path.pop()
        }
        journal.path = present
    }

    /// Which of `names` are there after all, and what is to be said of each. They are if they are listed a few times in a
    /// row: some programs make and remove one name all the time.
    private func unsaved(
        of names: Set<[UInt8]>, in directory: OpenDirectory?
    ) -> [(name: [UInt8], reason: String)] {
        guard let directory else {
            return names.map { ($0, "it could not be found, and its directory was moved while it was read") }
        }
        var listed = names
        var missing = names
        for _ in 0..<Self.attemptsMax {
            do throws(SystemError) {
                // Opened anew, so that a network file system does not answer with what it knew before.
                let again = try OpenDirectory.open([0x2E], in: directory, OpenDirectory.listing)
                let entries = try again.descriptor.directoryEntries()
                listed = Set(entries.map(\.name).filter(listed.contains))
                missing = missing.filter { listed.contains($0) && isMissing($0, in: again) }
            } catch {
                // A directory that was removed lists nothing.
                guard error.errno != .noEntry else { return [] }
                let reason = "it could not be found, and its directory cannot be listed again: \(error.errno.message)"
                return names.map { ($0, reason) }
            }
            if listed.isEmpty { return [] }
        }
        return listed.map { name in
            let isMissing = missing.contains(name)
            return (name, isMissing ? "its directory lists it, but it could not be found" : Self.isThereAgain)
        }
    }

    private static let isThereAgain = "it could not be found when it was to be saved, and is there again"

    private func isMissing(_ name: [UInt8], in directory: OpenDirectory) -> Bool {
        do throws(SystemError) {
            switch try directory.descriptor.statusAt(name).type {
            case .regular: _ = try OpenDirectory.openFile(name, in: directory)
            case .directory: _ = try OpenDirectory.open(name, in: directory, OpenDirectory.listing)
            default: break
            }
            return false
        } catch {
            // Whatever it is that fails now, it is not saved.
            return true
        }
    }
}
