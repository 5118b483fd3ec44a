import SystemInterface

/// The path at which a walk stands, from the root or from where the walk began: one buffer for all of it, and where its names begin.
package struct PathBuffer {
    private var storage: [UInt8] = []
    private var starts: [Int] = []

    /// The root directory.
    package init() {}

    /// A path of its names.
    package init(_ path: FilePath) {
        for name in path.components { push(name) }
    }

    /// How many names it has; 0 for the root directory.
    package var depth: Int { starts.count }

    /// How many bytes it has.
    package var count: Int { storage.count }

    /// The path as a value.
    package var path: FilePath { storage.isEmpty ? "/" : FilePath(storage) }

    /// Its bytes; none for the root directory.
    package var bytes: [UInt8] { storage }

    /// Goes down to `name`.
    package mutating func push(_ name: [UInt8]) {
        storage.append(UInt8(ascii: "/"))
        starts.append(storage.count)
        storage.append(contentsOf: name)
    }

    /// Goes up by a name; at the root directory it stays there.
    package mutating func pop() {
        guard let start = starts.popLast() else { return }
        storage.removeLast(storage.count - start + 1)
    }

    /// Hands the bytes from the name number `index` on to `body`, without the slash before it.
    package func withBytes<Value>(fromName index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        let start = index < starts.count ? starts[index] : storage.count
        return storage.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start...])) }
    }
}
