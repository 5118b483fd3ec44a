import Compression
import TestSupport
import Testing

/// A frame that must not be decompressed, and what it is said to hold.
struct HostileFrame: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let count: Int

    var testDescription: String { name }

    init(_ name: String, _ frame: Frame, exactly count: Int) {
        self.name = name
        self.bytes = frame.bytes
        self.count = count
    }

    private static let hundred = Frame(contentBytes: 100).repeating(7, 100)

    static let all = [
        HostileFrame("nothing", Frame(contentBytes: nil).removingAll(), exactly: 0),
        HostileFrame("a frame that claims more than is expected", hundred, exactly: 99),
        HostileFrame("a frame that claims less than is expected", hundred, exactly: 101),
        HostileFrame("a bomb that claims four gigabytes", Frame(contentBytes: .max).repeating(0, 100), exactly: 100),
        HostileFrame("a frame that holds less than it claims", Frame(contentBytes: 100).repeating(7, 99), exactly: 100),
        HostileFrame(
            "a frame that holds more than it claims", Frame(contentBytes: 100).repeating(7, 101), exactly: 100),
        HostileFrame(
            "a bomb whose blocks hold more than it claims",
            (0..<999).reduce(Frame(contentBytes: 100)) { frame, _ in frame.repeating(0, 1 << 17, isLast: false) }
                .repeating(0, 1), exactly: 100),
        HostileFrame(
            "an empty frame whose block is not", Frame(contentBytes: 0).repeating(7, 1), exactly: 0),
        HostileFrame(
            "a block of the reserved type", Frame(contentBytes: 1).appending([0x0F, 0, 0, 7]), exactly: 1),
        HostileFrame("a frame without a last block", Frame(contentBytes: 1).repeating(7, 1, isLast: false), exactly: 1),
        HostileFrame("a frame without blocks", Frame(contentBytes: 0), exactly: 0),
        HostileFrame("a byte behind the frame", hundred.appending([0]), exactly: 100),
        HostileFrame("two frames", hundred.appending(hundred.bytes), exactly: 100),
        HostileFrame("two frames that together hold what is expected", hundred.appending(hundred.bytes), exactly: 200),
        HostileFrame(
            "a frame behind an empty one", Frame(contentBytes: 0).raw([]).appending(hundred.bytes), exactly: 100),
        HostileFrame("a skippable frame", skippable(0x184D_2A50), exactly: 0),
        HostileFrame("the last of the skippable frames", skippable(0x184D_2A5F), exactly: 0),
        HostileFrame(
            "a frame behind a skippable one", skippable(0x184D_2A50).appending(hundred.bytes), exactly: 100),
        HostileFrame(
            "a skippable frame behind a frame", hundred.appending(skippable(0x184D_2A50).bytes), exactly: 100),
        HostileFrame(
            "a frame of version 0.7", Frame(magicNumber: 0xFD2F_B527, contentBytes: 1).raw([7]), exactly: 1),
        HostileFrame(
            "a frame that doesn't say how much it holds",
            Frame(descriptor: 0, window: 0x08, contentBytes: nil).raw([7]), exactly: 1),
        HostileFrame(
            "a frame with a reserved bit", Frame(descriptor: 0xA8, contentBytes: 1).raw([7]), exactly: 1),
        HostileFrame(
            "a frame with a dictionary",
            Frame(descriptor: 0xA1, contentBytes: nil).appending([9, 1, 0, 0, 0]).raw([7]), exactly: 1),
        HostileFrame(
            "a frame with a wrong checksum", Frame(descriptor: 0xA4, contentBytes: 1).raw([7]).appending([1, 2, 3, 4]),
            exactly: 1),
        HostileFrame(
            "a window of two terabytes", Frame(descriptor: 0x80, window: 0xFF, contentBytes: 1).raw([7]), exactly: 1),
        HostileFrame(
            "a window of nine mebibytes", Frame(descriptor: 0x80, window: 13 << 3 | 1, contentBytes: 1).raw([7]),
            exactly: 1),
    ]

    /// A skippable frame without data (section 3.1.2).
    private static func skippable(_ magicNumber: UInt32) -> Frame {
        Frame(contentBytes: nil).removingAll().appending(littleEndian(magicNumber, 4) + [0, 0, 0, 0])
    }
}

