import Glibc
import SystemInterface

/// What a mount's background process has from the one that started it.
///
/// It is started with the same command line; a variable tells it what it is. The passphrase comes through a pipe, since
/// arguments and environment can be seen. Standard output and error lead to the parent until the mount answers.
enum MountDescriptors {
    static let variable = "PASTFS_MOUNT_SERVER"
    /// Where the passphrase comes from.
    static let passphraseDescriptor: Int32 = 3
    /// Where its messages go when it answers.
    static let logDescriptor: Int32 = 4
    /// What the server writes to standard error when the mount answers: no message has such a byte.
    static let ready: UInt8 = 0

    /// Whether this process is to serve the mount in the background.
    static func isServer(_ context: CommandContext) -> Bool {
        context.command.command.name == MountCommand.declaration.name && context.environment[variable] != nil
    }

    /// The passphrase that the parent sends, or nil when there is no parent.
    static func passphrase(_ context: CommandContext) throws(SystemError) -> [UInt8]? {
        guard isServer(context) else { return nil }
        let descriptor = FileDescriptor(owning: passphraseDescriptor)
        let bytes = try descriptor.readAll(atMost: PassphraseReader.bytesMax)
        try descriptor.close()
        return bytes
    }
}
