import SystemInterface

/// A symbolic link that the view adds. Another target is another node.
struct AddedLink: AddedNode {
    let identity: [UInt8]

    /// A link to `target`, which is not empty.
    init(to target: [UInt8]) {
        identity = target
    }

    var type: FileType { .symbolicLink }

    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        var attributes = AddedAttributes(changed: view.register.changed)
        attributes.permissions = 0o777
        attributes.size = UInt64(identity.count)
        return attributes
    }

    func target() throws(ViewError) -> [UInt8] { identity }
}
