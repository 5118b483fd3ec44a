import SystemInterface

/// The file by which a program says that a directory is its cache ("Cache Directory Tagging Specification", Bryan Ford,
/// bford.info/cachedir).
enum CacheDirectoryTag {
    /// What the file is called.
    static let name = Array("CACHEDIR.TAG".utf8)
    /// What it begins with: whatever is behind it does not matter.
    static let signature = Array("Signature: 8a477f597d28d172789f06886806bc55".utf8)

    /// Whether a directory has the file: a regular one, with the signature.
    static func isValid(in directory: OpenDirectory) -> Bool {
        do throws(SystemError) {
            let file = try directory.descriptor.openAt(
                name, [.readOnly, .noFollow, .nonBlocking, .noControllingTerminal])
            guard try file.status().type == .regular else { return false }
            return try file.pread(signature.count, at: 0) == signature
        } catch {
            return false
        }
    }
}
