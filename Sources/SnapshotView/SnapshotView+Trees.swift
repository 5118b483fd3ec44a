import Repository
import SystemInterface

/// Listing a directory of a snapshot, which goes from a page's bytes to the caller's answer without a stop.
extension SnapshotView {
    /// What all entries of one listing have in common.
    private struct TreeListing {
        let directory: Node
        let prefix: SipHasher
        let mode: ListingMode
    }

    func listTree(
        _ directory: Node, from position: UInt64, mode: ListingMode, emit: (ListedEntry) -> Bool
    ) throws(ViewError) {
        let tree = try tree(of: directory)
        ahead.used(tree)
        let opened = try reading(directory) { () throws(RepositoryError) in try directories.directory(tree) }
        guard var index = Int(exactly: position), index < opened.entryCount else { return }
        try checkDepth(below: directory)
        let listing = TreeListing(
            directory: directory, prefix: numbers.pathPrefix(parent: directory.pathHash), mode: mode)
        while index < opened.entryCount {
            let page = try page(holding: index, of: opened, in: directory)
            if index == page.firstIndex { ahead.listed(page) }
            let isDone = try page.withUnsafeBytes { (bytes) throws(ViewError) in
                try list(page, bytes, from: &index, listing, emit: emit)
            }
            guard isDone else { return }
        }
    }

    private func page(
        holding index: Int, of opened: TreeDirectory, in directory: Node
    ) throws(ViewError) -> TreePage {
        try reading(directory) { () throws(RepositoryError) in
            let page = try directories.page(opened.pageIndex(ofEntry: index), of: opened)
            guard (0..<page.count).contains(index - page.firstIndex) else {
                throw RepositoryError(
                    .damaged, "a page of directory \(opened.root) holds other entries than it should")
            }
            return page
        }
    }

    /// Lists a page from the entry `index` on; false if `emit` had no room for all of it.
    private func list(
        _ page: TreePage, _ bytes: UnsafeRawBufferPointer, from index: inout Int, _ listing: TreeListing,
        emit: (ListedEntry) -> Bool
    ) throws(ViewError) -> Bool {
        while index - page.firstIndex < page.count {
            let reference = EntryReference(page: page, position: index - page.firstIndex)
            let entry = reference.entry
            let name = UnsafeRawBufferPointer(rebasing: bytes[entry.name])
            let path = numbers.path(listing.prefix, name: name)
            let number = numbers.number(of: entry, in: page, bytes, path: path, root: listing.directory.rootHash)
            let id = try listedNode(reference, entry, listing, number: number, path: path)
            let attributes = attributes(of: entry, in: page, at: listing.directory, node: id, inode: number)
            let isAccepted = emit(
                ListedEntry(name: name, attributes: attributes, nextCookie: UInt64(index) + 1 + Self.firstCookie))
            guard isAccepted else {
                if listing.mode == .withReferences { nodes.forget(id, count: 1) }
                return false
            }
            index += 1
        }
        return true
    }

    /// The node of a listed entry, with one more reference where the listing gives some; else its number alone.
    private func listedNode(
        _ reference: EntryReference, _ entry: PageEntry, _ listing: TreeListing, number: UInt64,
        path: UInt64
    ) throws(ViewError) -> NodeID {
        guard listing.mode == .withReferences else { return NodeID(rawValue: number) }
        let directory = listing.directory
        if entry.type == .directory || !options.sharesNodes {
            return try childPlace(reference, entry, in: directory, number: number, path: path).id
        }
        guard let id = nodes.referenceLeaf(number, reference, entry, in: directory) else { throw .damaged }
        return id
    }
}
