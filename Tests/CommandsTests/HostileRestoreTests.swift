import SystemInterface
import TestSupport
import Testing

/// strace(1) holds calls up, so that what takes a moment otherwise can be met, or has the kernel refuse them.
@Suite(
    "A restore while somebody else works in its directory, or where a file system refuses", .timeLimit(.minutes(20)),
    .enabled(if: Host.effectiveUserID == 0 && (try? FileSystem.exists("/usr/bin/strace")) == true))
struct HostileRestoreTests {
    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS()
    }

    /// Runs a script in a directory with `S`, what is saved, `D`, where it goes to, and the command `traced INJECTION`.
    private func shell(_ script: String) throws -> PastFS.Outcome {
        try pastfs.shell(
            """
            cd '\(pastfs.directory.path)'; S='\(pastfs.source)'; D="$PWD/restored"; mkdir -p "$S"
            # Another user is to get there.
            chmod a+x .
            traced() { strace -f -qq -o /dev/null -e trace="${1%%:*}" -e inject="$1" "${@:2}"; }
            \(script)
            """)
    }

    @Test(
        "gives a further name to what it restored, and not to what stands under its first name by now",
        arguments: [true, false])
    func hardLinks(isThere: Bool) throws {
        let outcome = try shell(
            """
            mkdir -p "$S/a" "$S/b"; echo saved > "$S/a/f"; ln "$S/a/f" "$S/b/g"; ln "$S/a/f" "$S/b/h"
            ln -s saved "$S/a/link"; ln "$S/a/link" "$S/b/link"
            "$PASTFS" backup "$S" >&2 || exit
            mkdir "$D"; [ '\(isThere)' = false ] || cp -a "$S/." "$D"
            old="$(stat -c %i "$D/a/f" 2> /dev/null)"
            # The directory of the further names is made, or joined, late.
            traced mkdirat:delay_exit=3000000 "$PASTFS" restore "latest:$S" --to "$D" --overwrite always & restore=$!
            until new="$(stat -c %i "$D/a/f" 2> /dev/null)" && [ "$new" != "$old" ]; do :; done
            sleep 0.1
            echo EDITED > "$D/a/.new" && mv "$D/a/.new" "$D/a/f"
            wait $restore
            echo "code $?"
            cat "$D/a/f" "$D/b/g" "$D/b/h"
            [ "$(stat -c %i "$D/b/g")" = "$(stat -c %i "$D/b/h")" ] && echo linked
            readlink "$D/b/link"
            """)
        let end = outcome.output.split(separator: "\n").suffix(6)
        #expect(end == ["code 3", "EDITED", "saved", "saved", "linked", "saved"], "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains("b/g: this is a copy and no hard link: a/f is not any more what was restored"))
    }

    @Test(
        "opens to nobody what it puts into a directory that somebody has put in the place of its own",
        arguments: ["", "planted"])
    func directories(planted: String) throws {
        let outcome = try shell(
            """
            mkdir -p "$S/closed"; chmod 700 "$S/closed"; echo TOPSECRET > "$S/closed/secret"; chmod 644 "$S/closed/secret"
            "$PASTFS" backup "$S" >&2 || exit
            mkdir "$D"; chown nobody "$D"
            strace -f -qq -o /dev/null -e trace=mkdirat,utimensat -e inject=mkdirat:delay_exit=3000000 \\
                -e inject=utimensat:delay_exit=400000 "$PASTFS" restore "latest:$S" --to "$D" --overwrite always & restore=$!
            until [ -e "$D/closed" ]; do :; done
            setpriv --reuid nobody --clear-groups bash -c '
                cd "$1" && mv closed aside && mkdir -m 777 new && setfacl -d -m u:nobody:rwx new &&
                { [ -z "$2" ] || touch "new/$2"; } && mv -T new closed
                while [ -e /proc/"$3" ]; do
                    cat closed/secret 2>&- && break
                done' - "$D" '\(planted)' $restore > seen 2>&1
            wait $restore
            echo "code $?"
            cat seen
            ls "$D/closed"
            # What nothing was put into is left as it is.
            [ -n '\(planted)' ] || { stat -c '%U %a' "$D/closed"; getfacl -R -p -n "$D/closed" | grep 'user:[0-9]'; }
            """)
        let wanted = planted.isEmpty ? ["code 0", "secret", "root 700"] : ["code 3", "planted"]
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(
            lines.drop { !$0.hasPrefix("code") }.elementsEqual(wanted), "\(outcome.output)\(outcome.errors)")
    }

    @Test(
        "keeps a file of which something cannot be set, and says so",
        arguments: [
            ("fsetxattr:error=E2BIG", "the extended attribute user.note has no room here"),
            ("fsetxattr:error=ENOSYS", "extended attributes user.* are not restored here"),
            ("fchown:error=EOVERFLOW", "owners are not restored here"),
            ("fchown:error=ENOSYS", "owners are not restored here"),
            ("fchmod:error=ENOSYS", "permissions are not restored here"),
            ("fchmod:error=EPERM", "file: its permissions are not restored"),
            ("utimensat:error=ENOSYS", "times are not restored here"),
        ])
    func refused(injection: String, message: String) throws {
        let outcome = try shell(
            """
            echo one > "$S/file"; echo two > "$S/other"; mkfifo "$S/fifo"; chown 77:77 "$S/file"; chmod 6755 "$S/file"
            setfattr -n user.note -v value "$S/file"
            "$PASTFS" backup "$S" >&2 || exit
            traced \(injection) "$PASTFS" restore "latest:$S" --to "$D"
            echo "code $?"
            cat "$D/file" "$D/other"; test -p "$D/fifo" && echo fifo
            """)
        #expect(outcome.output.hasSuffix("code 3\none\ntwo\nfifo\n"), "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test("has a test say why a file could not be restored, which is no fault of the snapshot")
    func verify() throws {
        let outcome = try shell(
            """
            head -c 8000000 /dev/urandom > "$S/large"; echo small > "$S/small"
            "$PASTFS" backup "$S" >&2 || exit
            traced pwrite64:error=EFBIG:when=1+ "$PASTFS" verify --sample-restore 100%
            echo "code $?"
            """)
        #expect(outcome.output.hasSuffix("code 3\n"), "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains("/large: File too large"), "\(outcome.errors)")
        #expect(outcome.output.contains("restored 1 of 2 files"), "\(outcome.output)")
        #expect(outcome.output.contains("the others are what the snapshot says"), "\(outcome.output)")
    }
}
