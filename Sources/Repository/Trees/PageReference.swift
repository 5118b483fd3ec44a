import Coding

/// One page as an inner page lists it.
struct PageReference: Hashable, Sendable {
    /// How much lies below: entries of a directory, or bytes of a file. At least 1.
    var weight: UInt64
    /// A directory's first name below; empty in a file's list.
    var firstName: [UInt8]
    /// The page.
    var page: ChunkID
}

/// The binary form of an inner page: `level (1, at least 1) ‖ count ‖ count × (weight ‖ first name ‖ page (32))`.
///
/// Inner pages of directories and of files' lists of chunks have one form. A leaf begins with level 0.
enum InnerPage {
    static func encode(_ items: [PageReference], level: UInt8) -> [UInt8] {
        var writer = ByteWriter(capacity: items.count * 48 + 4)
        writer.uint8(level)
        writer.varint(UInt64(items.count))
        for item in items {
            writer.varint(item.weight)
            writer.sizedBytes(item.firstName)
            writer.bytes32(item.page.bytes)
        }
        return writer.bytes
    }

    /// Reads what follows the level.
    static func decode(_ reader: inout ByteReader) throws(CodingError) -> [PageReference] {
        let count = try reader.count(minimumBytes: 34, "the number of pages")
        guard count > 0, count <= Limits.innerPageItemsMax else {
            throw reader.fault("an inner page of \(count) pages")
        }
        var items: [PageReference] = []
        items.reserveCapacity(count)
        for _ in 0..<count {
            let weight = try reader.varint(atMost: Limits.fileBytesMax, "a page's weight")
            guard weight > 0 else { throw reader.fault("an empty page in a list") }
            let name = try reader.sizedBytes(atMost: Limits.nameBytesMax, "a name")
            items.append(PageReference(weight: weight, firstName: name, page: ChunkID(try reader.bytes32())))
        }
        try reader.expectEnd()
        return items
    }
}
