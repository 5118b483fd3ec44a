import Repository

/// What was found unreadable in directories, each told once however many snapshots and directories share it.
///
/// A directory remembers what is lost in itself and which of its directories lead to more, and no paths: these are put
/// together when somebody asks. So what is remembered is as much as what is wrong, however deep it lies.
struct TreeLosses {
    /// Something unreadable below a directory.
    struct Loss {
        let finding: DamageRegister.Number
        /// Its path below that directory, with a slash in front of each name; empty for the directory itself.
        let path: [UInt8]
        /// How many paths this one stands for, which is the first of them.
        let count: UInt64
    }

    /// How much is told of one tree, in losses and directories on the way. Directories may be shared so that there are more
    /// paths than anybody can count.
    static let toldMax = 100_000

    private var directories: [ChunkID: DirectoryLosses] = [:]

    /// What is lost in `directory`, which was walked; nil if nothing is.
    subscript(directory: ChunkID) -> DirectoryLosses? {
        get { directories[directory] }
        set { directories[directory] = newValue }
    }

    /// A directory on the way, with those of its directories that are still to be gone into.
    private struct Step {
        let losses: DirectoryLosses
        var next = 0
        let pathBytes: Int
    }

    /// Tells what is lost below `directory`, of each directory its own losses first.
    func forEach(below directory: ChunkID, _ body: (Loss) -> Void) {
        var stack: [Step] = []
        var path: [UInt8] = []
        var told = 0
        func enter(_ directory: ChunkID, pathBytes: Int) {
            guard let losses = directories[directory] else { return }
            losses.forEach { item in
                guard told < Self.toldMax else { return }
                told += 1
                let name = item.name.isEmpty ? [] : [UInt8(ascii: "/")] + item.name
                body(Loss(finding: item.finding, path: path + name, count: item.count))
            }
            told += 1
            stack.append(Step(losses: losses, pathBytes: pathBytes))
        }
        enter(directory, pathBytes: 0)
        while let step = stack.last, told < Self.toldMax {
            path.removeSubrange(step.pathBytes...)
            guard step.next < step.losses.directories.count else {
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let below = step.losses.directories[step.next]
            path += [UInt8(ascii: "/")] + below.name
            enter(below.id, pathBytes: path.count)
        }
    }
}
