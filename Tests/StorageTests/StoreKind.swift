import Coding
import Storage
import SystemInterface
import TestSupport
import Testing

/// Every implementation of `ObjectStore`, for tests that hold for all of them.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case memory
    case directoryWithUnnamedFiles
    case directoryWithTemporaryNames
    case faultlessDecorator

    var testDescription: String { rawValue }

    static var directories: [StoreKind] { [.directoryWithUnnamedFiles, .directoryWithTemporaryNames] }

    /// A new, empty store, below `directory` if it lies anywhere.
    func makeStore(in directory: TemporaryDirectory) throws -> any ObjectStore {
        switch self {
        case .memory: MemoryStore()
        case .directoryWithUnnamedFiles, .directoryWithTemporaryNames:
            try makeDirectoryStore(at: directory.path.appending("store"))
        case .faultlessDecorator: FaultInjectingStore(MemoryStore(), plan: .none)
        }
    }

    /// A new, empty store in the directory `path`.
    func makeDirectoryStore(at path: FilePath) throws -> LocalDirectoryStore {
        _ = try LocalDirectoryStore.create(at: path)
        return try LocalDirectoryStore(at: path, usesUnnamedFiles: self == .directoryWithUnnamedFiles)
    }
}

extension ObjectName {
    /// A name that depends on `seed` alone.
    static func sample(_ folder: ObjectFolder, seed: UInt64) -> ObjectName {
        var generator = SeededGenerator(seed: seed)
        let id = Bytes32(generator.bytes(Bytes32.count)) ?? .zero
        let part = ([nil] + folder.parts.map { Optional($0) })[generator.number(in: 0...folder.parts.count)]
        switch folder.naming {
        case .digest: return ObjectName(folder, id)
        // Some snapshots are there several times, as they are where objects are numbered.
        case .snapshotAndNumber:
            let shared = Bytes32(Array(repeating: UInt8(seed % 4), count: Bytes32.count)) ?? .zero
            return ObjectName(folder, seed % 3 == 0 ? id : shared, number: seed + 1, part: part)
        case .number: return ObjectName(folder, number: seed + 1, part: part)
        }
    }
}

extension StorageError {
    /// The code of the error that `body` throws, or nil when it doesn't.
    static func code<Result>(_ body: () throws(StorageError) -> Result) -> Code? {
        do throws(StorageError) {
            _ = try body()
            return nil
        } catch {
            return error.code
        }
    }
}
