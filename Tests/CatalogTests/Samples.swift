import Catalog
import Coding
import SystemInterface
import TestSupport

/// Records that depend on a seed alone.
struct Samples: RandomNumberGenerator {
    static let repository = Array(UInt8(0)..<16)
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func next() -> UInt64 {
        generator.next()
    }

    mutating func id() -> Bytes32 {
        Bytes32(generator.bytes(Bytes32.count)) ?? .zero
    }

    mutating func number(in range: ClosedRange<Int>) -> Int {
        generator.number(in: range)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        generator.bytes(count)
    }

    /// Chunks with new names.
    mutating func chunks(_ count: Int) -> [ChunkRecord] {
        (0..<count).map { _ in ChunkRecord(id: id(), bytes: UInt32(generator.number(in: 1...1_000_000))) }
    }

    /// A pack of `bundles` bundles of up to `chunks` chunks each, and up to three sessions.
    mutating func pack(bundles: Int = 3, chunks: Int = 5) -> PackRecord {
        let sessions = (0..<generator.number(in: 1...3)).map { _ in generator.bytes(generator.number(in: 0...200)) }
        var offset: UInt64 = 0
        let records = (0..<bundles).map { _ in
            let stored = UInt32(generator.number(in: 1...1_000_000))
            defer { offset += UInt64(stored) }
            return BundleRecord(
                offset: offset, storedBytes: stored, plaintextBytes: UInt32(generator.number(in: 0...2_000_000)),
                session: generator.number(in: 0...sessions.count - 1),
                chunks: self.chunks(generator.number(in: 0...chunks)))
        }
        return PackRecord(id: id(), kind: UInt8(generator.number(in: 0...3)), sessions: sessions, bundles: records)
    }
}

extension PackRecord {
    /// The place of chunk `position` of bundle `bundle`.
    func location(bundle: Int, position: Int) -> ChunkLocation {
        let record = bundles[bundle]
        return ChunkLocation(
            pack: id, kind: kind, session: sessions[record.session], bundleOffset: record.offset,
            storedBytes: record.storedBytes, plaintextBytes: record.plaintextBytes, position: position,
            chunkBytes: record.chunks[position].bytes)
    }

    /// Every chunk's name and place.
    var places: [(id: Bytes32, location: ChunkLocation)] {
        bundles.indices.flatMap { bundle in
            bundles[bundle].chunks.indices.map { position in
                (bundles[bundle].chunks[position].id, location(bundle: bundle, position: position))
            }
        }
    }
}

extension CatalogError {
    /// The code of the error that `body` throws, or nil when it doesn't.
    static func code<Result>(_ body: () throws(CatalogError) -> Result) -> Code? {
        do throws(CatalogError) {
            _ = try body()
            return nil
        } catch {
            return error.code
        }
    }
}

/// Both places for a catalog.
enum CatalogKind: String, CaseIterable {
    case file
    case memory

    func open(in directory: TemporaryDirectory) throws(CatalogError) -> Catalog {
        switch self {
        case .file:
            try Catalog.open(directory: directory.path.appending("catalog"), repository: Samples.repository)
        case .memory: try Catalog.inMemory(repository: Samples.repository)
        }
    }
}
