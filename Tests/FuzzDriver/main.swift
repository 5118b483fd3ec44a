// Runs the targets of FuzzTargets: under libFuzzer, if scripts/fuzz has linked it in, or over inputs that are there.
//
//     fuzz-driver list                             names and summaries of all targets
//     fuzz-driver seeds TARGET DIRECTORY           writes the inputs to begin with
//     fuzz-driver words TARGET                     a dictionary for libFuzzer
//     fuzz-driver replay TARGET COUNT SEED NOTE PATH...
//                                                  runs all inputs of files and directories, then COUNT mutations; NOTE is
//                                                  a file that always holds the input at hand
//
// With the name of a target in PASTFS_FUZZ_TARGET all arguments are libFuzzer's, which starts the program again with
// arguments that it makes itself.

import CLibFuzzer
import FuzzTargets
import Glibc
import SystemInterface
import TestSupport

/// The target that is named on the command line, or in the environment for libFuzzer.
enum Chosen {
    static let fuzzed = getenv("PASTFS_FUZZ_TARGET").map { String(cString: $0) }
    static let target = FuzzTarget.named(fuzzed ?? CommandLine.arguments.dropFirst(2).first ?? "")
}

func refuse(_ reason: String) -> Never {
    let text = "error: \(reason)\n"
    _ = text.withCString { write(2, $0, strlen($0)) }
    exit(2)
}

func seed(_ target: FuzzTarget, into directory: FilePath) throws {
    try FileSystem.makeDirectories(directory)
    for (name, bytes) in try target.seeds() { try FileSystem.write(directory.appending("seed-\(name)"), bytes) }
}

/// A word a line, in the form of libFuzzer's dictionaries.
func dictionary(_ target: FuzzTarget) -> String {
    target.words.map { word in
        let escaped = word.utf8.map { byte in
            let isPlain = (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            return isPlain ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "\"\(escaped.joined())\"\n"
    }.joined()
}

/// Runs inputs, and says how many.
func replay(_ target: FuzzTarget, count: Int, seed: UInt64, note: FilePath, _ paths: [FilePath]) throws {
    let inputs = try paths.flatMap { try Corpus.read($0) }.map(\.bytes) + target.seeds().map(\.bytes)
    var random = SeededGenerator(seed: seed)
    let file = try FileDescriptor.open(note, [.writeOnly, .create], mode: 0o600)
    func run(_ input: [UInt8]) throws {
        try file.truncate(to: 0)
        try file.pwrite(all: input, at: 0)
        target.run(input)
    }
    for input in inputs { try run(input) }
    for _ in 0..<count { try run(Corpus.mutated(inputs, using: &random)) }
    print("\(inputs.count) inputs and \(count) mutations")
}

func fuzz() -> Never {
    guard Chosen.target != nil else { refuse("there is no target \(Chosen.fuzzed ?? "")") }
    var count = CommandLine.argc
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    let status = pastfs_fuzz(&count, &list) { bytes, count in
        Chosen.target?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    }
    if status == -1 { refuse("this program was built without libFuzzer: scripts/fuzz builds it") }
    exit(status)
}

if Chosen.fuzzed != nil { fuzz() }
let words = CommandLine.arguments.dropFirst()
do {
    switch (words.first, Chosen.target) {
    case ("list", _): for target in FuzzTarget.all { print("\(target.name)\t\(target.summary)") }
    case ("seeds", let target?) where words.count == 3: try seed(target, into: FilePath(CommandLine.arguments[3]))
    case ("words", let target?): print(dictionary(target), terminator: "")
    case ("replay", let target?) where words.count > 4:
        guard let count = Int(CommandLine.arguments[3]), let seed = UInt64(CommandLine.arguments[4]) else {
            refuse("a count and a seed are numbers")
        }
        try replay(
            target, count: count, seed: seed, note: FilePath(CommandLine.arguments[5]),
            CommandLine.arguments.dropFirst(6).map { FilePath($0) })
    default: refuse("there is no such command or target; `fuzz-driver list` shows the targets")
    }
} catch {
    refuse("\(error)")
}
