import SystemInterface

/// The list of hosts or of tags.
struct GroupList: AddedNode {
    let axis: GroupAxis

    var type: FileType { .directory }

    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        var attributes = AddedAttributes(changed: view.register.changed)
        attributes.nameValiditySeconds = ViewLimits.foreverValiditySeconds
        return attributes
    }

    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        try view.register.current().groups(of: axis).first { $0.name == name }.map(child)
    }

    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError) {
        for group in try view.register.current().groups(of: axis) where group.serial > position {
            guard try offer(group.name, child(group), group.serial) else { return }
        }
    }

    private func child(_ group: SnapshotTable.Group) -> AddedChild {
        .added(SnapshotList(group: axis.group(group.name)))
    }
}
