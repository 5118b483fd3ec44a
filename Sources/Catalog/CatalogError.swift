import CSQLite
import SystemInterface

/// Why the catalog could not do what was asked of it.
///
/// None of these loses data: the catalog mirrors what the repository holds. The answer to `.damaged` is to open the
/// catalog again, which makes it anew; to the others, after a try or two, a catalog in memory.
public struct CatalogError: Error, Hashable, Sendable {
    /// What happened, for programs.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The file does not hold what was stored in it.
        case damaged
        /// Another process holds the file for too long.
        case busy
        /// The disk or the user's quota is full.
        case noSpace
        /// The user may not write the file or its directory.
        case permissionDenied
        /// The disk failed, or something else under the file.
        case ioFailure
        /// There is not enough memory.
        case outOfMemory
        /// The caller gave a record that the catalog can't hold.
        case invalidRecord
    }

    /// What happened.
    public let code: Code
    /// SQLite's name for it, as "SQLITE_CORRUPT", or the system's, as "ENOSPC"; empty for neither.
    public let resultName: String
    /// What was being done, on what, and why it failed.
    public let message: String

    /// An error of the catalog.
    public init(_ code: Code, resultName: String = "", message: String) {
        self.code = code
        self.resultName = resultName
        self.message = message
    }
}

extension CatalogError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        resultName.isEmpty ? "catalog: \(message)" : "catalog: \(message) (\(resultName))"
    }
}

extension CatalogError {
    /// What the file says about itself can't be true.
    static func damaged(_ message: String) -> CatalogError {
        CatalogError(.damaged, message: message)
    }

    /// A failed call of the system while doing `action`.
    init(_ error: SystemError, _ action: String) {
        self.init(Self.code(of: error.errno), resultName: error.errno.name, message: "\(action): \(error)")
    }

    /// An extended result code of SQLite, got while doing `action` (https://www.sqlite.org/rescode.html).
    init(result: Int32, message: String, _ action: String) {
        self.init(
            Self.code(ofResult: result), resultName: Self.name(ofResult: result), message: "\(action): \(message)")
    }

    private static func code(of errno: Errno) -> Code {
        switch errno {
        case .noSpace, .quotaExceeded: .noSpace
        case .accessDenied, .notPermitted, .readOnlyFileSystem: .permissionDenied
        case .noMemory: .outOfMemory
        default: .ioFailure
        }
    }

    private static func code(ofResult result: Int32) -> Code {
        switch result & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy
        case SQLITE_FULL: .noSpace
        case SQLITE_PERM, SQLITE_AUTH, SQLITE_READONLY: .permissionDenied
        case SQLITE_IOERR: result == corruptFileSystem ? .damaged : .ioFailure
        case SQLITE_CANTOPEN, SQLITE_INTERRUPT, SQLITE_NOLFS: .ioFailure
        case SQLITE_NOMEM: .outOfMemory
        // A table that is missing, a value of another type, a number that overflows: all of it is fixed SQL on a file
        // whose schema was right when it was opened, so that the file is at fault.
        default: .damaged
        }
    }

    /// SQLITE_IOERR_CORRUPTFS, a macro that Swift does not import.
    private static let corruptFileSystem = SQLITE_IOERR | 33 << 8

    private static func name(ofResult result: Int32) -> String {
        let primary = Int(result & 0xFF)
        let name = primary < primaryNames.count ? primaryNames[primary] : "SQLITE_ERROR"
        return result == result & 0xFF ? name : "\(name), extended \(result)"
    }

    private static let primaryNames = [
        "SQLITE_OK", "SQLITE_ERROR", "SQLITE_INTERNAL", "SQLITE_PERM", "SQLITE_ABORT", "SQLITE_BUSY", "SQLITE_LOCKED",
        "SQLITE_NOMEM", "SQLITE_READONLY", "SQLITE_INTERRUPT", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTFOUND",
        "SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_PROTOCOL", "SQLITE_EMPTY", "SQLITE_SCHEMA", "SQLITE_TOOBIG",
        "SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_MISUSE", "SQLITE_NOLFS", "SQLITE_AUTH", "SQLITE_FORMAT",
        "SQLITE_RANGE", "SQLITE_NOTADB",
    ]
}
