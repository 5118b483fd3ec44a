import FoundationEssentials
import Repository
import SystemInterface

/// An error.
struct ErrorRecord: JSONRecord {
    static let schema = "pastfs.error.v1"
    let error: String
    let why: String
    let fix: String?
    let exitCode: Int32

    init(_ failure: Failure) {
        error = failure.what
        why = failure.why
        fix = failure.fix
        exitCode = failure.exitCode.rawValue
    }
}

/// A message that is neither a result nor an error.
struct MessageRecord: JSONRecord {
    static let schema = "pastfs.message.v1"
    let kind: String
    let text: String
}

/// A path or a name: as text, and in Base64 where it is not UTF-8 and the text is only what can be shown of it.
struct PathFields {
    let text: String
    let base64: String?

    init(_ bytes: [UInt8]) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self.text = text
            base64 = nil
        } else {
            text = String(decoding: bytes, as: UTF8.self)
            base64 = Data(bytes).base64EncodedString()
        }
    }
}

/// A path in a list of several.
struct PathRecord: Encodable {
    let path: String
    let pathB64: String?

    init(_ path: FilePath) {
        let fields = PathFields(path.bytes)
        self.path = fields.text
        pathB64 = fields.base64
    }
}

/// What a backup run counted.
struct StatisticsRecord: Encodable {
    let files: UInt64
    let directories: UInt64
    let symbolicLinks: UInt64
    let others: UInt64
    let bytes: UInt64
    let filesNew: UInt64
    let filesChanged: UInt64
    let filesUnchanged: UInt64
    let bytesRead: UInt64
    let bytesNew: UInt64
    let bytesStored: UInt64

    init(_ statistics: SnapshotStatistics) {
        files = statistics.files
        directories = statistics.directories
        symbolicLinks = statistics.symbolicLinks
        others = statistics.others
        bytes = statistics.bytes
        filesNew = statistics.filesNew
        filesChanged = statistics.filesChanged
        filesUnchanged = statistics.filesUnchanged
        bytesRead = statistics.bytesRead
        bytesNew = statistics.bytesNew
        bytesStored = statistics.bytesStored
    }
}

/// A snapshot; without an identifier, what a dry run would have made.
struct SnapshotRecord: JSONRecord {
    static let schema = "pastfs.snapshot.v1"
    let id: String?
    let name: String?
    let started: String
    let finished: String
    let host: String
    let user: String
    let program: String
    let paths: [PathRecord]
    let tags: [String]
    let excludes: [String]
    let kind: String
    let partial: Bool
    let parent: String?
    let problems: UInt64
    let statistics: StatisticsRecord

    init(_ manifest: SnapshotManifest, id: SnapshotID?, name: String?) {
        self.id = id?.description
        self.name = name
        started = TimeText.full(manifest.started)
        finished = TimeText.full(manifest.finished)
        host = manifest.host
        user = manifest.userName
        program = manifest.program
        paths = manifest.paths.map(PathRecord.init)
        tags = manifest.tags
        excludes = manifest.excludes
        kind = manifest.kind.name
        partial = manifest.isPartial
        parent = manifest.parent?.description
        problems = manifest.problemCount
        statistics = StatisticsRecord(manifest.statistics)
    }
}
