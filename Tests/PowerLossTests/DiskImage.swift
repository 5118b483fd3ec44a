import SystemInterface

/// What a disk may hold when the power is back: paths, and what they lead to.
struct DiskImage: Sendable {
    /// Directories in an order in which they can be made, from the recorded one on.
    var directories: [String] = []
    /// Files by their paths.
    var files: [(path: String, bytes: FileBytes)] = []

    /// A number by which two images are told apart.
    var digest: UInt64 {
        var sum: UInt64 = 0
        // A sum, as the order in which dictionaries gave the names says nothing.
        for path in directories { sum &+= FileBytes.mix(FileBytes(Array(path.utf8)).digest) }
        for (path, bytes) in files { sum &+= FileBytes.mix(FileBytes(Array(path.utf8)).digest ^ ~bytes.digest) }
        return FileBytes.mix(sum)
    }

    /// Makes all of it in an empty directory.
    func write(to root: FilePath) throws {
        for path in directories { try FileSystem.makeDirectory(FilePath(root.description + "/" + path), mode: 0o700) }
        for (path, bytes) in files {
            try FileSystem.write(FilePath(root.description + "/" + path), bytes.bytes, mode: 0o400)
        }
    }
}

extension DiskImage {
    /// What there is in a directory that nobody changes; files and directories alone.
    init(reading root: FilePath) throws {
        var pending = [""]
        while let path = pending.popLast() {
            let place = path.isEmpty ? root : FilePath(root.description + "/" + path)
            for entry in try FileDescriptor.open(place, [.readOnly, .directory]).directoryEntries() {
                let name = String(decoding: entry.name, as: UTF8.self)
                let below = path.isEmpty ? name : path + "/" + name
                if entry.type == .directory {
                    directories.append(below)
                    pending.append(below)
                } else {
                    files.append((below, FileBytes(try FileSystem.read(place.appending(name), atMost: 1 << 30))))
                }
            }
        }
    }
}
