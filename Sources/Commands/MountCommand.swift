import CommandLineTools
import FuseMount
import Repository
import SnapshotView
import Storage
import SystemInterface

/// `pastfs mount`
enum MountCommand: Command {
    static let declaration = CommandDeclaration(
        name: "mount", summary: "mount the snapshots as a file system",
        discussion: """
            Every snapshot is a read-only directory below `snapshots`, by time, and below
            `hosts` and `tags`; `latest` is the newest. New snapshots appear by themselves.
            `at/yesterday` and `at/2026-11-20T14` are the newest snapshot not after that,
            `versions/home/a.txt` holds every version of that file, `changes/3d..latest`
            what was added, changed and removed, and `.pastfs` how the mount fares.

            Returns when the mount answers, and leaves a process in the background that
            serves it until `pastfs umount`. Its messages, damage among them, go to the log
            file. With `--foreground` it stays, and ends on Ctrl-C.

            In fstab(5), with a passphrase that the boot can read:

              /srv/backup /mnt/past fuse.pastfs passphrase_file=/root/key,nofail 0 0

            There `passphrase_file=`, `passphrase_command=`, `cache_directory=` and
            `log_file=` stand for the options of these names; what fstab(5), mount(8) and
            systemd.mount(5) read themselves is passed over.
            """,
        examples: [
            .init("pastfs mount /mnt/past", "browse the past below /mnt/past"),
            .init("pastfs mount -f -o cache=1G /mnt/past", "stay in the foreground, with a larger cache"),
        ],
        arguments: [
            ArgumentDeclaration(name: "MOUNTPOINT", help: "an empty directory", completion: .directory)
        ],
        options: [
            OptionDeclaration(long: "foreground", short: "f", help: "stay in the foreground"),
            OptionDeclaration(
                long: "options", short: "o", valueName: "OPTIONS", help: "options of the mount, commas between them",
                isRepeatable: true, completion: .list(MountOption.all.map(ListedValue.init))),
            OptionDeclaration(
                long: "log-file", valueName: "FILE",
                help: "where messages go once it answers; in the background `mount.log` in the cache directory, or "
                    + "the journal if systemd started it, if not given",
                completion: .file),
            OptionDeclaration(
                long: "dry-run", short: "n", help: "check what can be checked without a key, and mount nothing"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let options = try attempting("cannot mount") {
            try MountOptions(parsing: context.command.texts("options"))
        }
        let avoided = [try context.repositoryPath()] + [try context.cacheDirectory()].compactMap { $0 }
        let mountPoint = try MountChecks.check(
            try context.absolute(context.command.argument("MOUNTPOINT")), avoiding: avoided, options: options)
        if context.command.flag("dry-run") {
            try attempting("cannot open the repository") { try Repository.probe(try context.openStore()) }
        } else if MountDescriptors.isServer(context) {
            // It was started by way of /proc/self/exe, and tools would show that name.
            Thread.setCurrentName(PastFSProgram.name)
            try serve(context, mountPoint, options) { try? BackgroundMount.detach(context) }
        } else if context.command.flag("foreground") {
            let service = ServiceState(context)
            let log = try MountLog.named(context)
            try serve(context, mountPoint, options) {
                if let log { MountLog.direct(context, to: log.rawValue) }
                service.isReady(mountPoint)
                return true
            }
            service.isStopping()
        } else {
            let code = try BackgroundMount.start(context)
            guard code == .done else { return code }
        }
        return .done
    }

    /// Serves the mount on this thread until it is taken away. `onReady` gives nil when nobody waits for it any more.
    private static func serve(
        _ context: CommandContext, _ mountPoint: FilePath, _ options: MountOptions,
        onReady: @escaping @Sendable () -> Bool?
    ) throws {
        let log = MountLog.sink(context)
        // Opened first: a relative path means the directory that the command was given in.
        let accessLog = try options.auditFile.map { file in
            try AccessLog(
                at: try context.absolute(file.bytes), avoiding: [mountPoint, try context.repositoryPath()],
                clock: context.clock, log: log)
        }
        let repository = try context.openRepository(refreshing: false, wrap: { RetryingStore($0) })
        let view = SnapshotView(
            repository: repository,
            options: options.viewOptions(
                userID: Host.effectiveUserID, groupID: Host.effectiveGroupID, clock: context.clock),
            log: log)
        try attempting("cannot mount") {
            try Signals.handle([.user1]) { _ in
                context.console.message(.note, "serving \(mountPoint); the kernel knows \(view.nodeCount) of its files")
            }
        }
        try MountedView.run(
            view, at: mountPoint, source: repository.store.location, options: options, accessLog: accessLog, log: log,
            onReady: { mounted in
                announce(context, mountPoint)
                guard onReady() != nil else { return mounted.stop() }
                // Not before it is ready: that must take the same time however many snapshots there are.
                view.refresh()
                context.reportWarnings()
            })
    }

    private static func announce(_ context: CommandContext, _ mountPoint: FilePath) {
        // A reader of results that is gone is no reason to take the mount away.
        try? context.console.record(Record(mountpoint: PathRecord(mountPoint), process: Host.processID))
        try? context.console.line("mounted at \(mountPoint)")
        context.console.flushOrDrop()
    }

    private struct Record: JSONRecord {
        static let schema = "pastfs.mount.v1"
        let mountpoint: PathRecord
        let process: Int32
    }
}
