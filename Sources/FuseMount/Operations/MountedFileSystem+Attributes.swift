import SnapshotView

extension MountedFileSystem {
    /// getxattr(2): the length where `size` is 0, else the value if it fits.
    ///
    /// Programs such as ls(1) ask for some attributes of every file, and nearly none has them: that answer comes first,
    /// and costs no more than finding the node.
    func extendedAttribute(
        _ name: UnsafePointer<CChar>?, of node: NodeID, size: Int, _ reply: consuming Reply
    ) {
        guard showsExtendedAttributes else { return reply.error(.notImplemented) }
        do throws(ViewError) {
            guard try view.hasExtendedAttributes(node) else { return reply.error(.noAttribute) }
            let name = Operations.bytes(of: name)
            guard let record = try view.extendedAttributes(node).first(where: { $0.name == name }) else {
                return reply.error(.noAttribute)
            }
            Self.answer(record.value, size: size, reply)
        } catch {
            reply.error(error)
        }
    }

    /// listxattr(2): the names, each ended by NUL. As on other file systems (xattr(7)) those of `trusted` are listed for
    /// the superuser only; the kernel gives their values to nobody else, either.
    func extendedAttributeNames(
        of node: NodeID, toSuperuser isSuperuser: Bool, size: Int, _ reply: consuming Reply
    ) {
        guard showsExtendedAttributes else { return reply.error(.notImplemented) }
        do throws(ViewError) {
            var names: [UInt8] = []
            for record in try view.extendedAttributes(node) {
                guard isSuperuser || !record.name.starts(with: Self.trusted) else { continue }
                names += record.name
                names.append(0)
            }
            Self.answer(names, size: size, reply)
        } catch {
            reply.error(error)
        }
    }

    private static let trusted = Array("trusted.".utf8)

    private static func answer(_ bytes: [UInt8], size: Int, _ reply: consuming Reply) {
        if size == 0 { return reply.attributeSize(bytes.count) }
        guard bytes.count <= size else { return reply.error(.outOfRange) }
        // The closure cannot consume the reply, so it is taken out of this box inside of it.
        var pending: Reply? = consume reply
        bytes.withUnsafeBytes { buffer in
            _ = pending.take()?.bytes(buffer)
        }
    }
}
