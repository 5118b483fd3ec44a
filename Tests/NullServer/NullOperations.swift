import CFuse
import Glibc
import SystemInterface

/// libfuse's table: the few operations that reading needs.
enum NullOperations {
    static func table() -> fuse_lowlevel_ops {
        var table = fuse_lowlevel_ops()
        table.`init` = { _, connection in
            if let connection { NullOperations.negotiate(&connection.pointee) }
        }
        addNames(to: &table)
        addReading(to: &table)
        addExtendedAttributes(to: &table)
        return table
    }

    /// As FuseMount agrees with the kernel.
    private static func negotiate(_ connection: inout fuse_conn_info) {
        let wanted =
            PASTFS_FUSE_READDIRPLUS.rawValue | PASTFS_FUSE_PARALLEL_DIROPS.rawValue | PASTFS_FUSE_POSIX_ACL.rawValue
            | PASTFS_FUSE_CACHE_SYMLINKS.rawValue | PASTFS_FUSE_AUTO_INVAL_DATA.rawValue
        let unwanted = PASTFS_FUSE_READDIRPLUS_AUTO.rawValue | PASTFS_FUSE_SPLICE.rawValue
        connection.want = (connection.want | connection.capable & wanted) & ~unwanted
        connection.max_read = UInt32(NullServer.readBytesMax)
        connection.max_background = 64
        connection.congestion_threshold = 48
    }

    private static func addNames(to table: inout fuse_lowlevel_ops) {
        table.lookup = { request, parent, name in
            NullOperations.answer(request, parent) { server, directory, request in
                if let child = name.flatMap({ server.tree.child(of: directory, named: $0) }) {
                    var entry = server.tree.entries[child]
                    fuse_reply_entry(request, &entry)
                } else {
                    var absent = fuse_entry_param()
                    absent.entry_timeout = TreeScan.validitySeconds
                    fuse_reply_entry(request, &absent)
                }
            }
        }
        // Nodes live as long as the process: there is nothing to forget.
        table.forget = { request, _, _ in fuse_reply_none(request) }
        table.forget_multi = { request, _, _ in fuse_reply_none(request) }
        table.getattr = { request, node, _ in
            NullOperations.answer(request, node) { server, number, request in
                var status = server.tree.entries[number].attr
                fuse_reply_attr(request, &status, TreeScan.validitySeconds)
            }
        }
        table.readlink = { request, node in
            NullOperations.answer(request, node) { server, number, request in
                let target = (server.tree.targets[number] ?? []).map { CChar(bitPattern: $0) } + [0]
                fuse_reply_readlink(request, target)
            }
        }
    }

    private static func addReading(to table: inout fuse_lowlevel_ops) {
        // The kernel asks once, and from then on opens by itself and keeps what it has cached.
        table.open = { request, _, _ in fuse_reply_err(request, ENOSYS) }
        table.opendir = { request, _, _ in fuse_reply_err(request, ENOSYS) }
        table.read = { request, node, size, offset, _ in
            NullOperations.answer(request, node) { $0.read($1, size, at: Int(offset), $2) }
        }
        table.readdir = { request, node, size, offset, _ in
            NullOperations.answer(request, node) {
                $0.list($1, from: Int(offset), size: size, withAttributes: false, $2)
            }
        }
        table.readdirplus = { request, node, size, offset, _ in
            NullOperations.answer(request, node) {
                $0.list($1, from: Int(offset), size: size, withAttributes: true, $2)
            }
        }
    }

    private static func addExtendedAttributes(to table: inout fuse_lowlevel_ops) {
        table.getxattr = { request, node, name, size in
            NullOperations.answer(request, node) { server, number, request in
                // ENOSYS where nothing has any: the kernel does not ask again.
                guard !server.tree.attributes.isEmpty else { return _ = fuse_reply_err(request, ENOSYS) }
                let wanted = name.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
                guard let found = server.tree.attributes[number]?.first(where: { $0.name == wanted }) else {
                    return _ = fuse_reply_err(request, ENODATA)
                }
                NullOperations.reply(found.value, size, request)
            }
        }
        table.listxattr = { request, node, size in
            NullOperations.answer(request, node) { server, number, request in
                guard !server.tree.attributes.isEmpty else { return _ = fuse_reply_err(request, ENOSYS) }
                NullOperations.reply((server.tree.attributes[number] ?? []).flatMap { $0.name + [0] }, size, request)
            }
        }
    }

    /// Answers with bytes, or with their number where 0 are asked for (getxattr(2)).
    private static func reply(_ bytes: [UInt8], _ size: Int, _ request: fuse_req_t) {
        if size == 0 {
            fuse_reply_xattr(request, bytes.count)
        } else if size < bytes.count {
            fuse_reply_err(request, ERANGE)
        } else {
            bytes.withUnsafeBytes { buffer in
                _ = fuse_reply_buf(request, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
            }
        }
    }

    private static func answer(
        _ request: fuse_req_t?, _ node: fuse_ino_t, _ body: (NullServer, Int, fuse_req_t) -> Void
    ) {
        guard let request else { return }
        let server = NullServer.of(request)
        guard let number = server.tree.number(ofNode: node) else { return _ = fuse_reply_err(request, ENOENT) }
        body(server, number, request)
    }
}
