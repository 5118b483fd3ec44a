import Glibc
import SystemInterface
import Testing

@Suite("Errors of the system")
struct ErrnoTests {
    private static let known: [(Errno, Int32, String)] = [
        (.noEntry, ENOENT, "ENOENT"), (.accessDenied, EACCES, "EACCES"), (.alreadyExists, EEXIST, "EEXIST"),
        (.noSpace, ENOSPC, "ENOSPC"), (.ioFailure, EIO, "EIO"), (.interrupted, EINTR, "EINTR"),
        (.quotaExceeded, EDQUOT, "EDQUOT"), (.notConnected, ENOTCONN, "ENOTCONN"), (.noData, ENODATA, "ENODATA"),
        (.readOnlyFileSystem, EROFS, "EROFS"), (.otherDevice, EXDEV, "EXDEV"), (.fileTooLarge, EFBIG, "EFBIG"),
        (.tooManySymbolicLinks, ELOOP, "ELOOP"), (.wouldBlock, EAGAIN, "EAGAIN"), (.staleHandle, ESTALE, "ESTALE"),
        (.needsCleaning, EUCLEAN, "EUCLEAN"), (.badMessage, EBADMSG, "EBADMSG"),
    ]

    @Test("Numbers and C names are the system's", arguments: known)
    func names(error: Errno, number: Int32, name: String) {
        #expect(error.rawValue == number)
        #expect(error.name == name)
    }

    @Test("ENOTSUP is EOPNOTSUPP")
    func notSupported() {
        #expect(Errno.notSupported.rawValue == EOPNOTSUPP)
    }

    @Test("The message is in words")
    func message() {
        #expect(Errno.noEntry.message == "No such file or directory")
        #expect(Errno.noEntry.description == "No such file or directory (ENOENT)")
    }

    @Test("An unknown number has a name and a message too")
    func unknownNumber() {
        #expect(Errno(rawValue: 4095).name == "errno 4095")
        #expect(Errno(rawValue: 4095).message == "Unknown error 4095")
    }

    @Test("A failed call tells path, reason and its own name")
    func systemError() {
        let error = SystemError(call: "openat", path: "/a\nb", errno: .noEntry)
        #expect(error.description == "/a\\nb: No such file or directory (ENOENT, openat)")
        #expect(SystemError(call: "fsync", errno: .ioFailure).description == "Input/output error (EIO, fsync)")
        #expect(error.at("/c") == SystemError(call: "openat", path: "/c", errno: .noEntry))
    }

    @Test("A call that a signal interrupts is made again")
    func interruptsAreRetried() {
        var calls = 0
        let result = retryingInterrupts { () -> Int in
            calls += 1
            errno = EINTR
            return calls < 3 ? -1 : 42
        }
        #expect(calls == 3)
        #expect(result == .success(42))
    }

    @Test("Any other error is not retried")
    func errorsAreNotRetried() {
        var calls = 0
        let result = retryingInterrupts { () -> Int in
            calls += 1
            errno = EIO
            return -1
        }
        #expect(calls == 1)
        #expect(result == .failure(.ioFailure))
    }
}
