import PathRules
import Repository
import SystemInterface

/// The way of a scout: through every source in the order of its paths, and down each directory before its next sibling.
struct ScoutRoute: Sendable {
    let sources: [FilePath]
    let rules: ExcludeRules
    let filter: SourceFilter
    let ownDirectories: Set<DirectoryIdentity>
    let clock: any WallClock
    let stop: StopFlag

    /// A directory on the way, and what of it is still to be looked at.
    private struct Station {
        let directory: OpenDirectory
        let device: UInt64
        /// The names of directories in it, the next one last.
        var below: [[UInt8]]
    }

    /// Goes all the way, and hands each directory to `report`, which returns whether to go on.
    func run(_ report: (ScoutedDirectory) -> Bool) {
        for source in sources {
            guard let directory = try? OpenDirectory(source, OpenDirectory.listing),
                let status = try? directory.descriptor.status()
            else { continue }
            var path = PathBuffer(source)
            guard go(directory, status, &path, report) else { return }
        }
    }

    /// Goes through a source; false when the way ends here.
    private func go(
        _ source: OpenDirectory, _ status: FileStatus, _ path: inout PathBuffer, _ report: (ScoutedDirectory) -> Bool
    ) -> Bool {
        let depth = path.depth
        guard let first = visit(source, status, path, sourceDepth: depth, report) else { return false }
        var stack = [first]
        while let station = stack.last {
            guard let name = stack[stack.count - 1].below.popLast() else {
                stack.removeLast()
                if !stack.isEmpty { path.pop() }
                continue
            }
            path.push(name)
            guard stack.count < TreeWalk.openDirectoriesMax,
                let directory = try? OpenDirectory.open(name, in: station.directory, OpenDirectory.listing),
                let status = try? directory.descriptor.status(), status.device == station.device,
                !ownDirectories.contains(DirectoryIdentity(status))
            else {
                path.pop()
                continue
            }
            guard let station = visit(directory, status, path, sourceDepth: depth, report) else { return false }
            stack.append(station)
        }
        return true
    }

    /// Looks at a directory and what it holds; nil when the way ends here.
    private func visit(
        _ directory: OpenDirectory, _ status: FileStatus, _ path: PathBuffer, sourceDepth: Int,
        _ report: (ScoutedDirectory) -> Bool
    ) -> Station? {
        let moment = clock.now()
        var station = Station(directory: directory, device: status.device, below: [])
        guard let names = try? directory.sortedEntries(), names.count <= WriterLimits.scoutedDirectoryNamesMax else {
            return stop.isSet ? nil : station
        }
        var statuses: [FileStatus?] = []
        statuses.reserveCapacity(names.count)
        var path = path
        for item in names {
            if stop.isSet { return nil }
            path.push(item.name)
            defer { path.pop() }
            guard !isExcluded(path, sourceDepth, item.type) else {
                statuses.append(nil)
                continue
            }
            let status = try? directory.descriptor.statusAt(item.name)
            statuses.append(status)
            if let status, status.type == .directory, !isExcluded(path, sourceDepth, item.type ?? status.type),
                !(filter.leavesOutNoDump && status.isNotToBeDumped)
            {
                station.below.append(item.name)
            }
        }
        // What a marker leaves out is for the walk to say: it may be a source, or no valid marker.
        if names.contains(where: { isMarker($0.name) }) { station.below = [] }
        let found = ScoutedDirectory(
            path: path.bytes, status: status, names: names, statuses: statuses, moment: moment)
        return report(found) ? station : nil
    }

    private func isExcluded(_ path: PathBuffer, _ sourceDepth: Int, _ type: FileType?) -> Bool {
        guard let type else { return false }
        return rules.excludes(path, sourceDepth: sourceDepth, isDirectory: type == .directory)
    }

    private func isMarker(_ name: [UInt8]) -> Bool {
        filter.markerNames.contains(name) || (filter.leavesOutCaches && name == CacheDirectoryTag.name)
    }
}
