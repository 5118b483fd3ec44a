import Coding
import Storage
import SystemInterface
import TestSupport
import Testing

/// The contract of `ObjectStore`, held against every implementation.
@Suite("The contract of a store")
struct ObjectStoreContractTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("What was created is read back, whole and by range", arguments: StoreKind.allCases)
    func readsBack(kind: StoreKind) throws {
        let store = try kind.makeStore(in: directory)
        var generator = SeededGenerator(seed: 1)
        let bytes = generator.bytes(100_000)
        let name = ObjectName.sample(.packs, seed: 1)
        try store.create(name, [Array(bytes[..<7]), [], Array(bytes[7...])])
        #expect(try store.read(name) == bytes)
        #expect(try store.size(of: name) == 100_000)
        for _ in 0..<50 {
            let start = generator.number(in: 0...bytes.count)
            let end = generator.number(in: start...bytes.count)
            let part = try store.read(name, range: UInt64(start)..<UInt64(end))
            #expect(part == Array(bytes[start..<end]), "seed 1, range \(start)..<\(end)")
        }
    }

    @Test("An object may be empty, and so may a range", arguments: StoreKind.allCases)
    func emptyObject(kind: StoreKind) throws {
        let store = try kind.makeStore(in: directory)
        let name = ObjectName.sample(.index, seed: 2)
        try store.create(name, [])
        #expect(try store.read(name).isEmpty)
        #expect(try store.size(of: name) == 0)
        #expect(try store.read(name, range: 0..<0).isEmpty)
        #expect(try store.list(.index) == [ObjectEntry(name: name, bytes: 0)])
    }

    @Test("A range that reaches beyond the end is an error, and nothing is cut short", arguments: StoreKind.allCases)
    func rangeBeyondTheEnd(kind: StoreKind) throws {
        let store = try kind.makeStore(in: directory)
        let name = ObjectName.sample(.packs, seed: 3)
        try store.create(name, Array(repeating: 7, count: 10))
        for range: Range<UInt64> in [0..<11, 10..<11, 11..<11, 5..<UInt64.max, (.max - 1)..<UInt64.max] {
            #expect(StorageError.code { () throws(StorageError) in try store.read(name, range: range) } == .outOfRange)
        }
        #expect(try store.read(name, range: 10..<10).isEmpty)
    }

    @Test("What isn't there is not found, by any operation", arguments: StoreKind.allCases)
    func notFound(kind: StoreKind) throws {
        let store = try kind.makeStore(in: directory)
        for name in ObjectFolder.allCases.map({ ObjectName.sample($0, seed: 4) }) + [.format] {
            #expect(StorageError.code { () throws(StorageError) in try store.read(name) } == .notFound)
            #expect(StorageError.code { () throws(StorageError) in try store.read(name, range: 0..<1) } == .notFound)
            #expect(StorageError.code { () throws(StorageError) in try store.size(of: name) } == .notFound)
            #expect(StorageError.code { () throws(StorageError) in try store.delete(name) } == .notFound)
            #expect(try !store.contains(name))
        }
    }

    @Test("Errors say what was done to which object", arguments: StoreKind.allCases)
    func errorsNameTheObject(kind: StoreKind) throws {
        let store = try kind.makeStore(in: directory)
        let name = ObjectName.sample(.keys, seed: 5)
        let error = #expect(throws: StorageError.self) { try store.read(name) }
        #expect(error?.operation == .read)
        #expect(error?.object == name)
        #expect(error?.description.contains(name.path) == true)
    }

    @Test("A name that is taken keeps its object", arguments: StoreKind.allCases)
    func neverOverwrites(kind: StoreKind) throws {
        let store = try kind.makeStore(in: directory)
        for name in [ObjectName.format, .sample(.snapshots, seed: 6), .sample(.packs, seed: 6)] {
            try store.create(name, [1, 2, 3])
            #expect(StorageError.code { () throws(StorageError) in try store.create(name, [4]) } == .alreadyExists)
            #expect(
                StorageError.code { () throws(StorageError) in try store.create(name, [1, 2, 3]) } == .alreadyExists)
            #expect(try store.read(name) == [1, 2, 3])
        }
    }

    @Test("A deleted object is gone, and its name can be given again", arguments: StoreKind.allCases)
    func deletes(kind: StoreKind) throws {
        let store = try kind.makeStore(in: directory)
        let name = ObjectName.sample(.packs, seed: 7)
        let other = ObjectName.sample(.packs, seed: 8)
        try store.create(name, [1])
        try store.create(other, [2])
        try store.delete(name)
        #expect(try !store.contains(name))
        #expect(try store.list(.packs).map(\.name) == [other])
        #expect(StorageError.code { () throws(StorageError) in try store.delete(name) } == .notFound)
        try store.create(name, [3])
        #expect(try store.read(name) == [3])
    }

    @Test("A listing has every object of its folder and no other, sorted", arguments: StoreKind.allCases)
    func lists(kind: StoreKind) throws {
        let store = try kind.makeStore(in: directory)
        try store.create(.format, [1])
        for folder in ObjectFolder.allCases {
            #expect(try store.list(folder).isEmpty)
        }
        var expected: [ObjectFolder: [ObjectEntry]] = [:]
        for seed in 0..<UInt64(60) {
            let folder = ObjectFolder.allCases[Int(seed) % ObjectFolder.allCases.count]
            let entry = ObjectEntry(name: .sample(folder, seed: seed), bytes: seed)
            try store.create(entry.name, Array(repeating: 0, count: Int(seed)))
            expected[folder, default: []].append(entry)
        }
        for folder in ObjectFolder.allCases {
            let sorted = expected[folder]?.sorted { $0.name < $1.name }
            #expect(try store.list(folder) == sorted)
            #expect(try store.names(in: folder) == sorted?.compactMap(\.name.id))
        }
        #expect(try store.strangers().isEmpty)
    }

    @Test("More bytes than an object may have are refused, and nothing is created", arguments: StoreKind.allCases)
    func refusesTooLarge(kind: StoreKind) throws {
        let store = try kind.makeStore(in: directory)
        let name = ObjectName.sample(.packs, seed: 9)
        // One array a thousand times over: 1 MiB of memory.
        let part = [UInt8](repeating: 0, count: 1 << 20)
        let parts = Array(repeating: part, count: Int(StorageLimits.maximumObjectBytes >> 20)) + [[0]]
        #expect(StorageError.code { () throws(StorageError) in try store.create(name, parts) } == .tooLarge)
        #expect(try !store.contains(name))
    }

    @Test(
        "Of many that create one name at a time one wins, and every reader sees its bytes",
        arguments: StoreKind.allCases)
    func oneCreatorWins(kind: StoreKind) async throws {
        let store = try kind.makeStore(in: directory)
        let name = ObjectName.sample(.snapshots, seed: 10)
        let results = await withTaskGroup(of: (UInt8, StorageError.Code?).self) { group in
            for writer in UInt8(1)...16 {
                group.addTask {
                    let bytes = Array(repeating: writer, count: 50_000)
                    return (writer, StorageError.code { () throws(StorageError) in try store.create(name, bytes) })
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let winners = results.filter { $0.1 == nil }.map(\.0)
        #expect(winners.count == 1)
        #expect(results.filter { $0.1 == .alreadyExists }.count == 15)
        #expect(try store.read(name) == Array(repeating: winners.first ?? 0, count: 50_000))
    }

    @Test("A reader sees nothing or the whole, while objects come and go", arguments: StoreKind.allCases)
    func readersSeeNothingOrTheWhole(kind: StoreKind) async throws {
        let store = try kind.makeStore(in: directory)
        let name = ObjectName.sample(.packs, seed: 11)
        let bytes = Array(repeating: UInt8(9), count: 300_000)
        let done = Flag()
        let partial = await withTaskGroup(of: Int.self) { group in
            group.addTask {
                for _ in 0..<40 {
                    try? store.create(name, bytes)
                    try? store.delete(name)
                }
                done.raise()
                return 0
            }
            group.addTask {
                var partial = 0
                while !done.isRaised {
                    if let found = try? store.read(name), found != bytes { partial += 1 }
                    if let listed = try? store.list(.packs), listed.contains(where: { $0.bytes != 300_000 }) {
                        partial += 1
                    }
                }
                return partial
            }
            return await group.reduce(0, +)
        }
        #expect(partial == 0)
    }

    @Test("Objects that stay are in every listing, while others come and go", arguments: StoreKind.allCases)
    func listingIsComplete(kind: StoreKind) async throws {
        let store = try kind.makeStore(in: directory)
        let steady = (0..<UInt64(100)).map { ObjectName.sample(.index, seed: $0) }
        for name in steady { try store.create(name, [1]) }
        let done = Flag()
        let missing = await withTaskGroup(of: Int.self) { group in
            group.addTask {
                for seed in 1000..<UInt64(1100) {
                    try? store.create(.sample(.index, seed: seed), [2])
                    try? store.delete(.sample(.index, seed: seed))
                }
                done.raise()
                return 0
            }
            group.addTask {
                var missing = 0
                while !done.isRaised {
                    let names = Set((try? store.list(.index))?.map(\.name) ?? [])
                    if !names.isSuperset(of: steady) { missing += 1 }
                }
                return missing
            }
            return await group.reduce(0, +)
        }
        #expect(missing == 0)
    }
}
