import CommandLineTools
import FuseMount
import Repository
import Restorer
import Storage
import SystemInterface
import Writer

/// What a process tells its caller by ending. Every code is decided in this file, and scripts rely on them.
struct ExitCode: Hashable, Sendable {
    /// What exit(3) is given.
    let rawValue: Int32

    static let done = ExitCode(rawValue: 0)
    static let failed = ExitCode(rawValue: 1)
    static let usage = ExitCode(rawValue: 2)
    static let problems = ExitCode(rawValue: 3)
    static let noRepository = ExitCode(rawValue: 10)
    static let locked = ExitCode(rawValue: 11)
    static let wrongKey = ExitCode(rawValue: 12)
    static let damage = ExitCode(rawValue: 13)
    static let refused = ExitCode(rawValue: 14)
    static let configuration = ExitCode(rawValue: 15)
    static let unreachable = ExitCode(rawValue: 16)
    static let restoreTestFailed = ExitCode(rawValue: 17)
    static let nothingMatched = ExitCode(rawValue: 18)
    static let rolledBack = ExitCode(rawValue: 19)

    /// `diff --exit-code` and something differs: the code of diff(1) and of git, which scripts ask for by this option.
    static let differs = ExitCode(rawValue: 1)
    /// `diff --exit-code` and whatever is 1 elsewhere: the code of diff(1) for trouble.
    static let comparisonFailed = ExitCode(rawValue: 2)

    /// A process that a signal ended, as shells tell it.
    static func signal(_ signal: Signal) -> ExitCode { ExitCode(rawValue: signal.exitCode) }

    /// What help and manual pages say.
    static let declarations: [ProgramDeclaration.ExitCode] = [
        .init("0", "done"),
        .init("1", "failed; whatever has no code of its own; with `diff --exit-code`, they differ"),
        .init("2", "wrong usage; with `diff --exit-code`, also what is 1 otherwise"),
        .init("3", "done with problems: the snapshot is kept, some items could not be read or restored"),
        .init("10", "no repository at the place"),
        .init("11", "locked or fenced by another process"),
        .init("12", "wrong passphrase, or none"),
        .init("13", "damage found"),
        .init("14", "refused: a hold keeps the snapshot, too much would go, or the key at hand does not allow it"),
        .init("15", "configuration invalid"),
        .init("16", "storage unreachable"),
        .init("17", "a restore test failed"),
        .init("18", "nothing matched: no such snapshot or path"),
        .init("19", "refused: the storage does not show what was there before"),
        .init("128+n", "ended by signal n"),
    ]
}

extension ExitCode {
    /// The code for a failure of the repository.
    init(_ code: RepositoryError.Code) {
        switch code {
        case .noRepository: self = .noRepository
        case .wrongKey: self = .wrongKey
        case .damaged: self = .damage
        case .withheld: self = .rolledBack
        case .keyNotHeld, .held, .refused: self = .refused
        case .fenced: self = .locked
        case .noSuchSnapshot, .noSuchHold, .removed: self = .nothingMatched
        case .cancelled: self = .signal(.interrupt)
        case .storage(let code): self.init(code)
        case .ambiguousSnapshot, .invalidArgument: self = .usage
        case .alreadyExists, .notSaved, .unsupportedVersion, .catalog, .internalFailure: self = .failed
        }
    }

    /// The code for a failure of the storage below a repository that is open.
    init(_ code: StorageError.Code) {
        switch code {
        case .notFound, .outOfRange: self = .damage
        case .unreachable: self = .unreachable
        default: self = .failed
        }
    }

    /// The code for a backup that failed as a whole.
    init(_ code: BackupError.Code) {
        switch code {
        case .sourceMissing, .sourceUnreachable, .streamFailed, .outOfTime: self = .failed
        case .invalidArgument: self = .usage
        case .cancelled: self = .signal(.interrupt)
        case .repository(let code): self.init(code)
        }
    }

    /// The code for a restore that failed as a whole.
    init(_ code: RestoreError.Code) {
        switch code {
        case .noSuchPath: self = .nothingMatched
        case .invalidArgument: self = .usage
        case .destinationNotEmpty, .destination, .notOnDisk: self = .failed
        case .cancelled: self = .signal(.interrupt)
        case .repository(let code): self.init(code)
        }
    }

    /// The code for a mount that did not come about, or did not end as it should.
    init(_ code: MountError.Code) {
        switch code {
        case .invalidOption: self = .usage
        case .notMounted: self = .nothingMatched
        case .noDevice, .mountPointUnusable, .staleMount, .overlap, .notPermitted, .mountFailed, .busy, .auditFailed:
            self = .failed
        }
    }
}
