import Repository
import SystemInterface

/// A run of a read's answer.
public enum ReadPiece: Sendable {
    /// Bytes of a decoded chunk, at these places in it. Handing them on copies nothing.
    case bytes(ChunkBytes, Range<Int>)
    /// A hole: so many zeros, which are what was backed up.
    case zeros(Int)

    /// How many bytes it has.
    public var count: Int {
        switch self {
        case .bytes(_, let range): range.count
        case .zeros(let count): count
        }
    }
}

/// What a file is searched for.
public enum SeekTarget: Hashable, Sendable {
    /// The next data (SEEK_DATA of lseek(2)).
    case data
    /// The next hole (SEEK_HOLE); the end of the file is one.
    case hole
}

extension SnapshotView {
    /// The bytes of a regular file from `offset`: `count` of them, fewer only at the end of the file.
    ///
    /// Throws `.damaged` when a single one of them cannot be had.
    public func read(_ id: NodeID, at offset: UInt64, count: Int) throws(ViewError) -> [ReadPiece] {
        let node = try node(id)
        if case .added(let added) = node.kind {
            let bytes = try Self.part(of: added.text(in: self), at: offset, count: count)
            return bytes.isEmpty ? [] : [.bytes(ChunkBytes(bytes), 0..<bytes.count)]
        }
        return try reading(node, file(of: node), at: offset, count: count)
    }

    /// Fills `buffer` with the bytes of a regular file from `offset`, up to its end, and returns how many these are.
    public func read(
        _ id: NodeID, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ViewError) -> Int {
        let node = try node(id)
        if case .added(let added) = node.kind {
            let bytes = try Self.part(of: added.text(in: self), at: offset, count: buffer.count)
            buffer.copyBytes(from: bytes)
            return bytes.count
        }
        let contents = try file(of: node).contents
        return try reading(node) { () throws(RepositoryError) in try contents.read(at: offset, into: buffer) }
    }

    /// The next offset of data or of a hole, at or behind `offset`.
    ///
    /// Throws `.noSuchOffset` (ENXIO) from the end of the file on, and where no data follows.
    public func seek(_ id: NodeID, from offset: UInt64, to target: SeekTarget) throws(ViewError) -> UInt64 {
        let node = try node(id)
        if case .added(let added) = node.kind {
            let size = UInt64(try added.text(in: self).count)
            guard offset < size else { throw .noSuchOffset }
            return target == .data ? offset : size
        }
        let contents = try file(of: node).contents
        let found = try reading(node) { () throws(RepositoryError) in
            switch target {
            case .data: try contents.nextData(from: offset)
            case .hole: try contents.nextHole(from: offset)
            }
        }
        guard let found else { throw .noSuchOffset }
        return found
    }

    private static func part(of text: [UInt8], at offset: UInt64, count: Int) -> [UInt8] {
        guard let start = Int(exactly: offset), start < text.count, count > 0 else { return [] }
        return Array(text[start..<start + min(count, text.count - start)])
    }

    private func file(of node: Node) throws(ViewError) -> OpenFile {
        guard case .entry(let reference) = node.kind else {
            throw node.type == .directory ? .isDirectory : .wrongType
        }
        let entry = reference.entry
        guard entry.type == .regular else { throw entry.type == .directory ? .isDirectory : .wrongType }
        return try reading(node) { () throws(RepositoryError) in
            try files.file(reference.page.content(of: entry), size: entry.size, at: node.id)
        }
    }

    private func reading(
        _ node: Node, _ file: OpenFile, at offset: UInt64, count: Int
    ) throws(ViewError) -> [ReadPiece] {
        let contents = file.contents
        guard offset < contents.size, count > 0 else { return [] }
        let end = offset + min(UInt64(count), contents.size - offset)
        return try reading(node) { () throws(RepositoryError) in
            // Before its own chunks are decoded, so that another processor decodes the next ones meanwhile.
            file.noteRead(offset..<end)
            var pieces: [ReadPiece] = []
            var position = offset
            while position < end {
                let run = try contents.run(at: position)
                guard run.start <= position, position < run.end else {
                    throw RepositoryError(.damaged, "the file's list of chunks has a gap at \(position)")
                }
                let length = Int(min(run.end, end) - position)
                if let chunk = try contents.bytes(of: run) {
                    let skip = Int(position - run.start)
                    pieces.append(.bytes(chunk, skip..<skip + length))
                } else {
                    pieces.append(.zeros(length))
                }
                position += UInt64(length)
            }
            return pieces
        }
    }
}
