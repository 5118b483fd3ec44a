import SystemInterface

/// Where the figures of a long run go: the file that PASTFS_POWER_LOSS_FIGURES names, if it does.
enum Figures {
    /// Adds a line to it.
    static func record(_ line: String) throws {
        guard let path = Environment.value("PASTFS_POWER_LOSS_FIGURES") else { return }
        let file = try FileDescriptor.open(FilePath(path), [.writeOnly, .create, .append], mode: 0o644)
        try file.write(all: Array((line + "\n").utf8))
    }
}
