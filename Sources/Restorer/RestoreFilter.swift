import PathRules
import Repository
import SystemInterface

/// Says which entries of a snapshot are restored.
struct RestoreFilter: Sendable {
    /// What becomes of an entry.
    enum Verdict {
        /// It is restored; a directory with all that no pattern leaves out.
        case restored
        /// A directory that is restored if something in it is.
        case passed
        /// It is as if the snapshot did not have it, and what stands there in the destination stays.
        case leftOut
    }

    private let includes: ExcludeRules
    private let excludes: ExcludeRules
    private let sourceDepth: Int

    /// Patterns for what lies in a directory that so many names lead to.
    init(_ options: RestoreOptions, sourceDepth: Int) throws(PatternError) {
        includes = try ExcludeRules(options.includes)
        excludes = try ExcludeRules(options.excludes)
        self.sourceDepth = sourceDepth
    }

    /// Whether everything below the directory that is restored is, as far as nothing leaves it out.
    var includesAll: Bool { includes.isEmpty }

    /// Whether something at `path` that the snapshot does not have may be removed: it would be restored if it had.
    func mayDelete(_ path: PathBuffer, isDirectory: Bool, isInIncluded: Bool) -> Bool {
        verdict(path, isDirectory: isDirectory, isInIncluded: isInIncluded) == .restored
    }

    /// What becomes of the entry at `path`, which lies in a directory that is restored, or is passed through.
    func verdict(_ path: PathBuffer, isDirectory: Bool, isInIncluded: Bool) -> Verdict {
        if !excludes.isEmpty, excludes.excludes(path, sourceDepth: sourceDepth, isDirectory: isDirectory) {
            return .leftOut
        }
        if isInIncluded || includes.excludes(path, sourceDepth: sourceDepth, isDirectory: isDirectory) {
            return .restored
        }
        return isDirectory ? .passed : .leftOut
    }
}
