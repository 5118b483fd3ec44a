import TestSupport

/// The images that a loss of power at one moment may leave: all of them where these are few, else some by a seed.
struct CrashImages {
    /// Something that may have reached the disk in one of several states.
    private enum Choice {
        case name(directory: Int, String, states: [Int?])
        case bytes(file: Int, states: [FileBytes])

        var count: Int {
            switch self {
            case .name(_, _, let states): states.count
            case .bytes(_, let states): states.count
            }
        }
    }

    /// Up to this many images of a moment are enumerated.
    let enumeratedMax: Int
    /// How many are drawn where there are more.
    let drawn: Int
    /// How many torn versions of each file that was not synced.
    let tornVersions: Int

    /// The images of `disk`, the same for the same state of `generator`, some of them maybe equal.
    func images(of disk: SimulatedDisk, _ generator: inout SeededGenerator) -> [DiskImage] {
        let choices = choices(disk, &generator)
        var total = 1
        for choice in choices { total = min(total * choice.count, enumeratedMax + 1) }
        if total <= enumeratedMax {
            return (0..<total).map { number in
                var rest = number
                return image(disk, choices) { count in
                    defer { rest /= count }
                    return rest % count
                }
            }
        }
        // Nothing unsynced is there, everything is, and what the seed says.
        let extremes = [image(disk, choices) { _ in 0 }, image(disk, choices) { $0 - 1 }]
        return extremes + (0..<drawn).map { _ in image(disk, choices) { generator.number(in: 0...$0 - 1) } }
    }

    private func choices(_ disk: SimulatedDisk, _ generator: inout SeededGenerator) -> [Choice] {
        var choices: [Choice] = []
        var pending = [0]
        var seen: Set<Int> = [0]
        while let number = pending.popLast() {
            if let file = disk.files[number], !file.unsynced.isEmpty {
                choices.append(.bytes(file: number, states: versions(file, &generator)))
            }
            guard let directory = disk.directories[number] else { continue }
            // Sorted, so that the same seed gives the same images.
            for name in Set(directory.durable.keys).union(directory.unsynced.keys).sorted() {
                let states = [directory.durable[name]] + (directory.unsynced[name] ?? [])
                if states.count > 1 { choices.append(.name(directory: number, name, states: states)) }
                for case let state? in states where seen.insert(state).inserted { pending.append(state) }
            }
        }
        return choices
    }

    /// What a file that was not synced may hold: what it held before, everything, nothing, zeros, a part, and sectors or
    /// pages of each write by chance.
    private func versions(_ file: SimulatedDisk.File, _ generator: inout SeededGenerator) -> [FileBytes] {
        let current = file.current
        let half = current.bytes.count / 2
        var versions = [
            file.durable, .empty, FileBytes([UInt8](repeating: 0, count: current.bytes.count)),
            FileBytes(Array(current.bytes[..<half])),
            FileBytes(Array(current.bytes[..<half]) + [UInt8](repeating: 0, count: current.bytes.count - half)),
        ]
        for number in 0..<tornVersions {
            let sectorsPerPage = number.isMultiple(of: 2) ? 1 : 8
            let seed = generator.next()
            var bytes = file.durable.bytes
            for (position, change) in file.unsynced.enumerated() {
                SimulatedDisk.apply(change, to: &bytes) { sector in
                    FileBytes.mix(seed &+ UInt64(position) << 32 &+ UInt64(sector / sectorsPerPage)) & 1 == 0
                }
            }
            versions.append(FileBytes(bytes))
        }
        // Last, where the extreme that has everything looks.
        return versions + [current]
    }

    /// The image in which each choice falls as `pick` says, which is given the number of states.
    private func image(_ disk: SimulatedDisk, _ choices: [Choice], _ pick: (Int) -> Int) -> DiskImage {
        var names: [Int: [String: Int?]] = [:]
        var contents: [Int: FileBytes] = [:]
        for choice in choices {
            let picked = pick(choice.count)
            switch choice {
            case .name(let directory, let name, let states):
                names[directory, default: [:]].updateValue(states[picked], forKey: name)
            case .bytes(let file, let states): contents[file] = states[picked]
            }
        }
        return disk.image(names: names, contents: contents)
    }
}
