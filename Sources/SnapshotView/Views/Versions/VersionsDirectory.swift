import Coding
import Repository
import SystemInterface

/// A path below `versions`: what lies below it in any snapshot, and if it is a file in any, each version of it under the
/// name of the snapshot in which the version begins, with the file's own extension behind it.
///
/// A file's path is a directory here, since it holds versions. A path that was a directory in some snapshots and a file
/// in others shows both; where a child has the name of a version, the child is shown. What cannot be read in some
/// snapshot ends a listing with an error after all that could be read, and makes of a name that is not found an error.
///
/// Nobody gets to see here what snapshots keep from him: the directory grants what all of its versions do.
struct VersionsDirectory: AddedNode {
    /// The names that lead here from the snapshot's root.
    let path: [[UInt8]]
    let treePlace: TreePlace

    var type: FileType { .directory }
    var place: TreePlace? { treePlace }

    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        let grant = (try? view.chronology.current()).map { view.histories.history(of: path, in: $0).grant }
        var attributes = AddedAttributes(changed: view.register.changed)
        // Without a list of snapshots nobody knows what may be seen.
        attributes.permissions = grant?.permissions ?? 0
        attributes.owner = grant?.owner
        if path.isEmpty { attributes.nameValiditySeconds = ViewLimits.foreverValiditySeconds }
        return attributes
    }

    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        let chronology = try view.chronology.current()
        let below = view.histories.history(of: path + [name], in: chronology)
        if below.history.isPresent { return directory(name, in: view) }
        let here = view.histories.history(of: path, in: chronology)
        if let version = version(named: name, of: here.history, in: chronology) { return version }
        if let failure = below.history.failure {
            view.log.report(node.path + [UInt8(ascii: "/")] + name, failure)
            throw .damaged
        }
        return nil
    }

    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError) {
        let chronology = try view.chronology.current()
        let here = view.histories.history(of: path, in: chronology)
        let history = here.history
        // By serial number, as that is their position: one that began earlier than others may have come after them.
        let starts = history.versionStarts(lines: chronology.hosts).sorted {
            chronology.members[$0].serial < chronology.members[$1].serial
        }
        for start in starts {
            let member = chronology.members[start]
            guard member.serial > position, let child = version(at: start, of: history) else { continue }
            let name = versionName(member)
            if history.isDirectory, view.histories.history(of: path + [name], in: chronology).history.isPresent {
                continue
            }
            guard try offer(name, child, member.serial) else { return }
        }
        let names = view.histories.names(of: path, here, in: chronology)
        // A large directory is listed in many answers, none of which may go through all names.
        for item in names.ordered[names.ordered.partitionPoint { $0.position < position }...] {
            guard try offer(item.name, directory(item.name, in: view), item.position + 1) else { return }
        }
        guard let failure = history.failure ?? names.failure else { return }
        view.log.report(node.path, failure)
        throw .damaged
    }

    private func directory(_ name: [UInt8], in view: SnapshotView) -> AddedChild {
        let hash = view.numbers.path(parent: treePlace.pathHash, name: name)
        let place = TreePlace(pathHash: hash, rootHash: treePlace.rootHash, depth: treePlace.depth + 1)
        return .added(VersionsDirectory(path: path + [name], treePlace: place))
    }

    // MARK: Versions

    private func version(at start: Int, of history: PathHistory) -> AddedChild? {
        guard case .entry(let entry, let tree?) = history.state(start) else { return nil }
        return .entry(TreeLocation(tree: tree, name: entry.name, isOfNode: true))
    }

    private func version(named name: [UInt8], of history: PathHistory, in chronology: SnapshotChronology) -> AddedChild?
    {
        guard name.count >= suffix.count, name.suffix(suffix.count).elementsEqual(suffix),
            let place = chronology.place(named: Array(name.dropLast(suffix.count))),
            history.versionStarts(lines: chronology.hosts).contains(place)
        else { return nil }
        return version(at: place, of: history)
    }

    private func versionName(_ member: SnapshotTable.Member) -> [UInt8] { member.name + suffix }

    /// The last dot of the file's name and what follows it, so that programs see what kind of file it is; nothing for
    /// names without one, and for those that only begin with one.
    private var suffix: ArraySlice<UInt8> {
        let name = path.last ?? []
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0,
            name.count - dot <= ViewLimits.versionExtensionBytesMax
        else { return [] }
        return name[dot...]
    }
}