extension Frame {
    fileprivate func removingAll() -> Frame {
        var frame = self
        frame.bytes = []
        return frame
    }
}

/// Frames made by hand that are right: without them, the hostile ones might be refused for another reason.
struct HandmadeFrame: Sendable {
    let bytes: [UInt8]
    let content: [UInt8]

    static let all = [
        HandmadeFrame(bytes: Frame(contentBytes: 0).raw([]).bytes, content: []),
        HandmadeFrame(bytes: Frame(contentBytes: 1).raw([7]).bytes, content: [7]),
        HandmadeFrame(
            bytes: Frame(contentBytes: 100).repeating(7, 100).bytes, content: [UInt8](repeating: 7, count: 100)),
        HandmadeFrame(
            bytes: Frame(contentBytes: 3).raw([1], isLast: false).repeating(2, 2).bytes, content: [1, 2, 2]),
        HandmadeFrame(
            bytes: Frame(descriptor: 0x80, window: 13 << 3, contentBytes: 1).raw([7]).bytes, content: [7]),
        HandmadeFrame(
            bytes: Frame(descriptor: 0x20, contentBytes: nil).appending([1]).raw([7]).bytes, content: [7]),
        HandmadeFrame(
            bytes: Frame(descriptor: 0x60, contentBytes: nil).appending([1, 0]).repeating(7, 257).bytes,
            content: [UInt8](repeating: 7, count: 257)),
        HandmadeFrame(
            bytes: Frame(descriptor: 0xE0, contentBytes: nil).appending([1, 0, 0, 0, 0, 0, 0, 0]).raw([7]).bytes,
            content: [7]),
    ]
}

@Suite struct HostileFrameTests {
    /// A frame with compressed blocks, and what it holds.
    private static let content = (0..<600).map { UInt8($0 * $0 / 37 % 23) }

    @Test("A frame made by hand is decompressed", arguments: HandmadeFrame.all)
    func handmade(_ frame: HandmadeFrame) throws {
        #expect(try decompressed(frame.bytes, exactly: frame.content.count) == frame.content)
    }

    @Test("A hostile frame is refused", arguments: HostileFrame.all)
    func hostile(_ frame: HostileFrame) {
        #expect(decompressionCode(frame.bytes, exactly: frame.count) == .corrupt)
    }

    @Test(
        "A content over the limit is refused, whatever the frame says",
        arguments: [-1, 256 << 20 | 1, Int.min, Int.max])
    func overLimit(count: Int) {
        let frame = Frame(descriptor: 0xE0, contentBytes: nil)
            .appending((0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }).repeating(0, 100)
        #expect(decompressionCode(frame.bytes, exactly: count) == .tooLarge)
    }

    @Test("A frame that ends early is refused, wherever it ends")
    func truncated() throws {
        let frame = try compressed(Self.content)
        let accepted = (0..<frame.count).filter {
            decompressionCode(Array(frame.prefix($0)), exactly: Self.content.count) != .corrupt
        }
        #expect(accepted.isEmpty)
    }

    @Test("A frame with any bit flipped is refused or gives as many bytes as expected")
    func flipped() throws {
        let frame = try compressed(Self.content)
        var decompressor = try Decompressor()
        var refused = 0
        for bit in 0..<8 * frame.count {
            var damaged = frame
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            do throws(CompressionError) {
                let content = try decompressor.decompress(damaged.span, exactly: Self.content.count)
                #expect(content.count == Self.content.count, "bit \(bit)")
            } catch {
                #expect(error.code == .corrupt, "bit \(bit)")
                refused += 1
            }
            #expect(try decompressor.decompress(frame.span, exactly: Self.content.count) == Self.content, "bit \(bit)")
        }
        #expect(refused > 0)
    }

    @Test("Random bytes behind a right header do no harm", arguments: 0..<200 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let frame = Frame(contentBytes: 5000).appending(generator.bytes(generator.number(in: 0...300)))
        #expect(decompressionCode(frame.bytes, exactly: 5000) == .corrupt, "seed \(seed)")
    }
}
