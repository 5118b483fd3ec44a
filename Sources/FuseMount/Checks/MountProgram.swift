import SystemInterface

/// fusermount3(1), which mounts and unmounts for users other than root.
enum MountProgram {
    /// Where it lies, or nil.
    static func path() -> FilePath? {
        let folders = (Environment.value("PATH") ?? "").split(separator: ":").map { FilePath(String($0)) }
        return (folders + ["/usr/bin", "/bin"]).map { $0.appending("fusermount3") }
            .first { (try? FileSystem.exists($0)) ?? false }
    }
}
