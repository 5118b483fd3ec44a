import SnapshotView
import SystemInterface

extension MountOptions {
    /// How the view is made that these options ask for.
    ///
    /// - Parameters:
    ///   - userID: who owns what the view adds, unless an option says whose everything is.
    ///   - groupID: the group of the same.
    public func viewOptions(userID: UInt32, groupID: UInt32, clock: any WallClock) -> ViewOptions {
        var options = ViewOptions(
            cacheBytes: cacheBytes, inodeNumbers: inodeNumbers, userID: presentation.userID ?? userID,
            groupID: presentation.groupID ?? groupID, clock: clock)
        options.filter = filter
        options.nameStyle = nameStyle
        options.presentation = presentation
        options.verifies = verifies
        // The access log tells one place of a file from another.
        options.sharesNodes = auditFile == nil
        return options
    }
}
