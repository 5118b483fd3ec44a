import SystemInterface
import Testing

@Suite("The mount table")
struct MountTableTests {
    @Test("The root and /proc are mounted")
    func real() throws {
        let entries = try MountTable.entries()
        #expect(entries.contains { $0.mountPoint == "/" })
        let proc = try #require(entries.first { $0.mountPoint == "/proc" })
        #expect(proc.fileSystemType == "proc")
        #expect(proc.device.packed == (try FileStatus(at: "/proc").device))
    }

    @Test("A path belongs to the deepest mount above it")
    func holding() throws {
        #expect(try MountTable.entry(holding: "/proc/self/status")?.mountPoint == "/proc")
        #expect(try MountTable.entry(holding: "/proc")?.mountPoint == "/proc")
        #expect(try MountTable.entry(holding: "/procession")?.mountPoint == "/")
    }

    @Test("Optional fields, escapes and odd devices are understood")
    func fields() throws {
        let table = """
            36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
            37 35 0:52 / /a\\040b\\011c\\012d\\134e rw - fuse.pastfs past\\043fs ro
            38 35 259:1048575 / /three rw shared:1 master:2 propagate_from:3 - tmpfs none rw

            """
        let entries = try #require(MountTable.parse(Array(table.utf8)))
        #expect(entries.count == 3)
        #expect(entries[0].mountPoint == "/mnt2")
        #expect(entries[0].root == "/mnt1")
        #expect(entries[0].fileSystemType == "ext3")
        #expect(entries[0].source == "/dev/root")
        #expect(entries[0].device == DeviceNumber(major: 98, minor: 0))
        #expect(entries[0].options == ["rw", "noatime"])
        #expect(entries[1].mountPoint == "/a b\tc\nd\\e")
        #expect(entries[1].source == "past#fs")
        #expect(entries[1].fileSystemType == "fuse.pastfs")
        #expect(entries[2].device == DeviceNumber(major: 259, minor: 1_048_575))
    }

    @Test("Mount points that are not text keep their bytes")
    func strangeBytes() throws {
        let line = Array("36 35 0:1 / /".utf8) + [0xFF] + Array(" rw - tmpfs none rw\n".utf8)
        #expect(try #require(MountTable.parse(line)).map(\.mountPoint.bytes) == [[0x2F, 0xFF]])
    }

    @Test(
        "A line of another form is refused",
        arguments: [
            "36", "36 35 98:0 / /mnt rw - ext3", "36 35 980 / /mnt rw - ext3 /dev/root rw",
            "36 35 98:x / /mnt rw - ext3 /dev/root rw", "36 35 98:0 / /mnt rw master:1 ext3 /dev/root rw",
            "36 35 98:0 / /mnt rw master:1 shared:2 x -",
        ])
    func otherForms(line: String) {
        #expect(MountTable.parse(Array(line.utf8)) == nil)
    }

    @Test("An empty table has no entries")
    func empty() {
        #expect(MountTable.parse([]) == [])
    }

    @Test("A backslash without three octal digits stands for itself")
    func loneBackslash() throws {
        let line = "36 35 0:1 / /a\\9b\\04 rw - tmpfs none rw"
        #expect(try #require(MountTable.parse(Array(line.utf8))).map(\.mountPoint) == ["/a\\9b\\04"])
    }
}
