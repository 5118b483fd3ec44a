import Repository
import SystemInterface

/// `changes`: under `A..B` what differs between the snapshots A and B, which may be called by anything that names one.
/// It lists nothing, for there are too many pairs.
struct ChangesDirectory: AddedNode {
    var type: FileType { .directory }

    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        var attributes = AddedAttributes(changed: view.register.changed)
        attributes.nameValiditySeconds = ViewLimits.foreverValiditySeconds
        return attributes
    }

    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        guard let text = String(validating: name, as: UTF8.self), let dots = text.firstRange(of: ".."),
            let old = try Self.snapshot(text[..<dots.lowerBound], in: view),
            let new = try Self.snapshot(text[dots.upperBound...], in: view)
        else { return nil }
        return .added(SnapshotChanges(old: old, new: new))
    }

    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError) {}

    private static func snapshot(_ text: Substring, in view: SnapshotView) throws(ViewError) -> Snapshot? {
        let chronology = try view.chronology.current()
        if let place = chronology.place(named: Array(text.utf8)) { return chronology.members[place].snapshot }
        guard let selector = try? SnapshotSelector.parse(String(text), now: view.options.clock.now()) else {
            return nil
        }
        return try? selector.resolve(in: chronology.snapshots)
    }
}

/// `changes/A..B`: what was added, what was changed and what was removed.
struct SnapshotChanges: AddedNode {
    let old: Snapshot
    let new: Snapshot

    var type: FileType { .directory }

    /// The same name may mean other snapshots later.
    var identity: [UInt8] { old.id.bytes.bytes + new.id.bytes.bytes }

    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        var attributes = AddedAttributes(changed: new.manifest.finished)
        attributes.validitySeconds = ViewLimits.foreverValiditySeconds
        return attributes
    }

    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        ChangeKind.allCases.first { $0.name == name }.map { child($0, in: view) }
    }

    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError) {
        for (index, kind) in ChangeKind.allCases.enumerated().dropFirst(Int(clamping: position)) {
            guard try offer(kind.name, child(kind, in: view), UInt64(index) + 1) else { return }
        }
    }

    private func child(_ kind: ChangeKind, in view: SnapshotView) -> AddedChild {
        let root = view.rootHash(of: kind == .removed ? old : new)
        return .added(
            ComparedDirectory(
                kind: kind, old: old.manifest.root, new: new.manifest.root,
                treePlace: TreePlace(pathHash: root, rootHash: root, depth: 0)))
    }
}

/// How something differs between two snapshots.
enum ChangeKind: String, CaseIterable {
    /// Only the newer one has it.
    case added
    /// Both have it, and the newer one has another version.
    case changed
    /// Only the older one has it.
    case removed

    /// The name of its directory.
    var name: [UInt8] { Array(rawValue.utf8) }

    /// The set of this kind alone.
    var set: ChangeKinds { ChangeKinds(rawValue: 1 << UInt8(Self.allCases.firstIndex(of: self) ?? 0)) }
}

/// A set of `ChangeKind`.
struct ChangeKinds: OptionSet, Hashable {
    let rawValue: UInt8

    static let all = ChangeKinds(ChangeKind.allCases.map(\.set))
}
