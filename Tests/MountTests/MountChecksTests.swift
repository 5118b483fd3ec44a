import FuseMount
import SnapshotView
import SystemInterface
import Testing
import TestSupport

@Suite("Before mounting")
struct MountChecksTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func code(_ mountPoint: FilePath, avoiding: [FilePath] = []) -> MountError.Code? {
        do {
            _ = try MountChecks.check(mountPoint, avoiding: avoiding, options: MountOptions())
            return nil
        } catch {
            return error.code
        }
    }

    @Test("an empty directory is good, and is given without symbolic links")
    func acceptsAnEmptyDirectory() throws {
        let path = try directory.makeDirectory("mount")
        try directory.directory.symbolicLinkAt(Array("link".utf8), target: Array("mount".utf8))
        let found = try MountChecks.check(
            directory.path.appending("link/."), avoiding: [directory.path.appending("other")], options: MountOptions())
        #expect(found == path)
    }

    @Test("a missing directory, a file and a directory with files are refused")
    func refusesOtherThings() throws {
        try directory.makeDirectory("full/of")
        #expect(code(directory.path.appending("missing")) == .mountPointUnusable)
        #expect(code(try directory.write("file", [])) == .mountPointUnusable)
        #expect(code(directory.path.appending("full")) == .mountPointUnusable)
    }

    @Test("a directory that holds the repository, is it, or lies in it is refused")
    func refusesOverlap() throws {
        let path = try directory.makeDirectory("mount")
        #expect(code(path, avoiding: [path]) == .overlap)
        #expect(code(path, avoiding: [directory.path]) == .overlap)
        #expect(code(path, avoiding: [path.appending("below")]) == .overlap)
        #expect(code(path, avoiding: [directory.path.appending("mountain")]) == nil)
    }

    @Test("what is not a mount of PastFS is not unmounted")
    func unmountsNothingElse() throws {
        let path = directory.path
        #expect { try Unmount.unmount(path) } throws: { ($0 as? MountError)?.code == .notMounted }
        #expect { try Unmount.unmount("/proc") } throws: { ($0 as? MountError)?.code == .notMounted }
    }

    @Test("options of fstab are accepted, ours are read")
    func readsOptions() throws {
        let options = try MountOptions(parsing: [
            "allow_other,ro,_netdev,nofail,x-systemd.automount,comment=a", "cache=1G,ino=unique,threads=3",
        ])
        #expect(options.allowOther)
        #expect(options.cacheBytes == 1 << 30)
        #expect(options.inodeNumbers == .unique)
        #expect(options.threads == 3)
    }

    @Test(
        "options that make no sense are refused",
        arguments: [
            "rw", "cache", "cache=", "cache=1X", "cache=-1", "cache=٣", "threads=0", "threads=+", "ino=both", "ino",
            "allow_other=1", "allow_other=", "suid", "sync", "allow_other,noxattr",
        ])
    func refusesOptions(_ option: String) {
        #expect { try MountOptions(parsing: [option]) } throws: { ($0 as? MountError)?.code == .invalidOption }
    }

    @Test("options say which snapshots are shown, under which names, and whose everything is")
    func readsOptionsOfTheView() throws {
        let options = try MountOptions(parsing: [
            "host=a,host=b,tag=x", "names=gmt,uid=0,gid=12,umask=027,symlinks=inside",
        ])
        #expect(options.filter == SnapshotFilter(hosts: ["a", "b"], tags: ["x"]))
        #expect(options.nameStyle == .gmt)
        #expect(options.presentation == Presentation(userID: 0, groupID: 12, umask: 0o027, symbolicLinks: .inside))
        #expect(try MountOptions(parsing: ["uid=root,gid=root"]).presentation == Presentation(userID: 0, groupID: 0))
        let view = options.viewOptions(userID: 7, groupID: 8, clock: SystemWallClock())
        #expect(view.userID == 0 && view.groupID == 12 && view.filter == options.filter)
        #expect(try MountOptions(parsing: []).viewOptions(userID: 7, groupID: 8, clock: SystemWallClock()).userID == 7)
    }

    @Test(
        "an option of the view that makes no sense is refused, and it is said what does",
        arguments: [
            ("names=iso", "names=utc or names=local or names=gmt"), ("symlinks=outside", "symlinks=stored"),
            ("umask=8", "umask=022"), ("umask=1777", "umask=022"), ("umask=-1", "umask=022"), ("umask=", "umask=MASK"),
            ("uid=nobody-of-this-name", "uid=1000"), ("uid=4294967295", "uid=1000"), ("uid=-1", "uid=1000"),
            ("gid=99999999999", "gid=1000"), ("host", "host=NAME"), ("tag=", "tag=TAG"),
        ])
    func refusesOptionsOfTheView(_ option: String, fix: String) {
        #expect { try MountOptions(parsing: [option]) } throws: { error in
            guard let error = error as? MountError else { return false }
            return error.code == .invalidOption && error.fix?.contains(fix) == true
        }
    }

    @Test("an option without its value says how it is written")
    func saysForm() {
        #expect { try MountOptions(parsing: ["ino="]) } throws: { error in
            let error = error as? MountError
            return error?.why == "ino needs a value" && error?.fix == "write ino=version|unique"
        }
    }

    @Test("every option of the table is known by its own name", arguments: MountOption.all.map(\.name))
    func knowsTable(name: String) {
        // Without its value or with one too many, so that each is refused for its form and none as unknown.
        let wrong = MountOption.all.first { $0.name == name }?.value == MountOption.Value.none ? "\(name)=1" : name
        #expect { try MountOptions(parsing: [wrong]) } throws: { error in
            (error as? MountError)?.why != "no such option"
        }
    }

    @Test("no two options of the table have one name, and all are spelt and explained alike")
    func noDoubles() {
        let names = MountOption.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { name in name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } })
        for option in MountOption.all { #expect(!option.help.isEmpty && !option.help.hasSuffix(".")) }
    }

    @Test("an option that is misspelt gets a suggestion")
    func suggestsOptions() {
        #expect { try MountOptions(parsing: ["alow_other"]) } throws: { error in
            (error as? MountError)?.fix == "did you mean allow_other?"
        }
    }
}
