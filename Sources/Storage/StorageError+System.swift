import SystemInterface

extension StorageError {
    /// What a failed system call means for an object, in words; `object` is nil for the store or one of its folders.
    package init(_ error: SystemError, _ operation: Operation, _ object: ObjectName?) {
        let (code, words) = Self.meaning(of: error.errno, isObject: object != nil)
        self.init(code, operation, object, reason: "\(words) (\(error.errno.name), \(error.call))")
    }

    private static func meaning(of errno: Errno, isObject: Bool) -> (Code, String) {
        switch errno {
        case .noEntry: (.notFound, isObject ? "there is no such object" : "there is no such directory")
        case .alreadyExists: (.alreadyExists, "there is such an object already")
        case .noSpace: (.noSpace, "the disk is full")
        case .quotaExceeded: (.noSpace, "the user's quota is full")
        case .fileTooLarge: (.tooLarge, "the file system or a limit of the process takes no file of this size")
        case .accessDenied, .notPermitted: (.permissionDenied, "the user may not do this")
        case .readOnlyFileSystem: (.readOnly, "the file system takes no changes")
        case .ioFailure: (.ioFailure, "the disk failed")
        case .notDirectory where isObject: (.ioFailure, "what should be a folder of the store is something else")
        case .notDirectory: (.notADirectory, "it is not a directory")
        case .tooManySymbolicLinks: (.ioFailure, "it is a symbolic link, which a store never follows")
        case .isDirectory: (.ioFailure, "a directory has this name")
        case .invalidArgument, .notSupported, .noSystemCall: (.unsupported, "the file system can't do this")
        default: transientMeaning(of: errno)
        }
    }

    /// Failures of the way to the storage, which may pass, and of the process itself.
    private static func transientMeaning(of errno: Errno) -> (Code, String) {
        switch errno {
        case .staleHandle: (.unreachable, "the file server no longer knows the directory")
        case .timedOut: (.unreachable, "the file server does not answer")
        case .notConnected: (.unreachable, "the file system has been disconnected")
        case .connectionAborted, .connectionReset, .connectionShutDown:
            (.unreachable, "the connection to the file server was lost")
        case .hostDown, .hostUnreachable, .networkDown, .networkUnreachable:
            (.unreachable, "the file server cannot be reached")
        case .noDevice, .noSuchAddress: (.unreachable, "the disk is gone")
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem: (.ioFailure, "too many files are open")
        case .noMemory: (.ioFailure, "there is not enough memory")
        default: (.ioFailure, errno.message)
        }
    }
}
