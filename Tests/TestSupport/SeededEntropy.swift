import Synchronization
import SystemInterface

/// An entropy source for tests: what it gives depends on its seed and on how often it was asked.
public final class SeededEntropy: EntropySource {
    private let generator: Mutex<SeededGenerator>

    /// A source whose bytes depend on `seed`.
    public init(seed: UInt64) {
        generator = Mutex(SeededGenerator(seed: seed))
    }

    /// The next `count` bytes.
    public func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { $0.bytes(count) }
    }
}
