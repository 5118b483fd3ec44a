import SystemInterface

/// How long after the time of its last change the content of a file may still change.
///
/// The first store to a page through a mapping (mmap(2)) sets the file's times. Those that follow set nothing until the
/// kernel has written the page back: it begins with what has been dirty for `vm.dirty_expire_centisecs`, and looks for
/// that every `vm.dirty_writeback_centisecs` (proc_sys_vm(5); 30 and 5 seconds if nobody has set them).
package enum WritebackDelay {
    /// How many seconds that may be on this machine.
    static func seconds() -> Int64 {
        seconds(
            expiry: setting("/proc/sys/vm/dirty_expire_centisecs"),
            interval: setting("/proc/sys/vm/dirty_writeback_centisecs"))
    }

    /// The same for given settings, in hundredths of a second; nil is one that is not known.
    package static func seconds(expiry: Int64?, interval: Int64?) -> Int64 {
        guard let expiry, let interval else { return WriterLimits.writebackSecondsMin }
        // Without an interval nobody looks, and pages are written back when there are too many of them.
        guard interval > 0 else { return WriterLimits.writebackSecondsMax }
        let (sum, overflow) = expiry.addingReportingOverflow(interval)
        guard !overflow else { return WriterLimits.writebackSecondsMax }
        let seconds = sum / 100 + WriterLimits.writebackSecondsSpare
        return min(max(WriterLimits.writebackSecondsMin, seconds), WriterLimits.writebackSecondsMax)
    }

    private static func setting(_ path: FilePath) -> Int64? {
        guard let bytes = try? FileSystem.read(path, atMost: 64) else { return nil }
        return Int64(String(decoding: bytes.filter { $0 > UInt8(ascii: " ") }, as: UTF8.self))
    }
}
