import Commands
import SystemInterface
import Testing

@Suite("Text for people")
struct TextTests {
    @Test(
        "shows sizes in three digits and a unit",
        arguments: [
            (UInt64(0), "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (12_595, "12.3 KiB"), (1_048_575, "1.00 MiB"),
            (999 << 20, "999 MiB"), (.max, "16.0 EiB"),
        ])
    func sizes(bytes: UInt64, text: String) {
        #expect(AmountText.bytes(bytes) == text)
    }

    @Test("shows times", arguments: [(0.04, "0.0 s"), (59.94, "59.9 s"), (61, "1 min 1 s"), (7_500, "2 h 5 min")])
    func durations(seconds: Double, text: String) {
        #expect(AmountText.duration(seconds: seconds) == text)
    }

    @Test("shows moments before 1970, to the nanosecond")
    func moments() {
        let moment = Timestamp(seconds: -1, nanoseconds: 5)
        #expect(TimeText.full(moment) == "1969-12-31T23:59:59.000000005Z")
        #expect(TimeText.short(moment) == "1969-12-31 23:59:59")
    }

    @Test(
        "has no control characters",
        arguments: [
            ("plain é", "plain é"), ("a\u{1B}[31m", "a\\x1b[31m"), ("a\nb", "a\\x0ab"), ("\u{202E}", "\\xe2\\x80\\xae"),
        ])
    func printable(text: String, shown: String) {
        #expect(Printable.line(text) == shown)
    }
}
