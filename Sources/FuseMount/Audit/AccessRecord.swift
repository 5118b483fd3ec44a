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
    /// The identifiers of the snapshots that it is of: names in the path may mean others later.
    let snapshots: [String]
    let requester: Requester

    /// A record of an open that is about to be answered.
    package init(operation: Operation, path: FilePath, snapshots: [String], requester: Requester) {
        self.operation = operation
        self.path = path
        self.snapshots = snapshots
        self.requester = requester
    }

    /// The line, with its newline. docs/cli.md describes it.
    func line(at moment: Timestamp) -> [UInt8] {
        var json = JSONText(capacity: 256 + path.bytes.count)
        json.object { json in
            json.field("schema", "pastfs.access.v1")
            json.field("time", moment.rfc3339(fractionDigits: 3))
            json.field("operation", operation.rawValue)
            json.field("path", bytes: path.bytes)
            json.array("snapshots") { json in
                for snapshot in snapshots { json.element(snapshot) }
            }
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
}
