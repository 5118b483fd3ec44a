import Coding
import Repository

/// What is unreadable in one directory: the first of it name by name, and of the rest how much each finding makes so.
struct DirectoryLosses {
    /// Something unreadable.
    struct Item {
        let finding: DamageRegister.Number
        /// Its name; empty for the directory itself.
        let name: [UInt8]
        /// How many names this one stands for, which is the first of them.
        var count: UInt64 = 1
    }

    /// A directory in it below which something is unreadable.
    struct Directory {
        let name: [UInt8]
        let id: ChunkID
    }

    /// How many are remembered by their names.
    static let listedMax = 1_000

    private var listed: [Item] = []
    private var rest: [DamageRegister.Number: Item] = [:]
    private(set) var directories: [Directory] = []

    var isEmpty: Bool { listed.isEmpty && directories.isEmpty }

    /// Adds what makes `name` unreadable.
    mutating func add(_ finding: DamageRegister.Number, at name: [UInt8] = []) {
        if listed.count < Self.listedMax {
            listed.append(Item(finding: finding, name: name))
        } else {
            rest[finding, default: Item(finding: finding, name: name, count: 0)].count += 1
        }
    }

    /// Adds a directory below which something is unreadable.
    mutating func add(_ directory: Directory) {
        directories.append(directory)
    }

    /// Those that are listed, and behind them one for each finding of the rest.
    func forEach(_ body: (Item) -> Void) {
        for item in listed { body(item) }
        for item in rest.values.sorted(by: { $0.finding < $1.finding }) { body(item) }
    }
}
