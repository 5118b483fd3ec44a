import Coding
import SystemInterface

/// The binary form of a manifest; docs/format.md has the table.
extension SnapshotManifest {
    private static let encodingVersion: UInt8 = 2
    /// Says nothing of kind and completeness.
    private static let encodingVersionWithoutKind: UInt8 = 1
    /// What the byte behind the kind says.
    private static let partialFlag: UInt8 = 1

    /// The manifest's bytes.
    ///
    /// Throws `.invalidArgument` for what the format cannot hold, naming it.
    package func encode() throws(RepositoryError) -> [UInt8] {
        try validate()
        var writer = ByteWriter(capacity: 1024)
        writer.uint8(Self.encodingVersion)
        writer.timestamp(started)
        writer.timestamp(finished)
        writer.text(host)
        writer.text(userName)
        writer.text(program)
        writer.varint(UInt64(paths.count))
        for path in paths { writer.sizedBytes(path.bytes) }
        writer.varint(UInt64(tags.count))
        for tag in tags { writer.text(tag) }
        writer.varint(UInt64(excludes.count))
        for exclude in excludes { writer.text(exclude) }
        writer.uint8(parent == nil ? 0 : 1)
        if let parent { writer.bytes32(parent.bytes) }
        writer.uint8(kind.rawValue)
        writer.uint8(isPartial ? Self.partialFlag : 0)
        TreePage.encodeNames([(root.userID, root.userName)], to: &writer)
        TreePage.encodeNames([(root.groupID, root.groupName)], to: &writer)
        root.encode(to: &writer)
        for value in statistics.fields { writer.varint(statistics[keyPath: value]) }
        writer.varint(problemCount)
        writer.varint(UInt64(problems.count))
        for problem in problems {
            writer.sizedBytes(problem.path.bytes)
            writer.text(problem.reason)
        }
        return writer.bytes
    }

