import Repository
import SystemInterface

extension TreeWalk {
    /// Whether the present path is left out for what it is; what the run was told to save is never left out.
    func isFiltered(_ status: FileStatus, _ frame: DirectoryFrame, _ plan: SourcePlan.Node?) -> Bool {
        guard !frame.isPartial, plan?.isSource != true, matchesFilter(status, frame, plan) else { return false }
        journal.excludedCount += 1
        // Nothing else tells later that there was something of this name; what leads to a source stays, and says so itself.
        if plan == nil { frame.entry.isPassedThrough = true }
        return true
    }

    private func matchesFilter(_ status: FileStatus, _ frame: DirectoryFrame, _ plan: SourcePlan.Node?) -> Bool {
        switch status.type {
        case .regular:
            if let limit = filter.fileBytesMax, status.size > limit { return true }
            return filter.leavesOutNoDump && status.isNotToBeDumped
        case .directory:
            // Without a source in it, it stays as an empty directory: `keepEmpty`.
            if filter.staysOnFileSystem, plan != nil, status.device != frame.entry.device { return true }
            return filter.leavesOutNoDump && status.isNotToBeDumped
        default: return false
        }
    }

    /// The one name of a directory that is saved, where it says that the others are left out.
    func marker(among names: [DirectoryEntry], of directory: OpenDirectory, _ plan: SourcePlan.Node?) -> DirectoryEntry?
    {
        guard filter.looksForMarkers, plan?.isSource != true else { return nil }
        return names.first { item in
            filter.markerNames.contains(item.name)
                || (filter.leavesOutCaches && item.name == CacheDirectoryTag.name
                    && CacheDirectoryTag.isValid(in: directory))
        }
    }
}
