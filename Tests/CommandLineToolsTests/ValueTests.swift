import CommandLineTools
import Testing

@Suite("Numbers and sizes")
struct ValueTests {
    @Test(
        "A size is a number and a unit",
        arguments: [
            ("0", 0), ("4096", 4096), ("17B", 17), ("1K", 1024), ("1KiB", 1024), ("1kb", 1000), ("256MiB", 268_435_456),
            ("256 MiB", 268_435_456), ("1G", 1_073_741_824), ("2TB", 2_000_000_000_000),
            ("1pib", 1_125_899_906_842_624),
            ("15E", 17_293_822_569_102_704_640), ("18446744073709551615", UInt64.max),
        ] as [(String, UInt64)])
    func sizes(text: String, bytes: UInt64) {
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test(
        "What is not a size, or more than 64 bits, is refused",
        arguments: [
            "", "M", "-1", "+1", "1.5G", "1 ", " 1", "1  M", "1X", "1MM", "1Mi", "1iB", "16E", "18446744073709551616",
            "１", "0x10", "1K\n",
        ])
    func notSizes(text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test(
        "A size is described in the unit that divides it",
        arguments: [
            (0, "0 B"), (1000, "1000 B"), (1024, "1 KiB"), (268_435_456, "256 MiB"), (1 << 60, "1 EiB"),
            (UInt64.max, "18446744073709551615 B"),
        ] as [(UInt64, String)])
    func descriptions(bytes: UInt64, text: String) {
        #expect(ByteSize.describe(bytes) == text)
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test("An option's size is held against its limits")
    func byteSizeOption() throws {
        #expect(try parsed(["put", "x", "--size-limit", "2M"]).byteSize("size-limit", in: 0...(4 << 20)) == 2 << 20)
        #expect(try parsed(["put", "x"]).byteSize("size-limit", in: 0...1) == nil)
        let large = try #require(throws: UsageError.self) {
            try parsed(["put", "x", "--size-limit", "8M"]).byteSize("size-limit", in: 1024...(4 << 20))
        }
        #expect(large.code == .invalidValue)
        #expect(large.message == "--size-limit needs a size from 1 KiB to 4 MiB, not '8M'")
        let text = try #require(throws: UsageError.self) {
            try parsed(["put", "x", "--size-limit", "much"]).byteSize("size-limit", in: 0...1)
        }
        #expect(text.message == "--size-limit needs a size such as 4096, 256MiB or 1G, not 'much'")
    }

    @Test(
        "An option's number is held against its limits",
        arguments: ["0", "11", "1.0", "", "ten", "99999999999999999999"])
    func integerOption(text: String) throws {
        #expect(try parsed(["put", "x", "-c10"]).integer("count-limit", in: 1...10) == 10)
        let error = try #require(throws: UsageError.self) {
            try parsed(["put", "x", "--count-limit=\(text)"]).integer("count-limit", in: 1...10)
        }
        #expect(error.code == .invalidValue)
        #expect(error.message == "--count-limit needs a whole number from 1 to 10, not '\(text)'")
        #expect(error.topic == .command("put"))
    }
}
