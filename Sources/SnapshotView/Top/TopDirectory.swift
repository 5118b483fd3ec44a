import SystemInterface

/// The top of the view.
struct TopDirectory: AddedNode {
    var type: FileType { .directory }

    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        AddedAttributes(changed: view.register.changed)
    }

    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        guard let name = TopName(name) else { return nil }
        return try child(name, in: view)
    }

    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError) {
        for name in TopName.allCases where UInt64(name.rawValue) >= position {
            guard let child = try child(name, in: view) else { continue }
            guard try offer(name.bytes, child, UInt64(name.rawValue) + 1) else { return }
        }
    }

    /// What stands under a name; nil for `latest` when there is no snapshot.
    private func child(_ name: TopName, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        switch name {
        case .latest:
            try view.register.current().latest(in: .all).map {
                .added(AddedLink(to: TopName.snapshots.bytes + [UInt8(ascii: "/")] + $0.name))
            }
        case .snapshots: .added(SnapshotList(group: .all))
        case .hosts: .added(GroupList(axis: .host))
        case .tags: .added(GroupList(axis: .tag))
        case .at: .added(TimeDirectory())
        case .versions: .added(VersionsDirectory(path: [], treePlace: view.versionsPlace))
        case .changes: .added(ChangesDirectory())
        case .status: .added(StatusDirectory())
        }
    }
}
