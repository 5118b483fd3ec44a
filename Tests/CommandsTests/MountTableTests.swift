import Commands
import FuseMount
import SystemInterface
import Testing

@Suite("A mount that mount(8) asks for")
struct MountTableTests {
    private static let helper = "mount.fuse.pastfs"

    /// A repository with a snapshot, a mount point and a file with the passphrase.
    private struct Place {
        let pastfs: PastFS
        let point: FilePath
        let key: FilePath

        init() throws {
            pastfs = try PastFS.withSnapshot()
            point = try pastfs.directory.makeDirectory("mount")
            key = try pastfs.directory.write("key", Array(PastFS.passphrase.utf8))
        }

        var isMounted: Bool {
            get throws { try FileSystem.exists(point.appending("latest\(pastfs.source)/hello")) }
        }

        func unmount() throws { #expect(try pastfs.run(["umount", point.description]).code == 0) }
    }

    @Test(
        "is served under the helper's name and under the program's own",
        .enabled(if: MountTests.canMount), arguments: [helper, "pastfs"])
    func mounts(name: String) throws {
        let place = try Place()
        let options = "rw,passphrase_file=\(place.key),cache=64M,nofail,dev,suid,_netdev,x-systemd.automount"
        let outcome = try place.pastfs.run(
            as: name, [place.pastfs.repository.description, place.point.description, "-o", options])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try place.isMounted)
        try place.unmount()
    }

    @Test("takes every option of a helper, in any order", .enabled(if: MountTests.canMount))
    func takesOptions() throws {
        let place = try Place()
        let words = ["-sv", "-N", "/proc/self/ns/mnt", place.pastfs.repository.description, "-t", "fuse.pastfs"]
        let outcome = try place.pastfs.run(
            as: Self.helper, words + ["-n", "-o", "passphrase_file=\(place.key)", place.point.description, "-oexotic"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        try place.unmount()
    }

    @Test("for a try checks, and mounts nothing", .enabled(if: MountTests.canMount))
    func fakes() throws {
        let place = try Place()
        let form = [place.pastfs.repository.description, place.point.description, "-f"]
        #expect(try place.pastfs.run(as: Self.helper, form).code == 0)
        #expect(try !place.isMounted)
        #expect(try place.pastfs.run(as: Self.helper, form + ["-o", "exotic"]).code == 1)
    }

    @Test(
        "that cannot be ends with a code of mount(8)", .enabled(if: MountTests.canMount),
        arguments: [
            (["-o", "chache=1G"], Int32(1), "did you mean cache?"), (["-x"], 1, "-x"), (["third"], 1, "a source"),
            (["-o"], 1, "-o needs a value"), (["-o", "passphrase_file=/nowhere"], 32, "/nowhere"),
        ])
    func refuses(words: [String], code: Int32, message: String) throws {
        let place = try Place()
        let outcome = try place.pastfs.run(
            as: Self.helper, [place.pastfs.repository.description, place.point.description] + words)
        #expect(outcome.code == code && outcome.errors.contains(message), "\(outcome.errors)")
        #expect(try !place.isMounted)
    }

    @Test("shows in the command's help and manual page, every option of it", arguments: MountOption.all.map(\.usage))
    func shows(usage: String) throws {
        let pastfs = try PastFS(isReady: false)
        // Both break lines only at spaces.
        let name = usage.prefix { $0 != "=" }
        #expect(try pastfs.run(["help", "mount"]).output.contains("\n  \(name)"))
        #expect(try pastfs.run(["man", "mount"]).output.contains("\\fB\(name.replacing("-", with: "\\-"))"))
        #expect(try pastfs.run(["completion", "bash"]).output.contains("'\(name)"))
    }

    @Test("stands in a table of the documentation with every option of it", arguments: MountOption.all.map(\.name))
    func documents(name: String) throws {
        let documentation = FilePath(#filePath).parent.parent.parent.appending("docs")
        let tables = ["cli.md", "mount.md"].compactMap { page in
            (try? FileSystem.read(documentation.appending(page), atMost: 1 << 20)).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        let rows = tables.joined(separator: "\n").split(separator: "\n").filter { $0.hasPrefix("| `") }
        let first = rows.compactMap { $0.split(separator: "|").first }
        #expect(first.contains { $0.contains("`\(name)`") || $0.contains("`\(name)=") })
    }
}
