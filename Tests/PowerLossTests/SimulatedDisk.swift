/// A file system that keeps no promise but those of fsync(2).
///
/// What was synced is durable: a file's bytes by fsync of the file, a directory's names by fsync of the directory. Of all
/// else anything may have reached the disk: each sector of each write, each name by itself, and both names of a rename
/// or neither. That is less than ext4 or XFS keep with their journals, so that whoever lives with this lives with them.
struct SimulatedDisk {
    /// What has happened to a file since it was synced last.
    enum Unsynced {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
    }

    struct File {
        var durable = FileBytes.empty
        var unsynced: [Unsynced] = []

        /// What whoever reads the file without a loss of power sees.
        var current: FileBytes {
            if unsynced.isEmpty { return durable }
            var bytes = durable.bytes
            for change in unsynced { SimulatedDisk.apply(change, to: &bytes) { _ in true } }
            return FileBytes(bytes)
        }
    }

    struct Directory {
        var durable: [String: Int] = [:]
        /// For each name that changed, what it has led to since, the last change last.
        var unsynced: [String: [Int?]] = [:]
    }

    /// What disks write whole, or not at all.
    static let sectorBytes = 512

    private(set) var files: [Int: File] = [:]
    private(set) var directories: [Int: Directory] = [0: Directory()]

    /// Makes a change.
    mutating func apply(_ change: RecordedChange) {
        switch change {
        case .make(let number, let isDirectory):
            if isDirectory { directories[number] = Directory() } else { files[number] = File() }
        case .name(let number, let parent, let name):
            directories[parent]?.unsynced[name, default: []].append(number)
        case .remove(let parent, let name):
            directories[parent]?.unsynced[name, default: []].append(nil)
        case .write(let number, let offset, let bytes):
            files[number]?.unsynced.append(.write(offset: offset, bytes: bytes))
        case .truncate(let number, let size):
            files[number]?.unsynced.append(.truncate(size: size))
        case .sync(let number): sync(number)
        case .begin, .end: break
        }
    }

    private mutating func sync(_ number: Int) {
        if let file = files[number] {
            files[number] = File(durable: file.current)
        } else if var directory = directories[number] {
            for (name, states) in directory.unsynced { directory.durable[name] = states.last ?? nil }
            directory.unsynced = [:]
            directories[number] = directory
        }
    }

    /// Makes everything durable, as a disk does that is given the time.
    mutating func syncAll() {
        for number in Array(files.keys) + Array(directories.keys) { sync(number) }
    }

    /// The image of what is durable, and of nothing else.
    func durableImage() -> DiskImage {
        image(names: [:], contents: [:])
    }

    /// The image in which these names lead elsewhere than they durably do, and these files hold something else.
    func image(names: [Int: [String: Int?]], contents: [Int: FileBytes]) -> DiskImage {
        var image = DiskImage()
        var pending = [(number: 0, path: "")]
        while let (number, path) = pending.popLast() {
            guard let directory = directories[number] else { continue }
            var entries: [String: Int?] = directory.durable.mapValues { $0 }
            entries.merge(names[number] ?? [:]) { _, new in new }
            for case (let name, let target?) in entries {
                let place = path.isEmpty ? name : path + "/" + name
                if let file = files[target] {
                    image.files.append((place, contents[target] ?? file.durable))
                } else {
                    image.directories.append(place)
                    pending.append((target, place))
                }
            }
        }
        return image
    }

    /// Makes those sectors of a change that `isKept` is true for; it is asked once for each.
    static func apply(_ change: Unsynced, to bytes: inout [UInt8], isKept: (Int) -> Bool) {
        switch change {
        case .truncate(let size):
            guard isKept(0) else { return }
            resize(&bytes, to: size)
        case .write(let offset, let written):
            var position = 0
            while position < written.count {
                let sector = (offset + position) / sectorBytes
                let count = min(written.count - position, (sector + 1) * sectorBytes - offset - position)
                if isKept(sector) {
                    let start = offset + position
                    if bytes.count < start + count { resize(&bytes, to: start + count) }
                    bytes.replaceSubrange(start..<start + count, with: written[position..<position + count])
                }
                position += count
            }
        }
    }

    private static func resize(_ bytes: inout [UInt8], to size: Int) {
        if size < bytes.count {
            bytes.removeLast(bytes.count - size)
        } else {
            bytes += [UInt8](repeating: 0, count: size - bytes.count)
        }
    }
}
