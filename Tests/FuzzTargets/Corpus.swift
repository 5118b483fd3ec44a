import SystemInterface
import TestSupport

/// Inputs that are kept as files.
package enum Corpus {
    private static let inputBytesMax = 1 << 20

    /// The inputs in the file or directory at `path`, by their files' names.
    package static func read(_ path: FilePath) throws -> [(name: String, bytes: [UInt8])] {
        guard try FileSystem.status(path).type == .directory else {
            return [(path.description, try FileSystem.read(path, atMost: inputBytesMax))]
        }
        let names = try FileDescriptor.open(path, [.readOnly, .directory]).directoryEntries().map(\.name)
        return try names.sorted { $0.lexicographicallyPrecedes($1) }.map { name in
            (String(decoding: name, as: UTF8.self), try FileSystem.read(path.appending(name), atMost: inputBytesMax))
        }
    }

    /// One of `inputs` with one to four changes, or a splice of two of them.
    package static func mutated(_ inputs: [[UInt8]], using random: inout SeededGenerator) -> [UInt8] {
        guard var bytes = inputs.randomElement(using: &random), let other = inputs.randomElement(using: &random) else {
            return random.bytes(16)
        }
        for _ in 0..<random.number(in: 1...4) {
            let place = random.number(in: 0...bytes.count)
            switch random.number(in: 0...5) {
            case 0: bytes.insert(contentsOf: random.bytes(random.number(in: 1...4)), at: place)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + random.number(in: 1...4)))
            case 2: if place < bytes.count { bytes[place] ^= 1 << UInt8(random.number(in: 0...7)) }
            case 3: if place < bytes.count { bytes[place] = [0, 1, 127, 128, 255][random.number(in: 0...4)] }
            case 4: if place < bytes.count { bytes[place] = random.bytes(1)[0] }
            default: bytes.replaceSubrange(place..., with: other[min(place, other.count)...])
            }
        }
        return bytes
    }
}
