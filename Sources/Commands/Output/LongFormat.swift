import Repository
import SystemInterface

/// What `ls -l` shows of an entry before its name.
enum LongFormat {
    static func columns(_ entry: TreeEntry) -> String {
        let owner = entry.userName.map { Printable.line($0) } ?? String(entry.userID)
        let group = entry.groupName.map { Printable.line($0) } ?? String(entry.groupID)
        return [
            mode(entry), padded(String(entry.linkCount), 3, onLeft: true), padded(owner, 8), padded(group, 8),
            padded(size(entry), 12, onLeft: true), TimeText.short(entry.modified),
        ].joined(separator: " ") + " "
    }

    /// The type and the twelve bits of the mode, as ls(1) writes them: `drwxr-sr-x`.
    static func mode(_ entry: TreeEntry) -> String {
        let bits = entry.permissions
        var text = letter(entry.type)
        for (shift, special, set, unset) in [(6, 0o4000, "s", "S"), (3, 0o2000, "s", "S"), (0, 0o1000, "t", "T")] {
            let triple = Int(bits) >> shift & 7
            text += triple & 4 != 0 ? "r" : "-"
            text += triple & 2 != 0 ? "w" : "-"
            let executes = triple & 1 != 0
            text += Int(bits) & special != 0 ? (executes ? set : unset) : (executes ? "x" : "-")
        }
        return text
    }

    /// The letter of a type, as in ls(1).
    private static func letter(_ type: FileType) -> String {
        switch type {
        case .regular: "-"
        case .directory: "d"
        case .symbolicLink: "l"
        case .fifo: "p"
        case .socket: "s"
        case .characterDevice: "c"
        case .blockDevice: "b"
        }
    }

    private static func size(_ entry: TreeEntry) -> String {
        guard let device = entry.deviceNumber else { return String(entry.size) }
        return "\(device.major),\(device.minor)"
    }

    private static func padded(_ text: String, _ width: Int, onLeft: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return onLeft ? padding + text : text + padding
    }
}
