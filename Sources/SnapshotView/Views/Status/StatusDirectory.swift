import SystemInterface

/// `.pastfs`: what is mounted and how it fares, in files.
struct StatusDirectory: AddedNode {
    var type: FileType { .directory }

    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        var attributes = AddedAttributes(changed: view.status.begun)
        attributes.nameValiditySeconds = ViewLimits.foreverValiditySeconds
        return attributes
    }

    func child(named name: [UInt8], of node: Node, in view: SnapshotView) throws(ViewError) -> AddedChild? {
        StatusFile.Name.allCases.first { Array($0.rawValue.utf8) == name }.map { .added(StatusFile(name: $0)) }
    }

    func list(
        _ node: Node, from position: UInt64, in view: SnapshotView,
        offer: (_ name: [UInt8], _ child: AddedChild, _ next: UInt64) throws(ViewError) -> Bool
    ) throws(ViewError) {
        for (index, name) in StatusFile.Name.allCases.enumerated().dropFirst(Int(clamping: position)) {
            guard try offer(Array(name.rawValue.utf8), .added(StatusFile(name: name)), UInt64(index) + 1) else {
                return
            }
        }
    }
}

/// A file that tells about the view itself. Only who mounts may read it: it names files that others may not see.
struct StatusFile: AddedNode {
    enum Name: String, CaseIterable {
        case status = "status.json"
        case errors = "errors.log"
    }

    let name: Name

    var type: FileType { .regular }

    /// Nobody keeps these attributes: that makes the kernel ask before each read, and drop what it cached when the text
    /// has changed (FUSE_AUTO_INVAL_DATA).
    func attributes(of node: Node, in view: SnapshotView) -> AddedAttributes {
        let (bytes, made) = view.status.text(name).measure()
        var attributes = AddedAttributes(changed: made)
        attributes.permissions = 0o400
        attributes.size = UInt64(bytes)
        attributes.validitySeconds = 0
        attributes.nameValiditySeconds = ViewLimits.foreverValiditySeconds
        return attributes
    }

    func text(in view: SnapshotView) throws(ViewError) -> [UInt8] { view.status.text(name).text() }
}
