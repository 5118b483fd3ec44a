import Repository
import SystemInterface

/// `at`: under the name of any time a link to the newest snapshot not after it. It lists nothing, for there is no end of
/// times.
///
/// A link and not a directory: whoever enters it stands in `snapshots`, under a name that keeps its meaning, and not in
/// a directory that becomes another one when `3h` has moved on.
struct TimeDirectory: AddedNode {
    var type: FileType { .directory }

    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        var attributes = AddedAttributes(changed: view.register.changed)
        attributes.nameValiditySeconds = ViewLimits.foreverValiditySeconds
        return attributes
    }

    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        guard let text = String(validating: name, as: UTF8.self),
            let moment = TimeExpression.lastMoment(of: text, now: view.options.clock.now()),
            let member = try view.chronology.current().newest(notAfter: moment)
        else { return nil }
        return .added(AddedLink(to: Array("../".utf8) + TopName.snapshots.bytes + [UInt8(ascii: "/")] + member.name))
    }

    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError) {}
}