    /// Reads a manifest.
    package init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = ByteReader(bytes)
        let version = try reader.uint8()
        guard version == Self.encodingVersion || version == Self.encodingVersionWithoutKind else {
            throw reader.fault("no manifest has version \(version)")
        }
        let started = try reader.timestamp()
        let finished = try reader.timestamp()
        let host = try reader.text(atMost: Limits.labelBytesMax, "a host's name")
        let userName = try reader.text(atMost: Limits.labelBytesMax, "a user's name")
        let program = try reader.text(atMost: Limits.labelBytesMax, "a program's name")
        var paths: [FilePath] = []
        for _ in 0..<(try reader.varint(atMost: UInt64(Limits.snapshotPathsMax), "the number of paths")) {
            paths.append(FilePath(try reader.sizedBytes(atMost: Limits.pathBytesMax, "a path")))
        }
        let tags = try Self.decodeTexts(&reader, atMost: Limits.tagsMax, "the number of tags")
        let excludes = try Self.decodeTexts(&reader, atMost: Limits.excludesMax, "the number of excludes")
        var parent: SnapshotID?
        switch try reader.uint8() {
        case 0: break
        case 1: parent = SnapshotID(try reader.bytes32())
        default: throw reader.fault("a flag is neither 0 nor 1")
        }
        let (kind, isPartial) =
            version == Self.encodingVersionWithoutKind
            ? (parent == nil ? .full : .incremental, false) : try Self.decodeKind(&reader, hasParent: parent != nil)
        let users = try TreePage.decodeNames(&reader)
        let groups = try TreePage.decodeNames(&reader)
        var root = try TreeEntry(decoding: &reader, isRoot: true)
        guard root.type == .directory else { throw reader.fault("the root is no directory") }
        guard TreePage.names(users, areThoseOf: CollectionOfOne(root.userID)),
            TreePage.names(groups, areThoseOf: CollectionOfOne(root.groupID))
        else { throw reader.fault("an account is named that does not own the root") }
        root.userName = users[root.userID]
        root.groupName = groups[root.groupID]
        self.init(
            started: started, finished: finished, host: host, userName: userName, program: program, paths: paths,
            tags: tags, excludes: excludes, parent: parent, kind: kind, root: root)
        self.isPartial = isPartial
        for field in statistics.fields { statistics[keyPath: field] = try reader.varint() }
        problemCount = try reader.varint()
        for _ in 0..<(try reader.varint(atMost: UInt64(Limits.problemsMax), "the number of problems")) {
            problems.append(
                SnapshotProblem(
                    path: FilePath(try reader.sizedBytes(atMost: Limits.pathBytesMax, "a path")),
                    reason: try reader.text(atMost: Limits.reasonBytesMax, "a reason")))
        }
        try reader.expectEnd()
        guard Self.isUsableLabel(host) else { throw reader.fault("a host's name is unusable") }
        for tag in tags where !Self.isUsableLabel(tag) { throw reader.fault("a tag is unusable") }
        guard Self.areInOrder(tags) else { throw reader.fault("tags are out of order or twice there") }
        guard problems.count <= problemCount else { throw reader.fault("more problems are listed than there are") }
    }

    /// Whether a host's name or a tag can be a directory's name in the mount: 1 to 255 bytes of UTF-8, neither `.` nor
    /// `..`, without `/` and control characters.
    public static func isUsableLabel(_ label: String) -> Bool {
        let bytes = Array(label.utf8)
        return TreeEntry.nameFault(bytes) == nil && !bytes.contains { $0 < 0x20 || $0 == 0x7F }
    }

    /// Throws `.invalidArgument` for what a person gave and a manifest cannot hold, so that it is refused before any work.
    public static func check(
        host: String, tags: [String], excludes: [String], paths: [FilePath]
    ) throws(RepositoryError) {
        func refuse(_ reason: String) -> RepositoryError { RepositoryError(.invalidArgument, reason) }
        let rule = "it becomes a directory's name: up to 255 bytes without \"/\" and control characters"
        guard isUsableLabel(host) else { throw refuse("a host cannot be called \"\(host)\"; \(rule)") }
        for tag in tags where !isUsableLabel(tag) { throw refuse("a tag cannot be \"\(tag)\"; \(rule)") }
        guard paths.count <= Limits.snapshotPathsMax else { throw refuse("\(paths.count) paths are too many") }
        for path in paths where path.bytes.count > Limits.pathBytesMax {
            throw refuse("a path of \(path.bytes.count) bytes is too long")
        }
        guard tags.count <= Limits.tagsMax else { throw refuse("\(tags.count) tags are too many") }
        guard excludes.count <= Limits.excludesMax else { throw refuse("\(excludes.count) excludes are too many") }
        for exclude in excludes where exclude.utf8.count > Limits.excludeBytesMax {
            throw refuse("an exclude pattern of \(exclude.utf8.count) bytes is too long")
        }
    }

    private static func areInOrder(_ tags: [String]) -> Bool {
        zip(tags, tags.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func validate() throws(RepositoryError) {
        func refuse(_ reason: String) -> RepositoryError { RepositoryError(.invalidArgument, reason) }
        try Self.check(host: host, tags: tags, excludes: excludes, paths: paths)
        for label in [userName, program] where label.utf8.count > Limits.labelBytesMax {
            throw refuse("\"\(label)\" is too long")
        }
        for problem in problems where problem.path.bytes.count > Limits.pathBytesMax {
            throw refuse("a path of \(problem.path.bytes.count) bytes is too long")
        }
        precondition(Self.areInOrder(tags), "tags come in order")
        precondition(problems.count <= Limits.problemsMax && problems.count <= problemCount)
        precondition(Self.isPossible(kind, hasParent: parent != nil), "the kind fits the parent")
        precondition(root.name.isEmpty && root.type == .directory)
        precondition(problems.allSatisfy { $0.reason.utf8.count <= Limits.reasonBytesMax })
    }

    private static func decodeKind(
        _ reader: inout ByteReader, hasParent: Bool
    ) throws(CodingError) -> (kind: SnapshotKind, isPartial: Bool) {
        guard let kind = SnapshotKind(rawValue: try reader.uint8()) else { throw reader.fault("an unknown kind") }
        guard isPossible(kind, hasParent: hasParent) else { throw reader.fault("the kind does not fit the parent") }
        let flags = try reader.uint8()
        guard flags & ~partialFlag == 0 else { throw reader.fault("an unknown flag") }
        return (kind, flags & partialFlag != 0)
    }

    /// An incremental run can have told what had not changed by other means than a parent.
    private static func isPossible(_ kind: SnapshotKind, hasParent: Bool) -> Bool {
        switch kind {
        case .full: !hasParent
        case .incremental: true
        case .differential: hasParent
        }
    }

    private static func decodeTexts(
        _ reader: inout ByteReader, atMost limit: Int, _ name: StaticString
    ) throws(CodingError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try reader.varint(atMost: UInt64(limit), name)) {
            texts.append(try reader.text(atMost: Limits.excludeBytesMax, "a text"))
        }
        return texts
    }
}

extension SnapshotStatistics {
    /// The counters in the order in which a manifest holds them.
    fileprivate var fields: [WritableKeyPath<SnapshotStatistics, UInt64> & Sendable] {
        [
            \.files, \.directories, \.symbolicLinks, \.others, \.bytes, \.filesNew, \.filesChanged, \.filesUnchanged,
            \.bytesRead, \.bytesNew, \.bytesStored,
        ]
    }
}
