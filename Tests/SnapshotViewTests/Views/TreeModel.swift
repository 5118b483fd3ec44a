import Repository
import SnapshotView
import SystemInterface
import TestSupport
import ViewTestSupport

/// All that a directory held at one moment, by path, as far as versions are told apart by it.
struct TreeModel {
    struct Item: Hashable {
        var facts: FileFacts
        var target: [UInt8] = []
        var attributes: [ExtendedAttributeItem] = []
        var bytes: [UInt8] = []
    }

    struct ExtendedAttributeItem: Hashable {
        var name: [UInt8]
        var value: [UInt8]
    }

    /// Items by their paths from the root on, without the root.
    private(set) var items: [FilePath: Item] = [:]

    init(scanning tree: some FileSystemUnderTest) throws {
        try scan(tree, FilePath([]))
    }

    private mutating func scan(_ tree: some FileSystemUnderTest, _ directory: FilePath) throws {
        for name in try tree.names(directory) {
            let path = directory.bytes.isEmpty ? FilePath(name) : directory.appending(name)
            let item = try Self.item(tree, path)
            items[path] = item
            if item.facts.type == .directory { try scan(tree, path) }
        }
    }

    /// What stands at a path.
    static func item(_ tree: some FileSystemUnderTest, _ path: FilePath) throws -> Item {
        var facts = try tree.status(path)
        (facts.linkCount, facts.blocks, facts.inode, facts.changed) = (0, 0, 0, .zero)
        if facts.type == .directory { (facts.size, facts.modified) = (0, .zero) }
        var item = Item(facts: facts)
        item.attributes = try tree.extendedAttributes(path).map {
            ExtendedAttributeItem(name: $0.name, value: $0.value)
        }
        switch facts.type {
        case .symbolicLink: item.target = try tree.readLink(path)
        case .regular: item.bytes = try tree.read(path, at: 0, count: Int(facts.size))
        default: break
        }
        return item
    }

    /// The names in a directory.
    func names(_ directory: FilePath) -> Set<[UInt8]> {
        let components = directory.components
        return Set(
            items.keys.filter { $0.components.dropLast().elementsEqual(components) }.map(\.lastComponent))
    }
}
