import SystemInterface

/// Where a command is at one moment.
struct ProgressSnapshot {
    /// What it is doing: a participle.
    var phase: String
    /// Items that are done.
    var items: UInt64 = 0
    /// What an item is.
    var itemName = "file"
    /// How many items there are, where that is known; a share is shown only then.
    var total: UInt64?
    /// How many items there were the last time, where how many there are is not known; no share is made of it.
    var itemsBefore: UInt64?
    /// Bytes that are done.
    var bytes: UInt64 = 0
    /// Items that could not be handled as they are.
    var problems: UInt64 = 0
    /// What is being looked at.
    var path: FilePath?

    init(phase: String) {
        self.phase = phase
    }

    /// The share that is done, in whole percent and never over 100; nil where the total is not known.
    var percent: UInt64? {
        guard let total, total > 0 else { return nil }
        return min(items, total) * 100 / total
    }

    /// One line for people.
    func text(seconds: Double) -> String {
        var parts: [String] = []
        if let total {
            parts.append("\(min(items, total)) of \(AmountText.count(total, itemName))")
        } else {
            let before = itemsBefore.map { " (\($0) last time)" } ?? ""
            parts.append(AmountText.count(items, itemName) + before)
        }
        if bytes > 0 {
            parts.append(AmountText.bytes(bytes))
            if seconds >= 1 { parts.append(AmountText.bytes(UInt64(Double(bytes) / seconds)) + "/s") }
        }
        if problems > 0 { parts.append(AmountText.count(problems, "problem")) }
        let share = percent.map { "\($0) %, " } ?? ""
        let place = path.map { "  \($0)" } ?? ""
        return "\(phase): \(share)\(parts.joined(separator: ", ")), \(AmountText.duration(seconds: seconds))\(place)"
    }
}

/// A line of progress with `--json`.
struct ProgressRecord: JSONRecord {
    static let schema = "pastfs.progress.v1"
    let phase: String
    let items: UInt64
    let total: UInt64?
    let itemsBefore: UInt64?
    let bytes: UInt64
    let problems: UInt64
    let seconds: Double
    let path: String?
    let pathB64: String?

    init(_ snapshot: ProgressSnapshot, seconds: Double) {
        phase = snapshot.phase
        items = snapshot.items
        total = snapshot.total
        itemsBefore = snapshot.itemsBefore
        bytes = snapshot.bytes
        problems = snapshot.problems
        self.seconds = (seconds * 1000).rounded() / 1000
        let fields = snapshot.path.map { PathFields($0.bytes) }
        path = fields?.text
        pathB64 = fields?.base64
    }
}
