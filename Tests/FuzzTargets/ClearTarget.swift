import Coding
import Compression
import Cryptography
import Maintenance
import Repository
import Storage
import SystemInterface

extension FuzzTarget {
    /// What stands in clear in a storage: whoever keeps it can write anything there.
    static let clear = FuzzTarget(
        name: "clear",
        summary: "what stands in clear in a storage: format, key slots, names, headers, trailers, frames",
        words: [
            "PastFSpk", "PastFSix", "PastFSsn", "PastFSrt", "PastFSft", "PastFS repository", "passphrase", "\"scrypt\"",
            "\"version\"", "\"chunker\"", "packs/", "keys/", "tombstones/", "holds/", ".final", ".released", "null",
            "true",
        ],
        seeds: ClearReading.seeds
    ) { bytes in
        var input = FuzzInput(bytes)
        let readings = ClearReading.Kind.allCases
        ClearReading.read(readings[input.choice(readings.count)], &input)
    }
}

enum ClearReading {
    enum Kind: Int, CaseIterable {
        case format, slot, name, packs, index, snapshots, retention, frame, keyring, digits, mountTable
    }

    static func seeds() throws -> [(name: String, bytes: [UInt8])] {
        let store = SampleRepository.shared.store
        var seeds: [(name: String, bytes: [UInt8])] = []
        func add(_ kind: Kind, _ name: String, _ bytes: [UInt8]) {
            seeds.append(("\(kind)-\(name)", [UInt8(kind.rawValue)] + bytes))
        }
        add(.format, "sample", try store.read(.format))
        for (kind, folder) in [
            (Kind.slot, ObjectFolder.keys), (.packs, .packs), (.index, .index), (.snapshots, .snapshots),
        ] {
            for (number, entry) in try store.list(folder).enumerated() {
                let bytes = try store.read(entry.name)
                add(kind, "\(number)", bytes.count < 3_000 ? bytes : bytes.prefix(1_000) + bytes.suffix(200))
                add(.name, "\(folder)-\(number)", Array(entry.name.path.utf8))
            }
        }
        let snapshot = try store.names(in: .snapshots).first ?? .zero
        for path in ["tombstones/\(snapshot).1.final", "holds/\(snapshot).12.released", "format", "sessions/7.outcome"]
        {
            add(.name, path.replacing("/", with: "-").suffix(12).description, Array(path.utf8))
        }
        var compressor = try Compressor(level: 3)
        for (number, text) in ["", "bytes", String(repeating: "abc", count: 300)].enumerated() {
            var frame: [UInt8] = []
            try compressor.compress(Array(text.utf8).span, into: &frame)
            add(.frame, "\(number)", [UInt8(text.utf8.count & 0xFF), UInt8(text.utf8.count >> 8)] + frame)
        }
        add(.keyring, "sample", SealedSample.shared.keyring)
        add(.digits, "32", Array("00ff".utf8) + Array(repeating: UInt8(ascii: "a"), count: 60))
        add(.mountTable, "line", Array("36 35 98:0 /a /b\\040c rw - fuse.pastfs x rw,a=b\n".utf8))
        return seeds
    }

    static func read(_ kind: Kind, _ input: inout FuzzInput) {
        do {
            switch kind {
            case .format: try readFormat(input.remaining)
            case .slot: try KeyHolder.readSlot(input.remaining)
            case .name: readName(String(decoding: input.remaining, as: UTF8.self))
            case .packs: try readObject(.packs, input.remaining)
            case .index: try readObject(.index, input.remaining)
            case .snapshots: try readObject(.snapshots, input.remaining)
            case .retention: try readRetention(&input)
            case .frame: try readFrame(&input)
            case .keyring: try readKeyring(input.remaining)
            case .digits: readDigits(input.remaining)
            case .mountTable: _ = MountTable.parse(input.remaining)
            }
        } catch {
            SealedInput.examine(error)
        }
    }

    private static func readFormat(_ bytes: [UInt8]) throws {
        let store = MemoryStore()
        try store.create(.format, bytes)
        try Repository.probe(store)
        let id = try Repository.storedIdentifier(in: store)
        require(RepositoryID(hexadecimal: id.description) == id, "an identifier is not what it says")
    }

    private static func readName(_ path: String) {
        guard let name = ObjectName(path: path) else { return }
        require(name.path == path, "\(path) is spelled \(name.path)")
        require(!(name < name) && ObjectName(path: name.path) == name, "\(path) is not itself")
    }

    /// Reads an object that is named by its bytes, with keys and without.
    private static func readObject(_ folder: ObjectFolder, _ bytes: [UInt8]) throws {
        let store = MemoryStore()
        let name = ObjectName(folder, SHA256.hash(bytes.span))
        try store.create(name, bytes)
        let repository = try SampleRepository.shared.repository.over(store)
        let entry = ObjectEntry(name: name, bytes: UInt64(bytes.count))
        examine { () throws(RepositoryError) in
            _ = try Repository.auditStored(entry, in: store, repository: repository.id)
        }
        examine { () throws(RepositoryError) in
            switch folder {
            case .packs: if let id = name.id { _ = try repository.auditPack(id) }
            case .index: _ = try repository.auditIndexSegment(name)
            default: _ = try repository.auditSnapshot(name)
            }
        }
        try repository.refresh()
    }

    private static func readRetention(_ input: inout FuzzInput) throws {
        let store = MemoryStore()
        let folder: ObjectFolder = input.byte() & 1 == 0 ? .tombstones : .holds
        let name = ObjectName(folder, .zero, number: 1)
        try store.create(name, input.remaining)
        try SampleRepository.shared.repository.over(store).auditRetention(name)
    }

    private static func readFrame(_ input: inout FuzzInput) throws {
        var decompressor = try Decompressor()
        let count = input.short()
        let bytes = try decompressor.decompress(input.remaining.span, exactly: count)
        require(bytes.count == count, "\(bytes.count) bytes instead of \(count)")
    }

    private static func readKeyring(_ bytes: [UInt8]) throws {
        let again = try KeyHolder.keyring(decoding: bytes)
        require(try KeyHolder.keyring(decoding: again) == again, "a keyring is not what it says")
    }

    private static func readDigits(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let decoded = Hexadecimal.decode(text) {
            require(Hexadecimal.encode(decoded) == text.lowercased(), "\(text) is not \(decoded)")
        }
        if let spelled = Bytes32(spelled: bytes) { require(Array("\(spelled)".utf8) == bytes, "another spelling") }
        if let value = Bytes32(hexadecimal: text) { require(Bytes32(value.bytes) == value, "another value") }
    }

    private static func examine(_ body: () throws(RepositoryError) -> Void) {
        do throws(RepositoryError) {
            try body()
        } catch {
            SealedInput.examine(error)
        }
    }
}
