/// What `faulty-file-system … record` wrote down (Tests/FaultyFileSystem/recording.h), with inode numbers resolved.
struct RecordedLog: Sendable {
    /// The changes in the order in which they were made.
    private(set) var changes: [RecordedChange] = []
    /// The last path that each file and directory had, by its number: the one that it was made for.
    private(set) var homes: [Int: [String]] = [0: []]

    /// Which numbers are those of directories.
    private(set) var directories: Set<Int> = [0]

    private var numbers: [UInt64: Int] = [:]
    private var names: [Int: [String: Int]] = [0: [:]]

    /// The log has a record that nobody writes, at this byte.
    struct Malformed: Error {
        let offset: Int
    }

    /// Reads a whole log.
    init(_ bytes: [UInt8]) throws {
        var position = 0
        while position < bytes.count {
            let start = position
            guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
                throw Malformed(offset: start)
            }
            let words = bytes[position..<end].split(separator: UInt8(ascii: " ")).map {
                String(decoding: $0, as: UTF8.self)
            }
            position = end + 1
            guard let word = words.first else { throw Malformed(offset: start) }
            let numbers = words.dropFirst().compactMap { UInt64($0) }
            if word == "write" {
                guard numbers.count == 3, let file = self.numbers[numbers[0]] else { throw Malformed(offset: start) }
                let count = Int(numbers[2])
                guard count <= bytes.count - position else { throw Malformed(offset: start) }
                changes.append(
                    .write(file, offset: Int(numbers[1]), bytes: Array(bytes[position..<position + count])))
                position += count
            } else if !read(word, Array(words.dropFirst())) {
                throw Malformed(offset: start)
            }
        }
    }

    private mutating func read(_ word: String, _ words: [String]) -> Bool {
        switch (word, words.count) {
        case ("root", 1): return assign(words[0], 0)
        case ("make", 3), ("mkdir", 3):
            guard let made = make(words[0], isDirectory: word == "mkdir"), let parent = find(words[1]) else {
                return false
            }
            setName(made, parent, words[2])
        case ("tmpfile", 1): return make(words[0], isDirectory: false) != nil
        case ("link", 3):
            guard let file = find(words[0]), let parent = find(words[1]) else { return false }
            setName(file, parent, words[2])
        case ("unlink", 2), ("rmdir", 2):
            guard let parent = find(words[0]) else { return false }
            removeName(parent, words[1])
        case ("rename", 4):
            guard let from = find(words[0]), let to = find(words[2]), let moved = names[from]?[words[1]] else {
                return false
            }
            setName(moved, to, words[3])
            removeName(from, words[1])
        case ("truncate", 2):
            guard let file = find(words[0]), let size = Int(words[1]) else { return false }
            changes.append(.truncate(file, size: size))
        case ("sync", 1):
            guard let synced = find(words[0]) else { return false }
            changes.append(.sync(synced))
        case ("begin", 1), ("end", 1):
            guard let step = Int(words[0]) else { return false }
            changes.append(word == "begin" ? .begin(step: step) : .end(step: step))
        default: return false
        }
        return true
    }

    private func find(_ inode: String) -> Int? {
        UInt64(inode).flatMap { numbers[$0] }
    }

    private mutating func assign(_ inode: String, _ number: Int) -> Bool {
        guard let inode = UInt64(inode) else { return false }
        numbers[inode] = number
        return true
    }

    private mutating func make(_ inode: String, isDirectory: Bool) -> Int? {
        let number = homes.count
        guard assign(inode, number) else { return nil }
        homes[number] = []
        if isDirectory {
            names[number] = [:]
            directories.insert(number)
        }
        changes.append(.make(number, isDirectory: isDirectory))
        return number
    }

    private mutating func setName(_ number: Int, _ parent: Int, _ name: String) {
        names[parent]?[name] = number
        homes[number] = (homes[parent] ?? []) + [name]
        changes.append(.name(number, parent: parent, name: name))
    }

    private mutating func removeName(_ parent: Int, _ name: String) {
        names[parent]?[name] = nil
        changes.append(.remove(parent: parent, name: name))
    }
}
