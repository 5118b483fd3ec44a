import CFuse
import Glibc
import SnapshotView

/// libfuse's table of operations, filled with functions that find their file system in the request.
enum Operations {
    /// The whole table.
    static func table() -> fuse_lowlevel_ops {
        var table = fuse_lowlevel_ops()
        table.`init` = { _, connection in
            if let connection { MountedFileSystem.negotiate(&connection.pointee) }
        }
        addNames(to: &table)
        addReading(to: &table)
        addExtendedAttributes(to: &table)
        refuseChanges(in: &table)
        return table
    }

    private static func addNames(to table: inout fuse_lowlevel_ops) {
        table.lookup = { request, parent, name in
            Operations.answer(request, parent) {
                $0.lookup(Operations.bytes(of: name), in: NodeID(rawValue: parent), $1)
            }
        }
        table.forget = { request, node, count in
            Operations.answer(request, nil) { system, reply in
                system.view.forget(NodeID(rawValue: node), count: count)
                reply.nothing()
            }
        }
        table.forget_multi = { request, count, list in
            Operations.answer(request, nil) { system, reply in
                for item in UnsafeBufferPointer(start: list, count: count) {
                    system.view.forget(NodeID(rawValue: item.ino), count: item.nlookup)
                }
                reply.nothing()
            }
        }
        table.getattr = { request, node, _ in
            Operations.answer(request, node) { $0.attributes(NodeID(rawValue: node), $1) }
        }
        table.readlink = { request, node in
            Operations.answer(request, node) { $0.readLink(NodeID(rawValue: node), $1) }
        }
        table.statfs = { request, _ in
            Operations.answer(request, NodeID.top.rawValue) { $0.statistics($1) }
        }
    }

    private static func addReading(to table: inout fuse_lowlevel_ops) {
        table.open = { request, node, _ in
            Operations.answer(request, node) { $0.open(NodeID(rawValue: node), .file, $1) }
        }
        table.opendir = { request, node, _ in
            Operations.answer(request, node) { $0.open(NodeID(rawValue: node), .directory, $1) }
        }
        table.read = { request, node, size, offset, _ in
            Operations.answer(request, node) { $0.read(NodeID(rawValue: node), at: offset, count: size, $1) }
        }
        table.readdir = { request, node, size, offset, _ in
            Operations.answer(request, node) {
                $0.readDirectory(NodeID(rawValue: node), from: offset, size: size, mode: .namesOnly, $1)
            }
        }
        table.readdirplus = { request, node, size, offset, _ in
            Operations.answer(request, node) {
                $0.readDirectory(NodeID(rawValue: node), from: offset, size: size, mode: .withReferences, $1)
            }
        }
        table.lseek = { request, node, offset, whence, _ in
            Operations.answer(request, node) { $0.seek(NodeID(rawValue: node), from: offset, whence: whence, $1) }
        }
    }

    private static func addExtendedAttributes(to table: inout fuse_lowlevel_ops) {
        table.getxattr = { request, node, name, size in
            Operations.answer(request, node) {
                $0.extendedAttribute(name, of: NodeID(rawValue: node), size: size, $1)
            }
        }
        table.listxattr = { request, node, size in
            let isSuperuser = fuse_req_ctx(request).pointee.uid == 0
            Operations.answer(request, node) {
                $0.extendedAttributeNames(of: NodeID(rawValue: node), toSuperuser: isSuperuser, size: size, $1)
            }
        }
    }

    /// The kernel refuses these itself on a mount that is `ro`; if that were remounted away, we would.
    private static func refuseChanges(in table: inout fuse_lowlevel_ops) {
        table.setattr = { request, _, _, _, _ in Operations.refuse(request) }
        table.mknod = { request, _, _, _, _ in Operations.refuse(request) }
        table.mkdir = { request, _, _, _ in Operations.refuse(request) }
        table.unlink = { request, _, _ in Operations.refuse(request) }
        table.rmdir = { request, _, _ in Operations.refuse(request) }
        table.symlink = { request, _, _, _ in Operations.refuse(request) }
        table.rename = { request, _, _, _, _, _ in Operations.refuse(request) }
        table.link = { request, _, _, _ in Operations.refuse(request) }
        table.create = { request, _, _, _, _ in Operations.refuse(request) }
        table.write = { request, _, _, _, _, _ in Operations.refuse(request) }
        table.setxattr = { request, _, _, _, _, _ in Operations.refuse(request) }
        table.removexattr = { request, _, _ in Operations.refuse(request) }
        table.fallocate = { request, _, _, _, _, _ in Operations.refuse(request) }
        table.copy_file_range = { request, _, _, _, _, _, _, _, _ in Operations.refuse(request) }
    }

    private static func refuse(_ request: fuse_req_t?) {
        if let request { Reply(request).error(.readOnly) }
    }

    /// Answers a request about `node` in time; with nil one that has no answer.
    private static func answer(
        _ request: fuse_req_t?, _ node: UInt64?, _ body: (MountedFileSystem, consuming Reply) -> Void
    ) {
        guard let request else { return }
        guard let system = MountedFileSystem.of(request) else { return Reply(request).error(.ioFailure) }
        guard let node else { return body(system, Reply(request)) }
        body(system, Reply(request, node: node, watch: system.watch))
    }

    static func bytes(of name: UnsafePointer<CChar>?) -> [UInt8] {
        guard let name else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: name, count: strlen(name)))
    }
}
