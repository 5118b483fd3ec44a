import SystemInterface

/// A list of snapshots: all, or those of a host or a tag, which have a link to the newest of them too.
struct SnapshotList: AddedNode {
    let group: SnapshotGroup

    var type: FileType { .directory }

    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        var attributes = AddedAttributes(changed: view.register.changed)
        if group == .all { attributes.nameValiditySeconds = ViewLimits.foreverValiditySeconds }
        return attributes
    }

    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        let table = try view.register.current()
        if name == TopName.latestName, group != .all { return latest(in: table) }
        return table.member(named: name, in: group).map { .snapshot($0) }
    }

    /// Lists snapshots by serial number, with `latest` before them at position 0.
    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError) {
        let table = try view.register.current()
        // Serial numbers begin with 1, and the link takes that place.
        if position == 0, group != .all, let link = latest(in: table) {
            guard try offer(TopName.latestName, link, 1) else { return }
        }
        for number in table.numbers(in: group) where table.members[number].serial >= max(position, 1) {
            let member = table.members[number]
            guard try offer(member.name, .snapshot(member), member.serial + 1) else { return }
        }
    }

    private func latest(in table: SnapshotTable) -> AddedChild? {
        table.latest(in: group).map { .added(AddedLink(to: $0.name)) }
    }
}
