import SystemInterface
import TestSupport
import Testing

@Suite("Randomness")
struct EntropyTests {
    @Test("The kernel gives exactly as many bytes as asked for", arguments: [0, 1, 32, 255, 256, 257, 100_000])
    func count(count: Int) {
        #expect(SystemEntropy().bytes(count).count == count)
    }

    @Test("Two answers differ")
    func answersDiffer() {
        let entropy: any EntropySource = SystemEntropy()
        #expect(entropy.bytes(32) != entropy.bytes(32))
    }

    @Test("Every part of a long answer is filled")
    func everyPartIsFilled() {
        let bytes = SystemEntropy().bytes(64 * 256)
        for start in stride(from: 0, to: bytes.count, by: 256) {
            // The chance that 256 random bytes have fewer than 64 values is nil.
            #expect(Set(bytes[start..<start + 256]).count > 64)
        }
    }

    @Test("The seeded generator is SplitMix64")
    func splitMix64() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<5).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("The same seed gives the same bytes, another seed others")
    func seededEntropy() {
        let first = SeededEntropy(seed: 1)
        let same = SeededEntropy(seed: 1)
        let other = SeededEntropy(seed: 2)
        let bytes = first.bytes(20)
        #expect(bytes.count == 20)
        #expect(same.bytes(20) == bytes)
        #expect(other.bytes(20) != bytes)
        #expect(first.bytes(20) != bytes)
    }
}
