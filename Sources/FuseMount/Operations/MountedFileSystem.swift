import CFuse
import Glibc
import SnapshotView

/// What libfuse's threads call: requests of the kernel, answered from the view.
final class MountedFileSystem: Sendable {
    let view: SnapshotView
    let statistics: MountStatistics
    /// Whether extended attributes are shown. Where they are not, the kernel is told not to ask for any.
    let showsExtendedAttributes: Bool
    /// The requests that are being worked on.
    let watch = RequestWatch()
    /// Where each open is recorded, if anywhere.
    let accessLog: AccessLog?

    init(
        _ view: SnapshotView, _ statistics: MountStatistics, showsExtendedAttributes: Bool, accessLog: AccessLog?
    ) {
        self.view = view
        self.statistics = statistics
        self.showsExtendedAttributes = showsExtendedAttributes
        self.accessLog = accessLog
    }

    /// The file system that a request is for: it was handed to libfuse with the session, and outlives it.
    static func of(_ request: fuse_req_t) -> MountedFileSystem? {
        fuse_req_userdata(request).map { Unmanaged<MountedFileSystem>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Agrees with the kernel on how to talk.
    static func negotiate(_ connection: inout fuse_conn_info) {
        let wanted =
            PASTFS_FUSE_READDIRPLUS.rawValue | PASTFS_FUSE_PARALLEL_DIROPS.rawValue | PASTFS_FUSE_POSIX_ACL.rawValue
            | PASTFS_FUSE_CACHE_SYMLINKS.rawValue | PASTFS_FUSE_AUTO_INVAL_DATA.rawValue
        // Attributes come with every listing; splicing is slower than writing from where the bytes lie.
        let unwanted = PASTFS_FUSE_READDIRPLUS_AUTO.rawValue | PASTFS_FUSE_SPLICE.rawValue
        connection.want = (connection.want | connection.capable & wanted) & ~unwanted
        // It must equal the mount option of this name.
        connection.max_read = UInt32(MountLimits.readBytesMax)
        connection.max_background = UInt32(MountLimits.backgroundRequestsMax)
        connection.congestion_threshold = UInt32(MountLimits.backgroundRequestsMax * 3 / 4)
    }

    func lookup(_ name: [UInt8], in parent: NodeID, _ reply: consuming Reply) {
        do throws(ViewError) {
            switch try view.lookup(name, in: parent) {
            case .found(let attributes):
                var entry = fuse_entry_param(attributes)
                if !reply.entry(&entry) { view.forget(attributes.node) }
            case .absent(let seconds):
                var entry = fuse_entry_param(absentFor: seconds)
                _ = reply.entry(&entry)
            }
        } catch {
            reply.error(error)
        }
    }

    func attributes(_ node: NodeID, _ reply: consuming Reply) {
        do throws(ViewError) {
            let attributes = try view.attributes(node)
            var status = stat(attributes)
            reply.attributes(&status, validitySeconds: attributes.validitySeconds)
        } catch {
            reply.error(error)
        }
    }

    func readLink(_ node: NodeID, _ reply: consuming Reply) {
        do throws(ViewError) {
            reply.link(try view.readLink(node))
        } catch {
            reply.error(error)
        }
    }

    func seek(_ node: NodeID, from offset: off_t, whence: Int32, _ reply: consuming Reply) {
        let target: SeekTarget
        switch whence {
        case PASTFS_SEEK_DATA: target = .data
        case PASTFS_SEEK_HOLE: target = .hole
        default: return reply.error(.invalidArgument)
        }
        do throws(ViewError) {
            guard let offset = UInt64(exactly: offset) else { throw .noSuchOffset }
            reply.offset(try view.seek(node, from: offset, to: target))
        } catch {
            reply.error(error)
        }
    }

    func statistics(_ reply: consuming Reply) {
        do throws(ViewError) {
            var statistics = statvfs(try view.statistics())
            reply.statistics(&statistics)
        } catch {
            reply.error(error)
        }
    }
}
