// A file system of zeros in the shape of a directory: the floor of `scripts/benchmark mount`.
//
// usage: null-server MOUNTPOINT DIRECTORY [--push]
//
// Names, types, modes, sizes, times, links and extended attributes of DIRECTORY are read once, into flat arrays. Every
// read is answered with zeros at once; with --push, small files are put into the page cache ahead of the reader. What a
// mount costs beyond this, it costs by itself. The server stays in the foreground until it is unmounted.
//
// It has operations of its own and does not go through FuseMount: code that both shared would be as slow in both, and
// the comparison would not show it. What the kernel is told is the same: options, capabilities, read-ahead, threads.

import CFuse
import Glibc
import SystemInterface

func fail(_ message: String, status: Int32) -> Never {
    try? StandardStream.error.write("null-server: \(message)\n")
    exit(status)
}

let words = Array(CommandLine.arguments.dropFirst())
let pushes = words.count == 3 && words[2] == "--push"
guard words.count == 2 || pushes else { fail("MOUNTPOINT DIRECTORY [--push]", status: 2) }
do {
    var scan = TreeScan()
    let tree = try scan.run(FilePath(words[1]))
    let session = try NullSession(tree, at: FilePath(words[0]), pushes: pushes)
    let code = session.run()
    if code != 0 { fail("libfuse returned \(code)", status: 1) }
} catch {
    fail("\(error)", status: 1)
}
