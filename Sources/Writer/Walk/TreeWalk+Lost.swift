import Repository
import SystemInterface

// A name that was listed and cannot be found was removed meanwhile, mostly. Of a damaged file system, or one that others
// make up, it may be there each night: so it counts as vanished if its directory does not list it any more. The directory
// is asked when all else of it is known, and so once for all of its names.

extension TreeWalk {
    /// Notes that the name at the present path, which `frame` has listed, could not be found.
    func vanished(_ name: [UInt8], in frame: DirectoryFrame, _ plan: SourcePlan.Node?, before: TreeEntry?) throws {
        if let before { try removed(before) }
        // Of what the run was told to save it is a problem in any case.
        guard plan == nil else { return journal.report(Errno.noEntry.message) }
        if frame.lost == nil {
            var path = journal.path
            path.pop()
            frame.lost = LostNames(path: path, names: [])
        }
        frame.lost?.names.insert(name)
    }

    /// Finds out what became of the names of a directory that could not be found.
    func settleLost(of frame: DirectoryFrame) {
        guard let lost = frame.lost else { return }
        frame.lost = nil
        let missing = frame.directory.map { stillMissing(lost.names, in: $0) } ?? StillMissing.nothing
        journal.vanishedCount += UInt64(lost.names.count - missing.names.count)
        let present = journal.path
        journal.path = lost.path
        for name in missing.names.sorted(by: { ByteOrder.compare($0, $1) < 0 }) {
            journal.path.push(name)
            journal.report(missing.reason)
            journal.path.pop()
        }
        journal.path = present
    }

    /// Which of `names` are listed and cannot be found, a few times in a row: some programs make and remove one name all
    /// the time.
    private func stillMissing(_ names: Set<[UInt8]>, in directory: OpenDirectory) -> StillMissing {
        var suspects = names
        for _ in 0..<Self.attemptsMax {
            do throws(SystemError) {
                // Opened anew, so that a network file system does not answer with what it knew before.
                let again = try OpenDirectory.open([0x2E], in: directory, OpenDirectory.listing)
                let listed = try again.descriptor.directoryEntries().map(\.name).filter(suspects.contains)
                suspects = Set(listed.filter { isMissing($0, in: again) })
            } catch {
                // A directory that was removed lists nothing.
                guard error.errno != .noEntry else { return .nothing }
                return StillMissing(
                    names: names,
                    reason: "it could not be found, and its directory cannot be listed again: \(error.errno.message)")
            }
            if suspects.isEmpty { return .nothing }
        }
        return StillMissing(names: suspects, reason: "its directory lists it, but it could not be found")
    }

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

/// Names that a directory lists and that cannot be found.
private struct StillMissing {
    static let nothing = StillMissing(names: [], reason: "")

    let names: Set<[UInt8]>
    let reason: String
}
