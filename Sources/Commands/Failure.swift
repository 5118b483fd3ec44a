import CommandLineTools
import FuseMount
import Repository
import Restorer
import Storage
import SystemInterface
import Writer

/// An error as a person meets it: what failed, why, and what to do.
struct Failure: Error, Sendable {
    /// What the process ends with.
    let exitCode: ExitCode
    /// What failed, beginning with "cannot".
    let what: String
    /// Why.
    let why: String
    /// What to do, where something is known to help.
    let fix: String?

    init(_ exitCode: ExitCode, _ what: String, why: String, fix: String? = nil) {
        self.exitCode = exitCode
        self.what = what
        self.why = why
        self.fix = fix
    }

    /// The same failure with another code.
    func with(_ exitCode: ExitCode) -> Failure {
        Failure(exitCode, what, why: why, fix: fix)
    }

    /// A failure of `what` by an error of any layer below.
    init(_ what: String, _ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as UsageError: self.init(error)
        case let error as RepositoryError: self.init(what, error)
        case let error as StorageError:
            self.init(ExitCode(error.code), what, why: error.description, fix: Self.fix(error.code))
        case let error as BackupError:
            self.init(ExitCode(error.code), what, why: error.description, fix: Self.fix(error.code))
        case let error as RestoreError:
            self.init(ExitCode(error.code), what, why: error.description, fix: Self.fix(error.code))
        case let error as MountError: self.init(ExitCode(error.code), error.what, why: error.why, fix: error.fix)
        case let error as SystemError: self.init(.failed, what, why: error.description)
        default: self.init(.failed, what, why: "\(error)")
        }
    }

    /// A command line that was not understood.
    init(_ error: UsageError) {
        self.init(
            .usage, "the command line is not understood", why: error.message,
            fix: error.advice(for: PastFSProgram.declaration))
    }

    private init(_ what: String, _ error: RepositoryError) {
        self.init(
            ExitCode(error.code), what, why: error.description,
            fix: Self.isKey(error) ? Self.replaceKey : Self.fix(error.code))
    }

    /// Whether what is missing or damaged is what everything else is opened with.
    private static func isKey(_ error: RepositoryError) -> Bool {
        switch error.code {
        case .damaged, .storage(.notFound), .storage(.outOfRange): break
        // A disk that fails, or takes nothing more, may do so while `init` makes it.
        default: return false
        }
        guard let object = error.object else { return false }
        return object == "format" || object.split(separator: "/").first == "keys"
    }

    private static let replaceKey = "put this object back from a copy of the repository: nothing opens without it"
}

// MARK: - What helps

extension Failure {
    private static func fix(_ code: RepositoryError.Code) -> String? {
        switch code {
        case .noRepository: "check the path, or create a repository there with `pastfs init`"
        case .wrongKey: "check the passphrase, and that it is the one of this repository"
        case .damaged, .storage(.notFound), .storage(.outOfRange):
            "`pastfs check --read-data` shows what is affected; keep the repository as it is until you know"
        case .notSaved: "see whether another snapshot has it; `pastfs snapshots` lists them"
        case .withheld: "keep the storage as it is; `pastfs check` shows what is missing"
        case .fenced: "run it again: what it has stored is reused"
        case .refused: "`pastfs prune --dry-run` shows what would go; if that is right, --confirm does it"
        case .keyNotHeld: "use a key whose role allows this"
        case .unsupportedVersion: "use a newer version of pastfs"
        case .held: "`pastfs hold list` shows who holds it, and why"
        case .noSuchHold: "`pastfs hold list` lists them"
        case .noSuchSnapshot, .ambiguousSnapshot, .removed: "`pastfs snapshots` lists them"
        case .storage(let code): fix(code)
        case .catalog: "give another directory with --cache-directory"
        case .alreadyExists, .invalidArgument, .cancelled, .internalFailure: nil
        }
    }

    private static func fix(_ code: StorageError.Code) -> String? {
        switch code {
        case .noSpace:
            "free some space there, or forget snapshots and prune, which a full disk allows; what is stored is not affected"
        case .permissionDenied: "check who owns the repository, and run as that user"
        case .readOnly: "mount the storage writable"
        case .unreachable: "see that the storage is there, and try again"
        case .ioFailure: "look at the system's log: the disk may be failing"
        case .unsupported: "put the repository on another file system"
        default: nil
        }
    }

    private static func fix(_ code: BackupError.Code) -> String? {
        switch code {
        case .sourceMissing, .sourceUnreachable: "check the path"
        case .outOfTime:
            "what was stored is not stored again; with --on-timeout partial the next run goes on from there"
        case .repository(let code): fix(code)
        case .invalidArgument, .cancelled, .streamFailed: nil
        }
    }

    private static func fix(_ code: RestoreError.Code) -> String? {
        switch code {
        case .noSuchPath: "`pastfs ls SNAPSHOT:PATH` shows what is there"
        case .destinationNotEmpty: "restore into an empty directory, or say with --overwrite what is to be replaced"
        case .destination: "check the destination: whether it is writable and has space"
        case .notOnDisk:
            "look at the system's log: the disk may be full or failing; then restore again with --overwrite if-changed, "
                + "which compares the contents"
        case .repository(let code): fix(code)
        case .invalidArgument, .cancelled: nil
        }
    }
}

/// Runs `body`; whatever it throws comes out as a `Failure` of `what`.
func attempting<Value>(_ what: String, _ body: () throws -> Value) throws(Failure) -> Value {
    do {
        return try body()
    } catch {
        throw Failure(what, error)
    }
}
