import Coding

/// A leaf page of a directory, decoded.
public struct TreePage: Sendable {
    /// The number of its first entry in the directory.
    public let firstIndex: Int
    /// Its entries in byte order of their names.
    public let entries: [TreeEntry]

    /// The entry of this name.
    public func entry(named name: [UInt8]) -> TreeEntry? {
        index(named: name).map { entries[$0] }
    }

    /// Where in `entries` the entry of this name is; O(log n).
    public func index(named name: [UInt8]) -> Int? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].name.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].name == name ? low : nil
    }
}

/// The binary form of a leaf page: `level 0 (1) ‖ users ‖ groups ‖ count ‖ entries`.
///
/// A table of names is `count ‖ count × (number ‖ name's length ‖ name)`, ascending, with exactly those numbers of the
/// page's entries that have a name.
extension TreePage {
    /// Encodes entries that are in order and valid.
    static func encode(_ entries: [TreeEntry], encoded: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(capacity: encoded.count + 256)
        writer.uint8(0)
        encodeNames(entries.map { ($0.userID, $0.userName) }, to: &writer)
        encodeNames(entries.map { ($0.groupID, $0.groupName) }, to: &writer)
        writer.varint(UInt64(entries.count))
        writer.append(encoded)
        return writer.bytes
    }

    init(decoding reader: inout ByteReader, firstIndex: Int) throws(CodingError) {
        guard try reader.uint8() == 0 else { throw reader.fault("it is not a leaf") }
        let users = try Self.decodeNames(&reader)
        let groups = try Self.decodeNames(&reader)
        let count = try reader.count(minimumBytes: TreeEntry.encodedBytesMin, "the number of entries")
        var entries: [TreeEntry] = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            let start = reader.position
            var entry = try TreeEntry(decoding: &reader)
            if let last = entries.last, !last.name.lexicographicallyPrecedes(entry.name) {
                throw CodingError("names are out of order or twice there", offset: start)
            }
            entry.userName = users[entry.userID]
            entry.groupName = groups[entry.groupID]
            entries.append(entry)
        }
        try reader.expectEnd()
        guard Self.names(users, areThoseOf: entries.lazy.map(\.userID)),
            Self.names(groups, areThoseOf: entries.lazy.map(\.groupID))
        else { throw reader.fault("an account is named that owns nothing here") }
        self.init(firstIndex: firstIndex, entries: entries)
    }

    static func encodeNames(_ pairs: [(UInt32, String?)], to writer: inout ByteWriter) {
        var names: [UInt32: String] = [:]
        for case (let number, let name?) in pairs { names[number] = name }
        writer.varint(UInt64(names.count))
        for (number, name) in names.sorted(by: { $0.key < $1.key }) {
            writer.varint(UInt64(number))
            writer.text(name)
        }
    }

    /// Whether each of `names` is that of one of `numbers`: any other would be a second form of the same page.
    static func names(_ names: [UInt32: String], areThoseOf numbers: some Sequence<UInt32>) -> Bool {
        names.isEmpty || Set(names.keys).isSubset(of: Set(numbers))
    }

    static func decodeNames(_ reader: inout ByteReader) throws(CodingError) -> [UInt32: String] {
        let count = try reader.count(minimumBytes: 2, "the number of names")
        var names: [UInt32: String] = [:]
        var last: UInt32?
        for _ in 0..<count {
            let number = UInt32(try reader.varint(atMost: UInt64(UInt32.max), "an account's number"))
            guard last.map({ $0 < number }) ?? true else { throw reader.fault("account numbers are out of order") }
            last = number
            names[number] = try reader.text(atMost: Limits.accountNameBytesMax, "an account's name")
        }
        return names
    }
}
