import Storage
import SystemInterface
import Testing

@Suite("What a failed system call means")
struct SystemErrorMappingTests {
    @Test(
        "Each error has the code that calls for the right answer",
        arguments: [
            (Errno.noEntry, StorageError.Code.notFound), (.noSpace, .noSpace), (.quotaExceeded, .noSpace),
            (.accessDenied, .permissionDenied), (.notPermitted, .permissionDenied), (.readOnlyFileSystem, .readOnly),
            (.ioFailure, .ioFailure), (.staleHandle, .unreachable), (.timedOut, .unreachable),
            (.notConnected, .unreachable), (.fileTooLarge, .tooLarge), (.tooManySymbolicLinks, .ioFailure),
            (.notSupported, .unsupported), (.tooManyOpenFiles, .ioFailure), (.notDirectory, .ioFailure),
            (.badDescriptor, .ioFailure), (.connectionAborted, .unreachable), (.connectionReset, .unreachable),
            (.connectionShutDown, .unreachable), (.hostDown, .unreachable), (.hostUnreachable, .unreachable),
            (.networkDown, .unreachable), (.networkUnreachable, .unreachable),
        ])
    func codes(errno: Errno, code: StorageError.Code) {
        let error = StorageError(SystemError(call: "write", errno: errno), .create, .format)
        #expect(error.code == code)
        #expect(error.object == .format)
        #expect(error.description.contains("(\(errno.name), write)"))
        #expect(error.description.hasPrefix("cannot create format: "))
    }
}
