import SystemInterface
import Testing

@Suite("Programs on a mount", .enabled(if: Site.isPossible), .timeLimit(.minutes(20)))
struct ToolTests {
    /// The parts of the tree that are copied: all but the very many and the very large.
    private static let parts =
        "attributes contents databases deep holes kinds links names nothing permissions times work"

    @Test("see what they see on the source", arguments: Tool.all)
    func sameOutput(_ tool: Tool) throws {
        let (source, mounted) = try Ground.shared.get().onBoth(tool.script)
        #expect(!source.output.isEmpty, "\(source.errors)")
        #expect(Ground.differences(source.output, mounted.output) == [])
        #expect(Ground.differences(source.errors, mounted.errors) == [])
        #expect(source.code == mounted.code)
    }

    /// A copy of the mount must be the source, in everything that compare-trees knows.
    private func copy(_ script: String, parts: String) throws {
        let ground = try Ground.shared.get()
        let compare = #"for part in $PARTS; do "$COMPARE" "$SITE/disk/tree/$part" "$COPY/$part" || exit 1; done"#
        let outcome = try ground.onBoth("PARTS='\(parts)'\n\(script)\n\(compare)").mounted
        #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
        let compared = outcome.output.split(separator: "\n").filter { $0.hasSuffix("0 differences, 0 errors") }.count
        #expect(compared == parts.split(separator: " ").count)
    }

    @Test("cp -a copies all")
    func archive() throws {
        try copy(#"cp -a $PARTS "$COPY""#, parts: Self.parts)
    }

    @Test("rsync -aHAX copies all, and then has nothing to do")
    func synchronize() throws {
        let script = #"""
            rsync -aHAX $PARTS "$COPY/" || exit 1
            again=$(rsync -aHAXnci $PARTS "$COPY/") || exit 1
            test -z "$again" || { echo "$again" >&2; exit 1; }
            """#
        try copy(script, parts: Self.parts)
    }

    @Test("tar with attributes and lists copies all that it can")
    func tapeArchive() throws {
        // No sockets and no links of pipes: tar knows neither.
        let parts = Self.parts.split(separator: " ").filter { !["kinds", "links"].contains($0) }.joined(separator: " ")
        let script = #"""
            options=(--xattrs --xattrs-include='*' --acls --sparse --numeric-owner --format=posix)
            tar "${options[@]}" -cf - $PARTS | tar "${options[@]}" -xpf - -C "$COPY"
            """#
        try copy(script, parts: parts)
    }

    @Test("diff -r and cmp find no difference between the source and the mount")
    func compareDirectly() throws {
        let script = #"""
            for part in contents databases deep holes names work sums; do
                diff -r --no-dereference "$SITE/disk/tree/$part" "$part" || exit 1
            done
            for file in contents/* holes/*; do cmp "$SITE/disk/tree/$file" "$file" || exit 1; done
            echo same
            """#
        let outcome = try Ground.shared.get().onBoth(script).mounted
        #expect(outcome.output == "same\n", "\(outcome.output) \(outcome.errors)")
    }

    @Test("a copy that was changed is noticed by the comparison that these tests rely on")
    func comparisonCanFail() throws {
        let script = #"""
            cp -a contents "$COPY" && printf x | dd of="$COPY/contents/large" bs=1 seek=7000 conv=notrunc status=none
            "$COMPARE" contents "$COPY/contents"
            """#
        #expect(try Ground.shared.get().onBoth(script).mounted.code == 1)
    }
}
