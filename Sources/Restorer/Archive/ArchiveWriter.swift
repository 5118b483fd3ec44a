import Repository
import SystemInterface

/// Writes members of a tar archive: pax headers where the old ones have no room, and files with holes as GNU tar does,
/// sparse format 1.0 (GNU tar manual, "Storing Sparse Files").
struct ArchiveWriter {
    private static let recordBytes = 10_240
    private static let accessControl = Array("system.posix_acl_access".utf8)
    private static let defaultAccessControl = Array("system.posix_acl_default".utf8)

    let source: ChunkSource
    private let sink: ([UInt8]) throws -> Void
    /// Bytes that were written.
    private(set) var count: UInt64 = 0

    /// A writer whose bytes go to `sink`.
    init(source: ChunkSource, sink: @escaping ([UInt8]) throws -> Void) {
        self.source = source
        self.sink = sink
    }

    /// Writes a member without content.
    mutating func write(_ entry: TreeEntry, _ kind: TarHeader.Kind, path: [UInt8], link: [UInt8] = []) throws {
        try writeHeader(entry, kind, path: path, link: link, size: 0, PaxRecords())
    }

    /// Writes a regular file.
    ///
    /// What damage keeps from being read throws before a byte of the member is written where the file is one chunk; else
    /// the archive ends before the first byte that could be wrong, and no member may follow.
    mutating func writeFile(_ entry: TreeEntry, path: [UInt8]) throws {
        let contents = try FileContents(entry, source: source)
        let map = try SparseMap(contents)
        // A file of one chunk is decoded before anything is promised.
        let first = entry.size > 0 ? try contents.bytes(of: contents.run(at: 0)) : nil
        if let map {
            var records = PaxRecords()
            for (key, value) in [("major", "1"), ("minor", "0"), ("realsize", "\(entry.size)")] {
                records.add("GNU.sparse.\(key)", value)
            }
            records.add("GNU.sparse.name", path)
            let name = path.split(separator: UInt8(ascii: "/")).last.map { Array($0) } ?? path
            let size = UInt64(map.text.count) + map.dataBytes
            try writeHeader(
                entry, .regular, path: Array("GNUSparseFile.0/".utf8) + name, link: [], size: size, records)
            try write(map.text)
        } else {
            try writeHeader(entry, .regular, path: path, link: [], size: entry.size, PaxRecords())
        }
        var runs = SequentialRuns(contents)
        while let run = try runs.next() {
            guard run.segment.chunk != nil else { continue }
            let chunk = run.start == 0 ? first : try contents.bytes(of: run)
            if let chunk { try write(chunk.copy()) }
        }
        try pad(to: TarHeader.blockBytes)
    }

    /// Ends the archive: two blocks of zeros, and as many as make the last record whole.
    mutating func finish() throws {
        try write([UInt8](repeating: 0, count: 2 * TarHeader.blockBytes))
        try pad(to: Self.recordBytes)
    }

    private mutating func writeHeader(
        _ entry: TreeEntry, _ kind: TarHeader.Kind, path: [UInt8], link: [UInt8], size: UInt64, _ records: PaxRecords
    ) throws {
        let header = TarHeader(entry, kind: kind, path: path, link: link, size: size)
        var records = records
        records.append(header.records)
        if kind != .hardLink { try addAttributes(of: entry, to: &records) }
        if !records.isEmpty {
            try write(TarHeader(recordsOf: path, bytes: records.bytes.count).bytes)
            try write(records.bytes)
            try pad(to: TarHeader.blockBytes)
        }
        try write(header.bytes)
    }

    private func addAttributes(of entry: TreeEntry, to records: inout PaxRecords) throws {
        guard !entry.extendedAttributes.isEmpty else { return }
        for record in try entry.extendedAttributes.load(from: source) {
            switch record.name {
            case Self.accessControl:
                if let text = AccessControlText.text(record.value) { records.add("SCHILY.acl.access", text) }
            case Self.defaultAccessControl:
                if let text = AccessControlText.text(record.value) { records.add("SCHILY.acl.default", text) }
            default: records.addAttribute(record.name, record.value)
            }
        }
    }

    private mutating func pad(to block: Int) throws {
        let rest = Int(count % UInt64(block))
        if rest > 0 { try write([UInt8](repeating: 0, count: block - rest)) }
    }

    private mutating func write(_ bytes: [UInt8]) throws {
        try sink(bytes)
        count += UInt64(bytes.count)
    }
}

/// Where a file with holes has data, as sparse format 1.0 says it: decimal numbers, each with a newline, padded to a block.
private struct SparseMap {
    let text: [UInt8]
    let dataBytes: UInt64

    /// The map of a file, or nil for one without holes.
    init?(_ contents: FileContents) throws(RepositoryError) {
        var runs: [(start: UInt64, bytes: UInt64)] = []
        var dataBytes: UInt64 = 0
        try contents.forEachRun { (run) throws(RepositoryError) in
            guard run.segment.chunk != nil else { return }
            dataBytes += run.segment.bytes
            if let last = runs.last, last.start + last.bytes == run.start {
                runs[runs.count - 1].bytes += run.segment.bytes
            } else {
                runs.append((run.start, run.segment.bytes))
            }
        }
        guard dataBytes < contents.size else { return nil }
        // What ends in a hole says by an empty run where it ends.
        if runs.last.map({ $0.start + $0.bytes < contents.size }) ?? true { runs.append((contents.size, 0)) }
        var text = Array("\(runs.count)\n".utf8)
        for run in runs { text += Array("\(run.start)\n\(run.bytes)\n".utf8) }
        let rest = text.count % TarHeader.blockBytes
        if rest > 0 { text += [UInt8](repeating: 0, count: TarHeader.blockBytes - rest) }
        self.text = text
        self.dataBytes = dataBytes
    }
}
