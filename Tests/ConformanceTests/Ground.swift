import SystemInterface

/// A tree on ext4, read-only, and its snapshot in a mount that others may see: what the tests of conformance compare.
final class Ground: Sendable {
    /// Made once for all tests.
    static let shared: Result<Ground, any Error> = Result { try Ground() }

    /// Where it all lies.
    let site: Site
    /// The tree on ext4.
    var source: FilePath { site.path.appending("disk/tree") }
    /// The same in the newest snapshot.
    var mounted: FilePath { site.mountPoint.appending("latest\(source)") }

    private init() throws {
        site = try Site()
        try site.prepare("\"$SCRIPTS/make-ground.bash\"")
    }

    /// Runs a script on the tree and on its snapshot, named by `$TREE`; `$COPY` is an empty directory for each.
    func onBoth(_ script: String) throws -> (source: Site.Outcome, mounted: Site.Outcome) {
        func run(_ tree: FilePath) throws -> Site.Outcome {
            let whole = """
                COPY=$(mktemp -d "$SITE/copy-XXXXXX")
                trap 'rm -rf -- "$COPY"' EXIT
                cd "$TREE" || exit 99
                \(script)
                """
            return try site.run(whole, ["TREE": "\(tree)"])
        }
        return (source: try run(source), mounted: try run(mounted))
    }

    /// The first lines in which two outputs differ; none when they are the same.
    static func differences(_ source: String, _ mounted: String) -> [String] {
        guard source != mounted else { return [] }
        let (left, right) = (source.split(separator: "\n"), mounted.split(separator: "\n"))
        let changes = zip(left, right).filter { $0 != $1 }.prefix(10).map { "\($0.prefix(300)) ≠ \($1.prefix(300))" }
        return ["\(left.count) lines and \(right.count)"] + changes
    }
}
