import SystemInterface

/// Whether a stream leads to the journal of systemd, which keeps time and wants a severity in front of each line
/// (sd-daemon(3)).
enum JournalStream {
    /// The severities of syslog(3) that are used, as they stand in front of a line.
    enum Severity: Int {
        case error = 3
        case warning = 4
        case notice = 5
        case information = 6

        var prefix: String { "<\(rawValue)>" }
    }

    /// Whether JOURNAL_STREAM names the file that `stream` is (systemd.exec(5)): a program that was started by a service
    /// inherits the variable, and may have its streams elsewhere.
    static func isConnected(_ stream: StandardStream, variable: [UInt8]?) -> Bool {
        guard let variable, let text = String(validating: variable, as: UTF8.self),
            let copy = try? stream.duplicate(), let status = try? copy.status()
        else { return false }
        return text == "\(status.device):\(status.inode)"
    }
}
