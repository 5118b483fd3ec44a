import Coding
import SystemInterface

extension LocalDirectoryStore {
    /// What lies in a folder.
    private struct Contents {
        var entries: [ObjectEntry] = []
        var strangers: [FilePath] = []
        /// Of how many files the file system does not say what they are.
        var unknownCount = 0
    }

    /// A directory and what it lists.
    private struct OpenDirectory: ~Copyable {
        let descriptor: FileDescriptor
        let entries: [DirectoryEntry]
    }

    /// The objects of `folder`, as the contract says.
    public func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] {
        do throws(SystemError) {
            return try contents(of: folder).entries.sorted { $0.name < $1.name }
        } catch {
            if isYetToBeMade(folder, error) { return [] }
            throw Self.listingError(error, folder.rawValue)
        }
    }

    /// The names of the objects of `folder`, as the contract says: a status is asked for only where the file system does
    /// not tell with the name what it is.
    public func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] {
        do throws(SystemError) {
            var names: [Bytes32] = []
            guard folder == .packs else {
                try collectNames(folder, [folder.rawValue], into: &names)
                return names.sorted()
            }
            let packs = try openDirectory([folder.rawValue])
            for entry in packs.entries {
                guard let name = try Self.packFolder(entry, in: packs) else { continue }
                try collectNames(folder, [folder.rawValue, name], into: &names)
            }
            return names.sorted()
        } catch {
            if isYetToBeMade(folder, error) { return [] }
            throw Self.listingError(error, folder.rawValue)
        }
    }

    /// Whether a listing failed because nothing was ever created in a folder that is made when it is needed. The store
    /// itself must be there: where another folder is missing too, it is not.
    private func isYetToBeMade(_ folder: ObjectFolder, _ error: SystemError) -> Bool {
        guard folder.isMadeWhenNeeded, error.errno == .noEntry else { return false }
        return (try? openFolder([ObjectFolder.snapshots.rawValue])) != nil
    }

    /// What lies in the store and is no object, as the contract says. What is in `tmp` is not looked at, and
    /// `lost+found` is no stranger.
    public func strangers() throws(StorageError) -> [String] {
        var found: [FilePath] = []
        do throws(SystemError) {
            let known = Layout.folders + [Layout.lostAndFound, Layout.reserve, ObjectName.format.path]
            let names = try openFolder([]).directoryEntries().map(\.name)
            found += names.filter { name in !known.contains { Array($0.utf8) == name } }.map { FilePath($0) }
        } catch {
            throw StorageError(error, .list, nil)
        }
        for folder in ObjectFolder.allCases {
            do throws(SystemError) {
                found += try contents(of: folder).strangers
            } catch {
                if isYetToBeMade(folder, error) { continue }
                throw Self.listingError(error, folder.rawValue)
            }
        }
        return found.sorted().map(\.description)
    }

    private static func listingError(_ error: SystemError, _ folder: String) -> StorageError {
        let cause = StorageError(error, .list, nil)
        let place = error.path.map { "\($0): " } ?? ""
        return StorageError(cause.code, .list, reason: "folder \(folder): \(place)\(cause.reason)")
    }

    /// Opens and lists the directory of these components. Errors name it where it lies in a folder.
    private func openDirectory(_ components: [String]) throws(SystemError) -> OpenDirectory {
        do throws(SystemError) {
            let descriptor = try openFolder(components)
            let entries = try descriptor.directoryEntries()
            return OpenDirectory(descriptor: descriptor, entries: entries)
        } catch {
            guard components.count > 1 else { throw SystemError(call: error.call, errno: error.errno) }
            throw error.at(FilePath(components.joined(separator: "/")))
        }
    }

    private func contents(of folder: ObjectFolder) throws(SystemError) -> Contents {
        var contents = Contents()
        guard folder == .packs else {
            try collect(folder, [folder.rawValue], into: &contents)
            return contents
        }
        let packs = try openDirectory([folder.rawValue])
        for entry in packs.entries {
            if let name = try Self.packFolder(entry, in: packs) {
                try collect(folder, [folder.rawValue, name], into: &contents)
            } else {
                contents.strangers.append(FilePath(folder.rawValue).appending(entry.name))
            }
        }
        return contents
    }

    /// Adds what lies in one directory, whose components are `components`.
    private func collect(
        _ folder: ObjectFolder, _ components: [String], into contents: inout Contents
    ) throws(SystemError) {
        let directory = try openDirectory(components)
        for entry in directory.entries {
            let name = Self.objectName(folder, components, entry.name)
            let place = FilePath(components.joined(separator: "/")).appending(entry.name)
            do throws(SystemError) {
                guard let status = try Self.status(of: entry, in: directory.descriptor) else { continue }
                if let name, status.type == .regular {
                    contents.entries.append(ObjectEntry(name: name, bytes: status.size))
                } else {
                    contents.strangers.append(place)
                }
            } catch {
                guard error.isOfOneFile, contents.unknownCount < StorageLimits.unknownSizesMax else {
                    throw error.at(place)
                }
                contents.unknownCount += 1
                if let name, Self.mayBeObject(entry) {
                    contents.entries.append(ObjectEntry(name: name, bytes: 0))
                } else {
                    contents.strangers.append(place)
                }
            }
        }
    }

    private func collectNames(
        _ folder: ObjectFolder, _ components: [String], into names: inout [Bytes32]
    ) throws(SystemError) {
        let directory = try openDirectory(components)
        for entry in directory.entries {
            guard let name = Self.objectName(folder, components, entry.name) else { continue }
            let type: FileType?
            do throws(SystemError) {
                type = try Self.type(of: entry, in: directory.descriptor)
            } catch {
                guard error.isOfOneFile else {
                    throw error.at(FilePath(components.joined(separator: "/")).appending(entry.name))
                }
                type = .regular
            }
            if type == .regular, let id = name.id { names.append(id) }
        }
    }

    /// Whether an entry that has an object's name may be an object, as far as its directory tells.
    private static func mayBeObject(_ entry: DirectoryEntry) -> Bool { (entry.type ?? .regular) == .regular }

    /// The name that a file stands for, or nil unless it is spelled exactly as the store would.
    private static func objectName(_ folder: ObjectFolder, _ directory: [String], _ file: [UInt8]) -> ObjectName? {
        guard folder.naming == .digest else {
            return String(validating: file, as: UTF8.self).flatMap { ObjectName(path: folder.rawValue + "/" + $0) }
        }
        guard let id = Bytes32(spelled: file) else { return nil }
        let name = ObjectName(folder, id)
        // Only packs have folders of their own, which begin their names.
        guard directory.count < 2 || name.directoryComponents == directory else { return nil }
        return name
    }

    /// The folder of packs that an entry of `packs` is, whose name is two lowercase digits; nil for what is none.
    private static func packFolder(
        _ entry: DirectoryEntry, in packs: borrowing OpenDirectory
    ) throws(SystemError) -> String? {
        guard let text = FilePath(entry.name).text, let byte = Hexadecimal.decode(text), byte.count == 1,
            Hexadecimal.encode(byte) == text
        else { return nil }
        do throws(SystemError) {
            return try type(of: entry, in: packs.descriptor) == .directory ? text : nil
        } catch {
            // Nobody knows what lies in it, so the listing would not be complete.
            throw error.at(FilePath(ObjectFolder.packs.rawValue).appending(entry.name))
        }
    }

    /// The status of an entry, or nil when it was deleted since the directory was read.
    private static func status(
        of entry: DirectoryEntry, in directory: borrowing FileDescriptor
    ) throws(SystemError) -> FileStatus? {
        do throws(SystemError) {
            return try directory.statusAt(entry.name)
        } catch {
            guard error.errno == .noEntry else { throw error }
            return nil
        }
    }

    private static func type(
        of entry: DirectoryEntry, in directory: borrowing FileDescriptor
    ) throws(SystemError) -> FileType? {
        if let type = entry.type { return type }
        return try status(of: entry, in: directory)?.type
    }
}

extension SystemError {
    /// Whether a file system says that what it keeps of this one file is damaged, rather than that it does not answer.
    fileprivate var isOfOneFile: Bool {
        switch errno {
        case .ioFailure, .needsCleaning, .badMessage: true
        default: false
        }
    }
}
