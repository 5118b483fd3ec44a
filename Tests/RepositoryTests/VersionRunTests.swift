import Repository
import SystemInterface
import Testing

@Suite("Runs of versions")
struct VersionRunTests {
    private func file(_ size: UInt64, mode: UInt16 = 0o644, changed: Int64 = 0) -> TreeEntry {
        var entry = TreeEntry(name: [0x61], type: .regular, permissions: mode, changed: Timestamp(seconds: changed))
        entry.size = size
        return entry
    }

    private func directory(_ content: EntryContent, mode: UInt16 = 0o755) -> TreeEntry {
        TreeEntry(name: [0x61], type: .directory, permissions: mode, content: content)
    }

    private func runs(
        _ states: [TreeEntry?], lines: [Int]? = nil, comparingContents: Bool = true
    ) -> [String] {
        let present = states.enumerated().compactMap { place, entry in entry.map { (place: place, entry: $0) } }
        return VersionRun.runs(
            of: present, lines: lines ?? states.map { _ in 0 }, comparingContents: comparingContents
        ).map { "\($0.change.rawValue) \($0.line) \($0.firstPlace)-\($0.lastPlace) \($0.count)" }
    }

    @Test("equal versions in a row are one, and what changed is told")
    func changes() {
        let states = [file(1), file(1, changed: 5), file(2), file(2, mode: 0o600), directory(.unreadable), file(2)]
        #expect(
            runs(states) == ["first 0 0-1 2", "content 0 2-2 1", "metadata 0 3-3 1", "type 0 4-4 1", "type 0 5-5 1"])
    }

    @Test("a snapshot that has nothing there ends no run, and a version that comes back begins one")
    func gaps() {
        #expect(
            runs([file(1), nil, file(1), file(2), file(1)]) == ["first 0 0-2 2", "content 0 3-3 1", "content 0 4-4 1"])
    }

    @Test("each host has runs of its own")
    func lines() {
        #expect(
            runs([file(1), file(9), file(1), file(9), file(2)], lines: [0, 1, 0, 1, 0])
                == ["first 0 0-2 2", "first 1 1-3 2", "content 0 4-4 1"])
    }

    @Test("what a directory holds makes a version only where that is asked for")
    func directories() {
        let states = [directory(.none), directory(.unreadable), directory(.unreadable, mode: 0o700)]
        #expect(runs(states) == ["first 0 0-0 1", "content 0 1-1 1", "metadata 0 2-2 1"])
        #expect(runs(states, comparingContents: false) == ["first 0 0-1 2", "metadata 0 2-2 1"])
    }
}
