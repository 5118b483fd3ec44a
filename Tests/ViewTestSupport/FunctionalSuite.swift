import SystemInterface
import TestSupport

/// What every tree that shows a snapshot of a source must do. Each case throws a `Mismatch` that says what it did not.
package struct FunctionalCase: Sendable, CustomStringConvertible {
    package let description: String
    /// Compares `subject` with `source`.
    package let run: @Sendable (_ subject: any FileSystemUnderTest, _ source: SourceTree) throws -> Void
}

/// Throws unless both are equal.
package func expectSame<Value: Equatable>(_ found: Value, _ wanted: Value, _ what: @autoclosure () -> String) throws {
    guard found != wanted else { return }
    throw Mismatch("\(what()): \(String("\(found)".prefix(500))) instead of \(String("\(wanted)".prefix(500)))")
}

/// Throws unless `body` throws `wanted`.
package func expectError(_ wanted: Errno, _ what: String, _ body: () throws -> Void) throws {
    do {
        try body()
    } catch let error as Errno {
        return try expectSame(error, wanted, what)
    }
    throw Mismatch("\(what): no error instead of \(wanted)")
}

extension FunctionalCase {
    /// All cases.
    package static let all: [FunctionalCase] =
        [names, metadata, links, contents, randomReads, holes, attributes, inodes, errors, depth]

    static let names = FunctionalCase(description: "every directory has the source's names") { subject, source in
        try walk(source.tree) { path, facts in
            guard facts.type == .directory else { return }
            let wanted = try source.tree.names(path).sorted { $0.lexicographicallyPrecedes($1) }
            try expectSame(try subject.names(path), wanted, "names in \(path)")
        }
    }

    static let metadata = FunctionalCase(description: "types, modes, owners, sizes and times are the source's") {
        subject, source in
        try walk(source.tree) { path, facts in
            var found = try subject.status(path)
            var wanted = facts
            found.inode = 0
            wanted.inode = 0
            if facts.type == .directory {
                try expectSame(found.linkCount, 1, "link count of directory \(path)")
                wanted.linkCount = 1
                wanted.size = found.size
            }
            // Disks differ in how they store short files and directories; that a file is sparse must show.
            if facts.type == .regular {
                try expectSame(
                    found.blocks * 512 < found.size, wanted.blocks * 512 < wanted.size, "sparseness of \(path)")
            }
            found.blocks = 0
            wanted.blocks = 0
            try expectSame(found, wanted, "\(path)")
        }
    }

    static let links = FunctionalCase(description: "symbolic links point where the source's do") { subject, source in
        try walk(source.tree) { path, facts in
            guard facts.type == .symbolicLink else { return }
            try expectSame(try subject.readLink(path), try source.tree.readLink(path), "target of \(path)")
        }
    }

    static let contents = FunctionalCase(description: "every file has the source's bytes") { subject, source in
        try walk(source.tree) { path, facts in
            guard facts.type == .regular, facts.size < 1 << 30 else { return }
            let count = Int(facts.size) + 10
            let (found, wanted) = (
                try subject.read(path, at: 0, count: count), try source.tree.read(path, at: 0, count: count)
            )
            guard found == wanted else { throw Mismatch("\(path) has other bytes") }
        }
    }

    static let randomReads = FunctionalCase(description: "reads at any offset give the source's bytes") {
        subject, source in
        var generator = SeededGenerator(seed: 42)
        for path: FilePath in ["few chunks", "many chunks", "sparse", "hole", "short"] {
            let size = Int(try source.tree.status(path).size)
            for _ in 0..<100 {
                let offset = UInt64(generator.number(in: 0...size + 10))
                let count = generator.number(in: 0...200_000)
                let found = try subject.read(path, at: offset, count: count)
                let wanted = try source.tree.read(path, at: offset, count: count)
                guard found == wanted else { throw Mismatch("\(path) differs at \(offset) + \(count), seed 42") }
            }
        }
    }

    static let holes = FunctionalCase(description: "data and holes are where the source's are") { subject, source in
        for path: FilePath in ["few chunks", "sparse", "hole", "empty"] {
            let size = try source.tree.status(path).size
            for offset in stride(from: UInt64(0), through: min(size, 6 << 20), by: 100_000) {
                try expectSame(
                    try subject.nextData(path, from: offset), try source.tree.nextData(path, from: offset),
                    "data of \(path) from \(offset)")
                try expectSame(
                    try subject.nextHole(path, from: offset), try source.tree.nextHole(path, from: offset),
                    "hole of \(path) from \(offset)")
            }
        }
    }

    static let attributes = FunctionalCase(description: "extended attributes and ACLs are the source's") {
        subject, source in
        for name in try source.tree.names("") {
            let path = FilePath(name)
            try expectSame(
                try subject.extendedAttributes(path), try source.tree.extendedAttributes(path), "attributes of \(path)")
        }
        guard try subject.extendedAttributes("long attribute").count == 1 else {
            throw Mismatch("the source has no attributes to compare")
        }
    }

    static let inodes = FunctionalCase(description: "hard links share an inode, and nothing else does") {
        subject, source in
        var known: [UInt64: (path: FilePath, inode: UInt64)] = [:]
        try walk(source.tree) { path, facts in
            let found = try subject.status(path).inode
            guard found > 1 else { throw Mismatch("\(path) has inode \(found)") }
            if let other = known[found], other.inode != facts.inode {
                throw Mismatch("\(path) and \(other.path) share inode \(found)")
            }
            known[found] = (path, facts.inode)
        }
        let linked: [FilePath] = ["few chunks", "second name", "below/third name"]
        let inodes = try Set(linked.map { try subject.status($0).inode })
        try expectSame(inodes.count, 1, "inodes of three hard links")
    }

    static let errors = FunctionalCase(description: "what is not there or not of that kind gives the kernel's errors") {
        subject, _ in
        try expectError(.noEntry, "status of nothing") { _ = try subject.status("no such name") }
        try expectError(.noEntry, "again, cached") { _ = try subject.status("no such name") }
        try expectError(.noEntry, "status in an empty directory") { _ = try subject.status("nothing/x") }
        try expectError(.notDirectory, "status below a file") { _ = try subject.status("short/x") }
        try expectError(.nameTooLong, "status of a long name") {
            _ = try subject.status(FilePath([UInt8](repeating: 65, count: 256)))
        }
        try expectError(.invalidArgument, "readlink of a file") { _ = try subject.readLink("short") }
        try expectError(.isDirectory, "read of a directory") { _ = try subject.read("below", at: 0, count: 1) }
        try expectError(.notDirectory, "listing a file") { _ = try subject.names("short") }
    }

    static let depth = FunctionalCase(description: "a tree of 1,000 directories can be walked down") { subject, _ in
        let path = FilePath("deep" + String(repeating: "/d", count: SourceTree.deepCount) + "/bottom")
        try expectSame(try subject.read(path, at: 0, count: 100), Array("down here".utf8), "the file at the bottom")
    }

    /// Hands every path below the root, and the root itself, to `body`.
    private static func walk(
        _ tree: KernelTree, _ body: (FilePath, FileFacts) throws -> Void
    ) throws {
        var pending: [FilePath] = [""]
        while let path = pending.popLast() {
            let facts = try tree.status(path)
            try body(path, facts)
            guard facts.type == .directory else { continue }
            for name in try tree.names(path) {
                pending.append(path.bytes.isEmpty ? FilePath(name) : path.appending(name))
            }
        }
    }
}
