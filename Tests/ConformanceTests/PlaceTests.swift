import SystemInterface
import Testing

/// Where one is in a mount, who one is, and which inode numbers are met.
@Suite("In a mount", .enabled(if: Site.isPossible), .timeLimit(.minutes(20)))
struct PlaceTests {
    /// Two snapshots: a file changed, one added, one removed, and two directories that are equal.
    private func siteWithTwoSnapshots() throws -> Site {
        let site = try Site()
        try site.prepare(
            #"""
            cd "$SITE"; mkdir -p source/same/below source/first source/second
            for number in $(seq 50); do echo "$number" >"source/same/below/$number"; done
            echo equal | tee source/first/file >source/second/file
            touch -d 2020-01-01 source/first/file source/second/file source/first source/second
            echo old >source/changed; echo gone >source/removed; ln source/changed source/linked
            "$PASTFS" init --kdf-log-n 10; "$PASTFS" backup source
            echo new >source/changed; echo here >source/added; rm source/removed
            next_second; "$PASTFS" backup source
            mkdir unique
            "$PASTFS" mount mount
            "$PASTFS" mount -o ino=unique unique
            """#)
        return site
    }

    private static let names = #"""
        cd "$SITE/mount/snapshots"; names=(*); old=${names[0]}$SITE/source new=${names[1]}$SITE/source
        """#

    @Test("diff -r of two snapshots finds the same with shared inode numbers as with unique ones")
    func differencesStay() throws {
        let site = try siteWithTwoSnapshots()
        let script =
            Self.names + #"""

                for root in mount unique; do
                    cd "$SITE/$root/snapshots"
                    diff -r "$old" "$new" | sed "s|${names[0]}|OLD|g; s|${names[1]}|NEW|g" >"$SITE/diff.$root"
                done
                cmp "$SITE/diff.mount" "$SITE/diff.unique" && cat "$SITE/diff.mount"
                """#
        let outcome = try site.run(script)
        #expect(outcome.code == 0, "\(outcome.errors)")
        for line in ["< old", "> new", ": added", ": removed"] {
            #expect(outcome.output.contains(line), "\(outcome.output)")
        }
        #expect(!outcome.output.contains("same"))
    }

    @Test("unchanged files and directories keep their inode number, and nothing else shares one")
    func inodeNumbers() throws {
        let outcome = try siteWithTwoSnapshots().run(
            Self.names + #"""

                inode() { stat -c %i "$1"; }
                same() { [[ $(inode "$1") == "$(inode "$2")" ]] || echo "differ: $1 $2"; }
                differ() { [[ $(inode "$1") != "$(inode "$2")" ]] || echo "same: $1 $2"; }
                same "$old/same/below/7" "$new/same/below/7"
                same "$old/same/below" "$new/same/below"
                same "$old/changed" "$old/linked"
                differ "$old/changed" "$new/changed"
                differ "$old" "$new"
                differ "${names[0]}" "${names[1]}"
                differ "$old/first" "$old/second"
                differ "$old/first/file" "$old/second/file"
                cd "$SITE/unique/snapshots"
                differ "$old/same/below/7" "$new/same/below/7"
                echo done
                """#)
        #expect(outcome.output == "done\n", "\(outcome.errors)")
    }

    @Test("a working directory stays in its snapshot when the same one is visited in another")
    func workingDirectoryStays() throws {
        let outcome = try siteWithTwoSnapshots().run(
            Self.names + #"""

                cd "$old/same/below" && before=$(readlink /proc/self/cwd)
                ls -lR "../../../../$new" "$SITE/mount/snapshots/$new" "$SITE/mount/latest$SITE" >/dev/null 2>&1
                find "$SITE/mount/hosts" >/dev/null
                [[ $(readlink /proc/self/cwd) == "$before" ]] && cat ../../removed && /bin/pwd -P | grep -c "${names[0]}"
                """#)
        #expect(outcome.output == "gone\n1\n", "\(outcome.errors)")
    }

    @Test("other users see nothing without allow_other")
    func othersSeeNothing() throws {
        let site = try siteWithTwoSnapshots()
        let outcome = try site.run(
            #"""
            chmod 755 "$SITE"
            for user in 1234 65534; do
                setpriv --reuid="$user" --regid="$user" --clear-groups ls "$SITE/mount" 2>&1
                setpriv --reuid="$user" --regid="$user" --clear-groups stat "$SITE/mount/latest" 2>&1
            done
            ls "$SITE/mount" >/dev/null && echo root
            """#)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.last == "root")
        #expect(lines.dropLast().count == 4)
        #expect(lines.dropLast().allSatisfy { $0.hasSuffix("Permission denied") }, "\(outcome.output)")
    }

    @Test("programs with the suid bit and devices do nothing")
    func nothingIsPrivileged() throws {
        let site = try Site()
        let outcome = try site.run(
            #"""
            mkdir "$SITE/source"; cp /usr/bin/id "$SITE/source/id"; chmod 4755 "$SITE/source/id"
            mknod -m 666 "$SITE/source/null" c 1 3
            "$PASTFS" init --kdf-log-n 10 >&2; "$PASTFS" backup "$SITE/source" >&2
            "$PASTFS" mount -o allow_other "$SITE/mount" >&2; chmod 755 "$SITE"
            cd "$SITE/mount/latest$SITE/source"
            stat -c '%a %F' id null
            setpriv --reuid=1234 --regid=1234 --clear-groups ./id -u
            cat null
            """#)
        #expect(outcome.output == "4755 regular file\n666 character special file\n1234\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("cat: null: Permission denied"))
    }
}
