// Mounts a test repository, for MountTests: `mount-fixture REPOSITORY MOUNTPOINT LOG [gate=FILE] [OPTIONS]`.
//
// While somebody holds a lock on the file that `gate=` names, the storage does not answer.
//
// Writes "ready" to standard output when the mount has answered. For each line on standard input it writes one with the
// number of reads it was sent, and of files that were read ahead. It stops when standard input ends: so it never
// outlives the tests. A mount that hangs ends with the process, after a time limit, and whoever waits for it gets an
// error.

import FuseMount
import Repository
import SnapshotView
import Storage
import SystemInterface
import ViewTestSupport

let secondsMax = 1200.0

func fail(_ message: String) -> Never {
    try? StandardStream.error.write("mount-fixture: \(message)\n")
    Process.end(1)
}

let arguments = CommandLine.arguments
guard arguments.count >= 4 else { fail("REPOSITORY MOUNTPOINT LOG [OPTIONS]") }
do {
    let logFile = try FileDescriptor.open(FilePath(arguments[3]), [.writeOnly, .create, .append], mode: 0o600)
    let number = logFile.release()
    let log: LogSink = { line in
        let file = FileDescriptor(owning: number)
        try? file.write(all: Array("\(line)\n".utf8))
        _ = file.release()
    }
    let gate = arguments[4...].first { $0.hasPrefix("gate=") }.map { FilePath(String($0.dropFirst(5))) }
    let options = try MountOptions(parsing: arguments[4...].filter { !$0.hasPrefix("gate=") })
    let local = try LocalDirectoryStore(at: FilePath(arguments[1]))
    let store: any ObjectStore = gate.map { GatedStore(local, gate: $0) } ?? local
    let accessLog = try options.auditFile.map {
        try AccessLog(
            at: $0, avoiding: [FilePath(arguments[1]), FilePath(arguments[2])], clock: SystemWallClock(), log: log)
    }
    let view = SnapshotView(
        repository: try TestRepository.open(store),
        options: options.viewOptions(
            userID: Host.effectiveUserID, groupID: Host.effectiveGroupID, clock: SystemWallClock()),
        log: log)
    let mountPoint = try MountChecks.check(
        FilePath(arguments[2]), avoiding: [FilePath(arguments[1])], options: options)
    let limit = ConditionLock(false)
    _ = try Thread.spawn(name: "limit") {
        if limit.wait(seconds: secondsMax, until: { $0 ? () : nil }) == nil { Process.end(99) }
    }
    try MountedView.run(
        view, at: mountPoint, source: arguments[1], options: options, accessLog: accessLog, log: log
    ) { mounted in
        try? StandardStream.output.write("ready\n")
        let input = FileDescriptor(owning: 0)
        while (try? input.read(1))?.isEmpty == false {
            let statistics = mounted.statistics
            try? StandardStream.output.write("\(statistics.requestCount(.read)) \(statistics.filesAhead)\n")
        }
        mounted.stop()
    }
} catch {
    fail("\(error)")
}
