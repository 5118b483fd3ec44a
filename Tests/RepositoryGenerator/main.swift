// Makes the data of `scripts/benchmark mount`: trees of files, and repositories of a size that no backup reaches in
// minutes. The same arguments give the same files, on every machine.
//
// usage: repository-generator tree DIRECTORY --files N --bytes TOTAL [--seed S] [--xattrs]
//        repository-generator large DIRECTORY --files N --bytes TOTAL [--seed S]
//        repository-generator change DIRECTORY --changes N [--seed S]
//        repository-generator repository DIRECTORY --passphrase-file FILE --cache DIRECTORY --snapshots N --chunks N
//
// `tree` and `large` need a directory that is not there yet; `change` edits one that `tree` made; `repository` adds to
// one that `pastfs init` made and that `pastfs backup` has filled.

import SystemInterface

do {
    var arguments = try Arguments(CommandLine.arguments.dropFirst())
    let directory = FilePath(arguments.directory)
    switch arguments.command {
    case "tree":
        let shape = GeneratedTree.Shape(
            files: try arguments.number("files"), bytes: try arguments.number("bytes"),
            hasExtendedAttributes: arguments.flag("xattrs"))
        var tree = GeneratedTree(shape, seed: try arguments.seed())
        try arguments.expectNoOthers()
        try tree.write(to: directory)
    case "large":
        var files = LargeFiles(
            count: try arguments.number("files"), bytes: try arguments.number("bytes"), seed: try arguments.seed())
        try arguments.expectNoOthers()
        try files.write(to: directory)
    case "change":
        var change = TreeChange(count: try arguments.number("changes"), seed: try arguments.seed())
        try arguments.expectNoOthers()
        try change.apply(to: directory)
    case "repository":
        let growth = try RepositoryGrowth(
            repository: directory, passphraseFile: FilePath(try arguments.text("passphrase-file")),
            cacheDirectory: FilePath(try arguments.text("cache")), seed: try arguments.seed())
        let snapshots = try arguments.number("snapshots")
        let chunks = try arguments.number("chunks")
        try arguments.expectNoOthers()
        try growth.addSnapshots(until: snapshots)
        try growth.addChunks(until: chunks)
    default:
        throw UsageFault("there is no command \(arguments.command)")
    }
} catch {
    try? StandardStream.error.write("repository-generator: \(error)\n")
    Process.end(error is UsageFault ? 2 : 1)
}
