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
        return ObjectName(folder, Bytes32(generator.bytes(Bytes32.count)) ?? .zero)
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
