import CommandLineTools
import FuseMount
import SystemInterface

/// `pastfs umount`
enum UnmountCommand: Command {
    static let declaration = CommandDeclaration(
        name: "umount", summary: "take a mount away",
        discussion: "Takes away mounts of PastFS only. One that is in use stays.",
        examples: [.init("pastfs umount /mnt/past", "take the mount at /mnt/past away")],
        arguments: [
            ArgumentDeclaration(name: "MOUNTPOINT", help: "where it is mounted", completion: .directory)
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let mountPoint = try context.absolute(context.command.argument("MOUNTPOINT"))
        try Unmount.unmount(mountPoint)
        try context.console.record(Record(mountpoint: PathRecord(mountPoint)))
        return .done
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.umount.v1"
        let mountpoint: PathRecord
    }
}
