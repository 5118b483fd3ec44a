import SystemInterface

/// Where the figures of a long run go: the file that PASTFS_POWER_LOSS_FIGURES names, if it does.
enum Figures {
    /// Adds a line: what was tried, how much of it, and of how many moments, separated by tabs.
    static func record(_ what: String, _ count: Int, _ moments: Int) throws {
        guard let path = Environment.value("PASTFS_POWER_LOSS_FIGURES") else { return }
        let file = try FileDescriptor.open(FilePath(path), [.writeOnly, .create, .append], mode: 0o644)
        try file.write(all: Array("\(what)\t\(count)\t\(moments)\n".utf8))
    }
}
