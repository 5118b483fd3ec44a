import Coding

/// A change of a part of some bytes, as an input describes it.
///
/// libFuzzer's own mutations change the descriptions, so that it reaches any byte of what is sealed with a few of its own,
/// and keeps what it found in inputs of a few bytes.
struct Edit {
    private enum Kind: Int, CaseIterable {
        case overwrite, insert, delete, number, flip, cut, name, replace, repeated, add
    }

    /// Which of several objects it is for.
    let object: Int
    private let kind: Kind
    private let place: Int
    private let count: Int
    private let number: UInt64
    private let bytes: [UInt8]

    init(_ input: inout FuzzInput) {
        object = Int(input.byte())
        let all = Kind.allCases
        kind = all[input.choice(all.count)]
        place = input.short()
        var (count, number, bytes) = (0, UInt64(0), [UInt8]())
        switch kind {
        case .overwrite, .insert: bytes = input.shortBytes()
        case .delete, .cut, .name: count = input.short()
        case .number, .add: number = input.number()
        case .flip: count = input.choice(8)
        case .replace: bytes = input.bytes(input.short())
        case .repeated:
            count = Int(input.byte())
            number = UInt64(input.byte())
        }
        (self.count, self.number, self.bytes) = (count, number, bytes)
    }

    /// The most bytes that edits make of an object.
    private static let bytesMax = 1 << 20

    /// Changes `target`; `names` are 32 bytes each that mean something to whoever reads it.
    func apply(to target: inout [UInt8], names: [Bytes32]) {
        let start = place % (target.count + 1)
        switch kind {
        case .overwrite:
            let end = min(target.count, start + bytes.count)
            target.replaceSubrange(start..<end, with: bytes)
        case .insert: target.insert(contentsOf: bytes, at: start)
        case .delete: target.removeSubrange(start..<min(target.count, start + count))
        case .number: replaceNumber(at: start, in: &target)
        case .flip: if start < target.count { target[start] ^= 1 << UInt8(count) }
        case .cut: target.removeSubrange(start...)
        case .name:
            guard !names.isEmpty, start + Bytes32.count <= target.count else { return }
            target.replaceSubrange(start..<start + Bytes32.count, with: names[count % names.count].bytes)
        case .replace: target = bytes
        case .repeated:
            let part = target[start..<min(target.count, start + count)]
            for _ in 0..<number where target.count < Self.bytesMax { target.insert(contentsOf: part, at: start) }
        case .add: if start < target.count { target[start] &+= UInt8(truncatingIfNeeded: number) }
        }
    }

    /// Puts a varint in the place of one.
    private func replaceNumber(at start: Int, in target: inout [UInt8]) {
        let last = target[start...].prefix(10).firstIndex { $0 < 0x80 } ?? min(target.count, start + 10) - 1
        var writer = ByteWriter()
        writer.varint(number)
        target.replaceSubrange(start..<max(start, last + 1), with: writer.bytes)
    }
}
