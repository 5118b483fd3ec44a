/// One version of a path in consecutive snapshots of one line, such as those of a host.
///
/// A snapshot that has nothing at the path ends no run: it may have been of other directories.
public struct VersionRun: Sendable {
    /// How a version differs from the one before it in the same line.
    public enum Change: String, Sendable {
        /// There is none before it.
        case first
        /// Other bytes, another target, another device, or another set of entries.
        case content
        /// The same content with other permissions, owner, modification time or extended attributes.
        case metadata
        /// Something of another type.
        case type
    }

    /// The version, as its newest snapshot has it.
    public internal(set) var entry: TreeEntry
    /// How it differs from the version before it.
    public let change: Change
    /// The line of snapshots that the run is of.
    public let line: Int
    /// The first snapshot that has it, as a place among all.
    public let firstPlace: Int
    /// The last snapshot that has it.
    public internal(set) var lastPlace: Int
    /// How many snapshots have it, from the first to the last.
    public internal(set) var count: Int

    /// The runs of what stands at one path, by the place at which they begin.
    ///
    /// - Parameters:
    ///   - states: what snapshots have there, by the snapshot's place, in ascending order.
    ///   - lines: for each place the line that it belongs to.
    ///   - comparingContents: whether a directory that holds something else is another version.
    public static func runs(
        of states: [(place: Int, entry: TreeEntry)], lines: [Int], comparingContents: Bool
    ) -> [VersionRun] {
        var runs: [VersionRun] = []
        var open: [Int: Int] = [:]
        for (place, entry) in states {
            let line = lines[place]
            guard let index = open[line] else {
                open[line] = runs.count
                runs.append(VersionRun(entry, .first, line, place))
                continue
            }
            if let change = Change(from: runs[index].entry, to: entry, comparingContents: comparingContents) {
                open[line] = runs.count
                runs.append(VersionRun(entry, change, line, place))
            } else {
                runs[index].entry = entry
                runs[index].lastPlace = place
                runs[index].count += 1
            }
        }
        return runs
    }

    private init(_ entry: TreeEntry, _ change: Change, _ line: Int, _ place: Int) {
        self.entry = entry
        self.change = change
        self.line = line
        firstPlace = place
        lastPlace = place
        count = 1
    }
}

extension VersionRun.Change {
    /// In which way two entries are different versions; nil if they are one.
    fileprivate init?(from old: TreeEntry, to new: TreeEntry, comparingContents: Bool) {
        guard old.type == new.type else {
            self = .type
            return
        }
        if old.type == .directory {
            if comparingContents, old.content != new.content {
                self = .content
            } else if old.isSameDirectory(as: new) {
                return nil
            } else {
                self = .metadata
            }
        } else if old.isSameVersion(as: new) {
            return nil
        } else {
            self = old.hasSameContent(as: new) ? .metadata : .content
        }
    }
}
