import Coding
import SystemInterface

/// One line of the access log: who opened what, and when.
package struct AccessRecord: Sendable {
    /// What was opened.
    package enum Operation: String, Sendable {
        /// A file, to be read or executed.
        case file = "open"
        /// A directory, to be listed.
        case directory = "opendir"
    }

    let operation: Operation
    /// The path in the view, beginning with a slash.
    let path: FilePath
    let requester: Requester

    /// A record of an open that is about to be answered.
    package init(operation: Operation, path: FilePath, requester: Requester) {
        self.operation = operation
        self.path = path
        self.requester = requester
    }

    /// The line, with its newline. docs/cli.md describes it.
    func line(at moment: Timestamp) -> [UInt8] {
        var json = JSONText(capacity: 256 + path.bytes.count)
        json.object { json in
            json.field("schema", "pastfs.access.v1")
            json.field("time", Self.text(moment))
            json.field("operation", operation.rawValue)
            json.field("path", bytes: path.bytes)
            json.field("uid", requester.userID)
            json.field("gid", requester.groupID)
            json.field("pid", requester.processID)
            if let command = requester.command {
                json.field("command", bytes: command)
            } else {
                json.field("command", nil as String?)
            }
        }
        json.newline()
        return json.bytes
    }

    /// UTC to the millisecond (RFC 3339): `2026-11-20T14:03:22.017Z`.
    private static func text(_ moment: Timestamp) -> String {
        let time = CivilTime(moment)
        func padded(_ number: Int, _ count: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, count - digits.count)) + digits
        }
        let date = "\(padded(time.year, 4))-\(padded(time.month, 2))-\(padded(time.day, 2))"
        let clock = "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
        return "\(date)T\(clock).\(padded(Int(moment.nanoseconds / 1_000_000), 3))Z"
    }
}
