import Coding
import Repository
import SystemInterface
import TestSupport
import Testing

@Suite("The list of packs that checks found damaged", .timeLimit(.minutes(20)))
struct DamagedPackListTests {
    private let directory: TemporaryDirectory
    private var list: DamagedPackList { DamagedPackList(directory: directory.path.appending("cache")) }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("is nothing at first, then what was found damaged, without what was found sound since")
    func notes() throws {
        #expect(list.read() == [])
        try list.note(sound: packs(1, 2), damaged: [], known: [])
        #expect(list.read() == [])
        try list.note(sound: [], damaged: packs(1, 2, 3), known: [])
        #expect(list.read() == packs(1, 2, 3))
        try list.note(sound: packs(2), damaged: packs(4), known: list.read())
        #expect(list.read() == packs(1, 3, 4))
        try list.note(sound: packs(1, 3, 4), damaged: [], known: list.read())
        #expect(list.read() == [])
    }

    @Test("keeps what another check has put there since this one began")
    func other() throws {
        try list.note(sound: [], damaged: packs(1), known: [])
        let known = list.read()
        try list.note(sound: [], damaged: packs(2), known: known)
        try list.note(sound: packs(1, 2), damaged: [], known: known)
        #expect(list.read() == packs(2))
    }

    @Test("of many checks that end at once has what all of them found")
    func many() throws {
        let list = list
        let threads = try (1...8).map { (number: UInt8) in
            try Thread.spawn(name: "check") {
                for round in UInt8(0)..<20 {
                    // Where the disk is slow, it is given up after a while.
                    _ = Wait.until(seconds: 300) {
                        try? list.note(sound: [], damaged: packs(number * 20 + round), known: [])
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(list.read() == packs(Array(UInt8(20)..<180)))
    }
}

private func packs(_ numbers: UInt8...) -> Set<Bytes32> {
    packs(numbers)
}

private func packs(_ numbers: [UInt8]) -> Set<Bytes32> {
    Set(numbers.compactMap { Bytes32([UInt8](repeating: $0, count: Bytes32.count)) })
}
