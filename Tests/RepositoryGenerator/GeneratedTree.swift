import Glibc
import SystemInterface
import TestSupport

/// A tree like a home directory's: directories of 5 to 200 files, nested, with links, times, modes and, if wanted,
/// extended attributes.
struct GeneratedTree {
    struct Shape {
        let files: Int
        let bytes: Int
        let hasExtendedAttributes: Bool
    }

    private static let filesPerDirectory = 5.0...200.0
    private static let depthMax = 8
    private static let noiseShare = 0.25
    private static let filesPerLink = 200
    /// 2014-07-13 in seconds since the epoch, and about ten years.
    private static let oldest: Int64 = 1_405_209_600
    private static let ageSeconds = 315_000_000
    private static let suffixes = ["txt", "c", "json", "md", "html", "py", "log", "xml"]

    private let shape: Shape
    private var generator: SeededGenerator
    private let source: ContentSource
    private var sizes: [Int]

    init(_ shape: Shape, seed: UInt64) {
        self.shape = shape
        generator = SeededGenerator(seed: seed)
        source = ContentSource(&generator)
        sizes = FileSizes.draw(shape.files, total: shape.bytes, &generator)
    }

    /// Writes the tree to `root`, which must not be there yet.
    mutating func write(to root: FilePath) throws {
        try FileSystem.makeDirectory(root)
        var directories: [(path: FilePath, depth: Int)] = [(root, 0)]
        var written = 0
        while written < shape.files {
            let place = try nextDirectory(in: &directories)
            let count = min(shape.files - written, directorySize())
            try writeFiles(count, first: written, in: place)
            written += count
        }
        // Last and from below, since every new name moves its directory's time.
        for directory in directories.reversed() {
            let opened = try FileDescriptor.open(directory.path, [.readOnly, .directory])
            let time = nextTime()
            try opened.setTimes(accessed: time, modified: time)
        }
    }

    /// A new directory below one of the newest, so that branches grow deep.
    private mutating func nextDirectory(in directories: inout [(path: FilePath, depth: Int)]) throws -> FilePath {
        let newest = max(0, directories.count - 40)
        var parent = directories[generator.number(in: newest...(directories.count - 1))]
        if parent.depth >= Self.depthMax { parent = directories[0] }
        let path = parent.path.appending("directory-\(Self.padded(directories.count, 5))")
        try FileSystem.makeDirectory(path)
        directories.append((path, parent.depth + 1))
        return path
    }

    /// Small directories are more frequent: the logarithm is evenly distributed.
    private mutating func directorySize() -> Int {
        let range = Self.filesPerDirectory
        let share = Double.random(in: 0..<1, using: &generator)
        return Int(range.lowerBound * pow(range.upperBound / range.lowerBound, share))
    }

    private mutating func writeFiles(_ count: Int, first: Int, in path: FilePath) throws {
        let directory = try FileDescriptor.open(path, [.readOnly, .directory])
        for number in first..<(first + count) {
            let suffix = Self.suffixes[generator.number(in: 0...(Self.suffixes.count - 1))]
            let isNoise = Double.random(in: 0..<1, using: &generator) < Self.noiseShare
            let name = Array("file-\(Self.padded(number, 7)).\(isNoise ? "bin" : suffix)".utf8)
            try writeFile(name, number, isNoise: isNoise, in: directory)
            if number % Self.filesPerLink == Self.filesPerLink - 1 {
                try directory.symbolicLinkAt(name + Array(".link".utf8), target: name)
                let time = nextTime()
                try directory.setTimesAt(name + Array(".link".utf8), accessed: time, modified: time)
            }
        }
    }

    private mutating func writeFile(
        _ name: [UInt8], _ number: Int, isNoise: Bool, in directory: borrowing FileDescriptor
    ) throws {
        var bytes: [UInt8] = []
        if isNoise {
            source.appendNoise(sizes[number], to: &bytes, &generator)
        } else {
            source.appendText(sizes[number], to: &bytes, &generator)
        }
        let file = try directory.openAt(name, [.writeOnly, .create, .exclusive], mode: 0o644)
        try file.write(all: bytes)
        if shape.hasExtendedAttributes {
            try ExtendedAttributes.set(
                Array("user.pastfs.origin".utf8), to: Array("file number \(number)".utf8), at: file)
        }
        if number % 16 == 0 { try file.setPermissions(number % 32 == 0 ? 0o755 : 0o600) }
        let time = nextTime()
        try file.setTimes(accessed: time, modified: time)
        try file.close()
    }

    private mutating func nextTime() -> Timestamp {
        Timestamp(
            seconds: Self.oldest + Int64(generator.number(in: 0...Self.ageSeconds)),
            nanoseconds: UInt32(generator.number(in: 0...999_999_999)))
    }

    /// A number with leading zeros.
    static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
