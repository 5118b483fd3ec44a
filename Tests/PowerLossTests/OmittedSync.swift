import Testing

/// The calls of fsync(2) of one kind, taken out of a log: it is then that of a program that does without them.
struct OmittedSync: Sendable, CustomTestStringConvertible {
    /// The files, or the names, of what lies in this folder of the repository; the repository itself without one. Or the
    /// file of this name that lies in the repository itself; ".." is the directory that the repository lies in.
    let folder: String?
    /// Whether it is the files, rather than the directories.
    let isOfFiles: Bool

    var testDescription: String { "\(isOfFiles ? "files" : "names") in \(folder ?? "the repository itself")" }

    /// Whether this call is one of them.
    func omits(_ change: RecordedChange, of log: RecordedLog) -> Bool {
        guard case .sync(let number) = change, let home = log.homes[number] else { return false }
        guard let first = home.first else { return folder == ".." }
        guard first == Recording.repositoryName else { return false }
        let isFile = !log.directories.contains(number)
        guard isFile == isOfFiles else { return false }
        return home.dropFirst().first == folder
    }
}
