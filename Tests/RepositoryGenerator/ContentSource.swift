import TestSupport

/// Endless bytes of two kinds: text of a limited vocabulary, which zstd halves twice or so, and noise, which it cannot
/// shorten at all.
struct ContentSource {
    private static let vocabularyCount = 4_096
    private static let separators = Array("      \n,.;".utf8)

    private let vocabulary: [[UInt8]]

    /// A source whose vocabulary depends on `generator`.
    init(_ generator: inout SeededGenerator) {
        let letters = Array("etaoinshrdlucmfwypvbgkjqxz".utf8)
        vocabulary = (0..<Self.vocabularyCount).map { _ in
            let length = generator.number(in: 2...10)
            // The minimum of two numbers: frequent letters come first.
            return (0..<length).map { _ in
                letters[min(generator.number(in: 0...25), generator.number(in: 0...25))]
            }
        }
    }

    /// Appends `count` bytes of text; some words are far more frequent than others, as in languages and programs.
    func appendText(_ count: Int, to bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        let end = bytes.count + count
        bytes.reserveCapacity(end + 16)
        while bytes.count < end {
            let number = generator.next()
            let share = UInt64(number & 0xffff)
            let word = Int((share * share) >> 20) & (Self.vocabularyCount - 1)
            bytes.append(contentsOf: vocabulary[word])
            bytes.append(Self.separators[Int((number >> 32) % UInt64(Self.separators.count))])
        }
        bytes.removeLast(bytes.count - end)
    }

    /// Appends `count` bytes of noise.
    func appendNoise(_ count: Int, to bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        bytes.append(contentsOf: generator.bytes(count))
    }
}
