import Repository
import SnapshotView
import SystemInterface
import TestSupport

extension FuzzTarget {
    /// A mount's read path without the kernel: any calls in any order over pages that may say anything.
    static let view = FuzzTarget(
        name: "view", summary: "calls of a mount, in any order, over pages of a hostile key holder",
        words: ViewSession.words, seeds: ViewSession.seeds
    ) { bytes in
        var input = FuzzInput(bytes)
        let style = input.byte()
        let edits = (0..<input.choice(8)).map { _ in Edit(&input) }
        let repository = needed("the edited sample") { try SealedSample.shared.repository(edits, metadataOnly: true) }
        let session = ViewSession(repository, style: style)
        session.run(&input)
    }
}

/// A view, and the nodes that somebody holds in it.
private final class ViewSession {
    static let words = [
        "snapshots", "hosts", "tags", "at", "versions", "changes", ".pastfs", "latest", "inner", "list",
    ]
    private static let names =
        words + [
            "chunk", "empty", "segments", "symlink", "lists", "long", "list-inner", "linked-1", "device", "unread", "a",
            "unreadable", "house", "first", "2027-01-15T08-00-00Z", "2023-11-14T22-13-20Z", "status", ".", "..",
        ]
    private static let callsMax = 200
    private static let nodesMax = 64

    private let view: SnapshotView
    private var nodes: [NodeID] = [.top]

    init(_ repository: Repository, style: UInt8) {
        var options = ViewOptions(cacheBytes: 1 << 20, clock: ManualClock(seconds: 1_800_000_100))
        options.inodeNumbers = style & 1 == 0 ? .version : .unique
        options.sharesNodes = style & 2 == 0
        options.verifies = style & 4 != 0
        options.presentation = Presentation(
            userID: style & 8 == 0 ? nil : 5, umask: style & 16 == 0 ? 0 : 0o77,
            symbolicLinks: style & 32 == 0 ? .stored : .inside)
        view = SnapshotView(repository: repository, options: options) { _ in }
    }

    /// Walks to a snapshot, lists it, and reads a file; and single calls.
    static func seeds() -> [(name: String, bytes: [UInt8])] {
        func lookups(_ path: [String]) -> [UInt8] {
            path.enumerated().flatMap { index, name in
                [0, UInt8(index), UInt8(names.firstIndex(of: name) ?? 0)]
            }
        }
        let snapshot = ["latest", "snapshots", "2027-01-15T08-00-00Z"]
        let files = ["chunk", "segments", "list", "list-inner", "symlink", "lists", "long", "inner", "unread"]
        let walks = files.map { file -> (name: String, bytes: [UInt8]) in
            let calls = lookups(["snapshots", snapshot[2], file])
            return (file, [0, 0] + calls + [2, 3, 3, 3, 0, 64, 4, 3, 0, 0, 5, 3, 6, 3, 1, 2, 0, 255])
        }
        let tops = words.prefix(8).map { ("top-\($0)", [1, 0] + lookups([$0]) + [1, 1, 0, 255, 7, 1]) }
        return walks + tops + [("edited", [0, 1, 3, 4, 9, 0, 1] + lookups(["snapshots", snapshot[2], "list"]))]
    }

    func run(_ input: inout FuzzInput) {
        var calls = 0
        while !input.isEmpty, calls < Self.callsMax {
            calls += 1
            do throws(ViewError) {
                try call(&input)
            } catch {
                continue
            }
        }
        for node in nodes.dropFirst() { view.forget(node) }
        require(view.nodeCount == 0, "\(view.nodeCount) nodes are left when all are given back")
    }

    private func call(_ input: inout FuzzInput) throws(ViewError) {
        let kind = input.choice(10)
        let node = nodes[input.choice(nodes.count)]
        switch kind {
        case 0: try lookUp(Array(Self.names[input.choice(Self.names.count)].utf8), in: node)
        case 1: try list(node, from: input.number(), count: Int(input.byte()))
        case 2: _ = try view.attributes(node)
        case 3: try read(node, at: input.number(), count: input.short())
        case 4: try seek(node, from: input.number(), to: input.byte() & 1 == 0 ? .data : .hole)
        case 5: _ = try view.readLink(node)
        case 6:
            _ = try view.hasExtendedAttributes(node)
            _ = try view.extendedAttributes(node)
        case 7:
            _ = try view.statistics()
            _ = view.path(of: node)
        case 8: try lookUp(input.shortBytes(), in: node)
        default: forget(node)
        }
    }

    private func lookUp(_ name: [UInt8], in node: NodeID) throws(ViewError) {
        guard case .found(let attributes) = try view.lookup(name, in: node) else { return }
        keep(attributes.node)
    }

    private func keep(_ node: NodeID) {
        if nodes.count < Self.nodesMax { nodes.append(node) } else { view.forget(node) }
    }

    private func forget(_ node: NodeID) {
        guard let index = nodes.lastIndex(of: node), index > 0 else { return }
        nodes.remove(at: index)
        view.forget(node)
    }

    private func list(_ node: NodeID, from cookie: UInt64, count: Int) throws(ViewError) {
        var taken: [NodeID] = []
        var last = cookie
        defer { for node in taken { keep(node) } }
        try view.readDirectory(node, from: cookie, mode: .withReferences) { entry in
            require(!entry.nameBytes.isEmpty && !entry.nameBytes.contains(0), "a name that the kernel cannot take")
            require(entry.nextCookie > last, "a listing that does not get on")
            last = entry.nextCookie
            guard taken.count < count else { return false }
            if entry.nextCookie > SnapshotView.dotCookies { taken.append(entry.attributes.node) }
            return true
        }
    }

    private func read(_ node: NodeID, at offset: UInt64, count: Int) throws(ViewError) {
        let pieces = try view.read(node, at: offset, count: count)
        let given = pieces.reduce(0) { $0 + $1.count }
        require(given <= count, "\(given) bytes for \(count)")
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { buffer.deallocate() }
        let copied = try view.read(node, at: offset, into: buffer)
        require(copied == given, "\(copied) bytes in one way, and \(given) in another")
    }

    private func seek(_ node: NodeID, from offset: UInt64, to target: SeekTarget) throws(ViewError) {
        let found = try view.seek(node, from: offset, to: target)
        require(found >= offset, "a search that goes back")
    }
}
