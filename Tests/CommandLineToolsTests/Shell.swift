import Glibc
import TestSupport

/// Runs another program on files of a test.
enum Shell {
    struct Failure: Error {
        let command: String
        let errno: Int32
    }

    /// Whether a program is installed.
    static func has(_ program: String) -> Bool {
        (try? run("command -v \(program)", files: [:]))?.status == 0
    }

    /// The output, standard error included, and the exit status of a command line of sh, run in a directory of these files.
    static func run(_ command: String, files: [String: String]) throws -> (output: String, status: Int32) {
        let directory = try TemporaryDirectory()
        for (name, contents) in files { try directory.write(name, Array(contents.utf8)) }
        let line = "cd '\(directory.path)' && { \(command); } 2>&1 </dev/null"
        guard let stream = popen(line, "re") else { throw Failure(command: command, errno: errno) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { output += buffer[..<count] }
        let status = pclose(stream)
        return (String(decoding: output, as: UTF8.self), status & 0x7F == 0 ? status >> 8 : -status)
    }
}
