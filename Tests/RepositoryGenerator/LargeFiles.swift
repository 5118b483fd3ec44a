import SystemInterface
import TestSupport

/// A few large files, of which zstd makes about half: blocks of text and, one in six, of noise.
struct LargeFiles {
    private static let blockBytes = 64 << 10
    private static let blocksPerNoise: UInt64 = 6
    private static let writeBytes = 4 << 20

    private let count: Int
    private let bytes: Int
    private var generator: SeededGenerator
    private let source: ContentSource

    /// `count` files that have `bytes` bytes together.
    init(count: Int, bytes: Int, seed: UInt64) {
        self.count = count
        self.bytes = bytes
        generator = SeededGenerator(seed: seed)
        source = ContentSource(&generator)
    }

    /// Writes them to `root`, which must not be there yet.
    mutating func write(to root: FilePath) throws {
        try FileSystem.makeDirectory(root)
        for number in 0..<count {
            let file = try FileDescriptor.open(
                root.appending("large-\(GeneratedTree.padded(number, 3))"), [.writeOnly, .create, .exclusive])
            try write(bytes / count, to: file)
            try file.close()
        }
    }

    private mutating func write(_ size: Int, to file: borrowing FileDescriptor) throws {
        var buffer: [UInt8] = []
        var left = size
        while left > 0 {
            let count = min(left, Self.blockBytes)
            if generator.next() % Self.blocksPerNoise == 0 {
                source.appendNoise(count, to: &buffer, &generator)
            } else {
                source.appendText(count, to: &buffer, &generator)
            }
            left -= count
            if buffer.count >= Self.writeBytes || left == 0 {
                try file.write(all: buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
    }
}
