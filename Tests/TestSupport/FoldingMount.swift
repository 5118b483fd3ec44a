import Glibc
import SystemInterface

/// A small file system that takes names which differ in case alone for one, unmounted when it goes.
public final class FoldingMount: Sendable {
    /// Which.
    public enum Kind: String, CaseIterable, Sendable {
        /// exFAT. It lists names as they were made, and its server numbers an item anew for each name that it is asked for.
        case exfat
        /// NTFS, mounted to ignore case. It lists all names in lower case, and numbers items as they lie on the disk.
        case ntfs

        fileprivate var programs: [String] {
            switch self {
            case .exfat: ["mkfs.exfat", "mount.exfat-fuse", "losetup"]
            case .ntfs: ["mkfs.ntfs", "lowntfs-3g"]
            }
        }

        fileprivate var script: String {
            switch self {
            case .exfat:
                """
                mkfs.exfat image && device=$(losetup --find --show image) && mount.exfat-fuse "$device" mount
                code=$?; losetup --detach "$device"; exit $code
                """
            case .ntfs: "mkfs.ntfs --force --quick image && lowntfs-3g image mount -o ignore_case"
            }
        }
    }

    private static let imageBytes: UInt64 = 32 << 20

    private let directory: TemporaryDirectory
    /// Where it is mounted.
    public let path: FilePath

    /// The kinds that this system can mount.
    public static let possibleKinds: [Kind] = Kind.allCases.filter { kind in
        Host.effectiveUserID == 0 && (try? FileSystem.exists("/dev/fuse")) == true
            && kind.programs.allSatisfy { program in
                ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].contains {
                    (try? FileSystem.exists(FilePath($0).appending(program))) == true
                }
            }
    }

    /// It could not be made or mounted.
    struct NotMounted: Error {}

    /// Mounts an empty one.
    public init(_ kind: Kind) throws {
        directory = try TemporaryDirectory()
        path = try directory.makeDirectory("mount")
        let image = try FileDescriptor.open(directory.path.appending("image"), [.writeOnly, .create], mode: 0o600)
        try image.truncate(to: Self.imageBytes)
        let output = try FileDescriptor.open("/dev/null", .readWrite)
        let words = ["bash", "-c", "cd \"$0\" && " + kind.script, directory.path.description]
        let child = try ProcessLauncher.spawn(
            "/bin/bash", arguments: words.map { Array($0.utf8) },
            environment: [Array("PATH=/usr/sbin:/usr/bin:/sbin:/bin".utf8)],
            descriptors: [0: output.rawValue, 1: output.rawValue, 2: output.rawValue])
        guard try ProcessLauncher.wait(child) == 0 else { throw NotMounted() }
    }

    deinit {
        _ = path.withCString { umount2($0, Int32(MNT_DETACH)) }
    }
}
