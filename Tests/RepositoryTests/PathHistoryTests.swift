import Coding
import Repository
import SystemInterface
import TestSupport
import Testing

@Suite("What stood at a path")
struct PathHistoryTests {
    private func id(_ number: Int) throws -> ChunkID {
        var bytes = [UInt8](repeating: 0, count: 32)
        for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
        return ChunkID(try #require(Bytes32(bytes)))
    }

    private func root(_ tree: Int) throws -> TreeEntry {
        TreeEntry(name: [], type: .directory, content: .tree(try id(tree)))
    }

    private func file(_ version: Int) -> TreeEntry {
        TreeEntry(name: [97], type: .regular, modified: Timestamp(seconds: Int64(version)))
    }

    @Test("each different directory is looked into once, and never again for a later history")
    func looksOnce() throws {
        let trees = [1, 1, 2, 1, 3, 3, 2]
        var asked: [ChunkID] = []
        // Another directory that holds the same.
        var other = try root(2)
        other.permissions = 0o700
        let history = PathHistory(roots: try trees.map(root) + [other]).child { tree in
            asked.append(tree)
            return nil
        }
        #expect(asked == (try [1, 2, 3].map(id)))
        let later = PathHistory(roots: try (trees + [4]).map(root)).child(previous: history) { tree in
            asked.append(tree)
            return nil
        }
        #expect(asked == (try [1, 2, 3, 4].map(id)))
        #expect(later.numbers.count == 8)
    }

    @Test("what a forgotten snapshot alone had is gone from a later history")
    func forgets() throws {
        func look(_ tree: ChunkID) throws(RepositoryError) -> TreeEntry? { file(tree == first ? 1 : 2) }
        let first = try id(1)
        let history = PathHistory(roots: try [1, 2].map(root)).child(lookUp: look)
        #expect(history.states.count == 3)
        #expect(PathHistory(roots: try [2].map(root)).child(previous: history, lookUp: look).states.count == 2)
    }

    @Test("a failure is a state of its own, and is tried again")
    func remembersFailures() throws {
        func isUnknown(_ history: PathHistory) -> Bool {
            if case .unknown = history.states[Int(history.numbers[0])] { true } else { false }
        }
        let top = PathHistory(roots: [try root(1)])
        let failed = top.child { _ throws(RepositoryError) in throw RepositoryError(.damaged, "lost") }
        #expect(isUnknown(failed))
        #expect(isUnknown(failed.child { _ in nil }), "what lies below is unknown too")
        #expect(!isUnknown(top.child(previous: failed) { _ in nil }))
        let unsaved = PathHistory(roots: [TreeEntry(name: [], type: .directory, content: .unreadable)])
        #expect(isUnknown(unsaved.child { _ in nil }))
    }

    @Test(
        "a version begins where its line had another before",
        arguments: [
            ([1, 1, 2, 2, 1], [0, 0, 0, 0, 0], [0, 2, 4]), ([1, 2, 1, 2], [0, 1, 0, 1], [0, 1]),
            ([1, 0, 1, 2], [0, 0, 0, 0], [0, 3]), ([0, 0], [0, 0], []), ([], [], []),
        ] as [([Int], [Int], [Int])])
    func startsVersions(versions: [Int], lines: [Int], starts: [Int]) throws {
        let ids = try versions.map(id)
        let history = PathHistory(roots: try versions.map(root)).child { tree in
            let version = versions[ids.firstIndex(of: tree) ?? 0]
            return version == 0 ? nil : file(version)
        }
        #expect(history.versionStarts(lines: lines) == starts)
    }

    @Test("a change time or another inode makes no version, and every other field does")
    func tellsVersionsApart() {
        let entry = file(1)
        var same = entry
        (same.changed, same.inode, same.device, same.linkCount) = (Timestamp(seconds: 9), 9, 9, 9)
        #expect(entry.isSameVersion(as: same))
        let changes: [(inout TreeEntry) -> Void] = [
            { $0.type = .fifo }, { $0.permissions = 1 }, { $0.userID = 1 }, { $0.groupID = 1 }, { $0.size = 1 },
            { $0.modified = .zero }, { $0.content = .unreadable }, { $0.symbolicLinkTarget = [1] },
            { $0.deviceNumber = DeviceNumber(major: 1, minor: 1) },
            { $0.extendedAttributes = .inline([ExtendedAttributeRecord(name: [1], value: [])]) },
        ]
        for (index, change) in changes.enumerated() {
            var other = entry
            change(&other)
            #expect(!entry.isSameVersion(as: other), "change \(index)")
        }
    }
}
