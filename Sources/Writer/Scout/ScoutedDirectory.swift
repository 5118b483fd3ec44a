import PathRules
import SystemInterface

/// What a scout found in a directory.
package struct ScoutedDirectory: Sendable {
    /// Its path's bytes, without those of the root directory.
    package let path: [UInt8]
    /// The directory as it was before it was listed.
    package let status: FileStatus
    /// The names, the first one last.
    package let names: [DirectoryEntry]
    /// What each of the names was; nil where it was not asked for, or could not be told.
    package let statuses: [FileStatus?]
    /// When the listing began.
    package let moment: Timestamp

    /// Whether the directory still is as `present` says, so that it has the names that were found.
    func isCurrent(_ present: FileStatus) -> Bool {
        status.inode == present.inode && status.device == present.device && status.changed == present.changed
            && status.modified == present.modified
    }

    /// Below, equal to or above zero as a walk comes to the directory `left` before, at the same time as or behind `right`.
    ///
    /// A directory comes before what it holds, and what it holds before its next sibling: the slash counts as the lowest
    /// byte.
    package static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        let slash = UInt8(ascii: "/")
        for (left, right) in zip(left, right) where left != right {
            if left == slash { return -1 }
            if right == slash { return 1 }
            return left < right ? -1 : 1
        }
        return left.count - right.count
    }
}
