/// Symbolic links that cannot lead out of the snapshot that holds them (`-o symlinks=inside`).
package enum ContainedLink {
    /// The target that is shown for a link whose directory lies `depth` directories below the snapshot's root.
    ///
    /// An absolute target becomes a relative one that begins at the snapshot's root; a `..` that would leave the snapshot
    /// is left out. A `..` behind a name is resolved with the name, as the name could be a link to the root: then
    /// nothing that is shown climbs higher than the root, whatever links lie on its way (path_resolution(7)).
    package static func target(_ target: [UInt8], depth: Int) -> [UInt8] {
        let isAbsolute = target.first == UInt8(ascii: "/")
        if !isAbsolute, !climbs(target) { return target }
        var ups = isAbsolute ? depth : 0
        var names: [ArraySlice<UInt8>] = []
        for part in target.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual(here) { continue }
            guard part.elementsEqual(up) else {
                names.append(part)
                continue
            }
            if names.popLast() == nil { ups = min(ups + 1, depth) }
        }
        let parts = Array(repeating: up[...], count: ups) + names
        guard !parts.isEmpty else { return here }
        return Array(parts.joined(separator: [UInt8(ascii: "/")]))
    }

    /// Whether a relative target has a `..`.
    private static func climbs(_ target: [UInt8]) -> Bool {
        target.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual(up) }
    }

    private static let here = [UInt8(ascii: ".")]
    private static let up = [UInt8(ascii: "."), UInt8(ascii: ".")]
}
