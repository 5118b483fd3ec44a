import CLinux
import Glibc

/// Starts other programs, this one again among them (posix_spawn(3)).
public enum ProcessLauncher {
    /// This program's own file, good for starting it again even when the file has been replaced (proc_pid_exe(5)).
    public static let selfExecutable: FilePath = "/proc/self/exe"

    /// Where this program's file lies (readlink(2) of /proc/self/exe); " (deleted)" is behind it when it is gone.
    public static func selfExecutablePath() throws(SystemError) -> FilePath {
        FilePath(try FileDescriptor.workingDirectory.readLinkAt(selfExecutable.bytes))
    }

    /// Starts `executable`, and gives the child's process number.
    ///
    /// - `arguments` begin with the program's name. Without `environment`, "NAME=value" each, the child gets our own.
    /// - `descriptors` says which of our descriptors the child sees under which number; the three standard ones it has
    ///   from us in any case, and no other.
    /// - `newSession` takes the child away from our terminal (setsid(2)).
    /// - `searchingPath` looks for an `executable` without a slash along our PATH (posix_spawnp(3)).
    ///
    /// Signals are at their defaults and unblocked in the child. Throws when the program cannot be started; what becomes
    /// of it later, `wait` tells.
    public static func spawn(
        _ executable: FilePath, arguments: [[UInt8]], environment: [[UInt8]]? = nil,
        descriptors: [Int32: Int32] = [:], newSession: Bool = false, searchingPath: Bool = false
    ) throws(SystemError) -> Int32 {
        let moved = try MovedDescriptors(descriptors)
        defer { moved.close() }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        try check(posix_spawn_file_actions_init(&actions), executable)
        defer { posix_spawn_file_actions_destroy(&actions) }
        try check(posix_spawnattr_init(&attributes), executable)
        defer { posix_spawnattr_destroy(&attributes) }
        for (target, source) in moved.numbers {
            try check(posix_spawn_file_actions_adddup2(&actions, source, target), executable)
        }
        try setSignals(&attributes, newSession: newSession, executable)

        let argumentList = CStringList(arguments)
        let environmentList = CStringList(environment ?? Environment.all)
        var child: pid_t = 0
        guard
            let code = withCString(
                executable.bytes,
                { path in
                    searchingPath
                        ? posix_spawnp(
                            &child, path, &actions, &attributes, argumentList.pointers, environmentList.pointers)
                        : posix_spawn(
                            &child, path, &actions, &attributes, argumentList.pointers, environmentList.pointers)
                })
        else { throw SystemError(call: "posix_spawn", path: executable, errno: .invalidArgument) }
        try check(code, executable)
        return child
    }

    /// Waits until the child ends (waitpid(2)): its exit code, or 128 and the number of the signal that ended it.
    public static func wait(_ processID: Int32) throws(SystemError) -> Int32 {
        var status: Int32 = 0
        try systemCall("waitpid") { waitpid(processID, &status, 0) }
        return pastfs_exit_status(status)
    }

    /// Runs `executable` to its end, and gives its exit status and what it wrote to standard output.
    ///
    /// More than `limit` bytes are EFBIG: the program then finds its output closed.
    public static func output(
        of executable: FilePath, arguments: [[UInt8]], atMost limit: Int
    ) throws(SystemError) -> (status: Int32, output: [UInt8]) {
        let pipe = try FileDescriptor.pipe()
        let child = try spawn(executable, arguments: arguments, descriptors: [1: pipe.writeEnd.rawValue])
        try pipe.writeEnd.close()
        let output: Result<[UInt8], SystemError>
        do throws(SystemError) {
            output = .success(try pipe.readEnd.readAll(atMost: limit))
        } catch {
            output = .failure(error.at(executable))
        }
        try pipe.readEnd.close()
        let status = try wait(child)
        return (status, try output.get())
    }

    /// Everything at its default in the child: what we ignore, as SIGPIPE, would stay ignored, and masks are inherited.
    private static func setSignals(
        _ attributes: inout posix_spawnattr_t, newSession: Bool, _ executable: FilePath
    ) throws(SystemError) {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        try check(posix_spawnattr_setsigmask(&attributes, &none), executable)
        try check(posix_spawnattr_setsigdefault(&attributes, &all), executable)
        let session = newSession ? Int32(PASTFS_SPAWN_SETSID) : 0
        let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | session
        try check(posix_spawnattr_setflags(&attributes, Int16(flags)), executable)
    }

    /// These functions answer with the error instead of setting errno.
    private static func check(_ code: Int32, _ executable: FilePath) throws(SystemError) {
        if code != 0 { throw SystemError(call: "posix_spawn", path: executable, errno: Errno(rawValue: code)) }
    }
}

/// Copies of descriptors above every number that the child will use: so no copy can overwrite another's source.
private struct MovedDescriptors {
    private(set) var numbers: [(target: Int32, source: Int32)] = []

    init(_ descriptors: [Int32: Int32]) throws(SystemError) {
        let floor = (descriptors.keys.max() ?? 0) + 1
        do throws(SystemError) {
            for (target, source) in descriptors {
                numbers.append((target, try systemCall("fcntl") { fcntl(source, F_DUPFD_CLOEXEC, floor) }))
            }
        } catch {
            close()
            throw error
        }
    }

    func close() {
        for number in numbers { _ = Glibc.close(number.source) }
    }
}

/// A list of C strings, ended by a null pointer, as execve(2) takes it.
private struct CStringList: ~Copyable {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [[UInt8]]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        pointers.initialize(repeating: nil, count: count + 1)
        for (index, string) in strings.enumerated() {
            pointers[index] = withCString(string) { strdup($0) } ?? nil
        }
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
