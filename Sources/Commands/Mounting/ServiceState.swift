import SystemInterface

/// What systemd is told of a mount that it started as a service of `Type=notify` (systemd.service(5)).
struct ServiceState: Sendable {
    private let notification: ServiceNotification?
    private let console: Console

    /// Nobody is told anything where NOTIFY_SOCKET is not set.
    init(_ context: CommandContext) {
        notification = context.environment["NOTIFY_SOCKET"].flatMap { ServiceNotification(socket: $0) }
        console = context.console
    }

    /// The mount answers: what waits for the service may begin.
    func isReady(_ mountPoint: FilePath) {
        // A line ends the field, and a mount point may hold one.
        send("READY=1\nSTATUS=Serving \(Printable.line(mountPoint.description))")
    }

    /// The mount has been taken away.
    func isStopping() { send("STOPPING=1") }

    private func send(_ lines: String) {
        do throws(SystemError) {
            try notification?.send(lines)
        } catch {
            console.message(.warning, "the service manager cannot be told: \(error)")
        }
    }
}
