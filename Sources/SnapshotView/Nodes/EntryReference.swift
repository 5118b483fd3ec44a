import Coding
import Repository

/// An entry where it stands in its directory's page.
struct EntryReference: Sendable {
    /// The page.
    let page: TreePage
    /// The position of the entry in the page.
    let position: Int

    /// The entry.
    var entry: PageEntry { page.entry(at: position) }

    /// Whether both are of one version, given that their numbers are equal: a hash may collide, and then bytes of one
    /// file must not be shown as another's.
    ///
    /// - Parameter entry: what stands at `other`.
    func isSame(as other: EntryReference, _ entry: PageEntry) -> Bool {
        let own = self.entry
        guard own.type == entry.type, own.size == entry.size, own.permissions == entry.permissions,
            own.userID == entry.userID, own.groupID == entry.groupID
        else { return false }
        switch (own.content, entry.content) {
        case (.segments, .segments):
            guard page.content(of: own) == other.page.content(of: entry) else { return false }
        case (let left, let right):
            guard left == right else { return false }
        }
        return page.withUnsafeBytes { bytes in
            other.page.withUnsafeBytes { others in
                ByteOrder.compare(
                    UnsafeRawBufferPointer(rebasing: bytes[own.symbolicLinkTarget]),
                    UnsafeRawBufferPointer(rebasing: others[entry.symbolicLinkTarget])) == 0
            }
        }
    }
}
