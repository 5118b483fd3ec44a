import Coding

/// A leaf page of a directory: its bytes, checked as a whole when it was made, and where each entry begins in them.
///
/// Entries are read from the bytes when they are asked for, so a page costs what it has in the repository and four bytes
/// an entry, and listing one touches no heap. It holds a copy of its own, and so does not keep a bundle alive.
public final class TreePage: Sendable {
    /// The number of its first entry in the directory.
    public let firstIndex: Int
    /// How many entries it has.
    public let count: Int
    /// How many of them are directories.
    public let directoryCount: Int
    /// Whether it has files whose segments are a list of their own.
    public let hasLists: Bool

    private let bytes: [UInt8]
    /// Where each entry begins.
    private let starts: [UInt32]

    /// Takes the bytes of a page, which are refused unless every one of them is what a writer writes.
    init(_ bytes: [UInt8], firstIndex: Int) throws(CodingError) {
        var reader = ByteReader(bytes)
        guard try reader.uint8() == 0 else { throw reader.fault("it is not a leaf") }
        var users = AccountCensus(try Self.decodeNames(&reader))
        var groups = AccountCensus(try Self.decodeNames(&reader))
        let count = try reader.count(minimumBytes: TreeEntry.encodedBytesMin, "the number of entries")
        var starts: [UInt32] = []
        starts.reserveCapacity(count)
        var last = 0..<0
        var directoryCount = 0
        var hasLists = false
        for _ in 0..<count {
            let start = reader.position
            let entry = try PageEntry(decoding: &reader)
            guard last.isEmpty || reader.precedes(last, entry.name) else {
                throw CodingError("names are out of order or twice there", offset: start)
            }
            last = entry.name
            users.count(entry.userID)
            groups.count(entry.groupID)
            starts.append(UInt32(start))
            switch entry.content {
            case .list: hasLists = true
            default: if entry.type == .directory { directoryCount += 1 }
            }
        }
        try reader.expectEnd()
        guard users.isComplete, groups.isComplete else {
            throw reader.fault("an account is named that owns nothing here")
        }
        self.firstIndex = firstIndex
        self.count = count
        self.directoryCount = directoryCount
        self.hasLists = hasLists
        self.bytes = bytes
        self.starts = starts
    }

    /// What the page costs in memory, in bytes.
    public var cost: Int { bytes.count + starts.count * MemoryLayout<UInt32>.stride + 192 }

    /// The entry at a position below `count`, whose places are in what `withUnsafeBytes` lends.
    public func entry(at position: Int) -> PageEntry {
        var reader = ByteReader(bytes, range: Int(starts[position])..<bytes.count)
        guard let entry = try? PageEntry(decoding: &reader) else {
            preconditionFailure("an entry was checked, and is now another")
        }
        return entry
    }

    /// Lends the page's bytes to `body`.
    public func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try bytes.withUnsafeBufferPointer { (all) throws(Failure) in try body(UnsafeRawBufferPointer(all)) }
    }

    /// A copy of the bytes at a place.
    public func copy(_ place: Range<Int>) -> [UInt8] { Array(bytes[place]) }

    /// The name of the entry at a position.
    public func name(at position: Int) -> [UInt8] { copy(namePlace(position)) }

    /// The position of the entry of this name; O(log n).
    public func index(named name: [UInt8]) -> Int? {
        name.withUnsafeBytes { name in
            withUnsafeBytes { bytes in
                var low = 0
                var high = count
                while low < high {
                    let middle = (low + high) / 2
                    let order = ByteOrder.compare(UnsafeRawBufferPointer(rebasing: bytes[namePlace(middle)]), name)
                    if order == 0 { return middle }
                    if order < 0 { low = middle + 1 } else { high = middle }
                }
                return nil
            }
        }
    }

    /// Below, equal to or above zero as the name of the entry at a position is before, the same as or behind `name`.
    public func compareName(at position: Int, with name: [UInt8]) -> Int {
        name.withUnsafeBytes { name in
            withUnsafeBytes { bytes in
                ByteOrder.compare(UnsafeRawBufferPointer(rebasing: bytes[namePlace(position)]), name)
            }
        }
    }

    /// A name is short, so its length is a number of one or two bytes.
    private func namePlace(_ position: Int) -> Range<Int> {
        let start = Int(starts[position])
        let low = Int(bytes[start])
        guard low >= 0x80 else { return start + 1..<start + 1 + low }
        let length = low & 0x7F | Int(bytes[start + 1]) << 7
        return start + 2..<start + 2 + length
    }
}

extension TreePage {
    /// Its entries in byte order of their names, each decoded into memory of its own; O(entries) at every call.
    public var entries: [TreeEntry] {
        let (users, groups) = names()
        return (0..<count).map { treeEntry(at: $0, users: users, groups: groups) }
    }

    /// The entry at a position, decoded into memory of its own.
    public func treeEntry(at position: Int) -> TreeEntry {
        let (users, groups) = names()
        return treeEntry(at: position, users: users, groups: groups)
    }

    /// The entry of this name.
    public func entry(named name: [UInt8]) -> TreeEntry? {
        index(named: name).map { treeEntry(at: $0) }
    }

    /// The content of one of its entries.
    public func content(of entry: PageEntry) -> EntryContent {
        ByteReader(bytes).content(of: entry)
    }

    /// The extended attributes of one of its entries.
    public func extendedAttributes(of entry: PageEntry) -> ExtendedAttributeSet {
        ByteReader(bytes).extendedAttributes(of: entry)
    }

    /// Hands the places of the name and the value of each extended attribute that stands in an entry to `body`.
    public func forEachAttribute(of entry: PageEntry, _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void) {
        guard case .inline(_, let start) = entry.attributes else { return }
        var reader = ByteReader(bytes, range: start..<bytes.count)
        _ = try? ExtendedAttributeSet.scan(&reader, body)
    }

    /// The segments of an entry's content, if it has some.
    public func segments(of entry: PageEntry) -> [ContentSegment] {
        guard case .segments(let segments) = content(of: entry) else { return [] }
        return segments
    }

    private func treeEntry(at position: Int, users: [UInt32: String], groups: [UInt32: String]) -> TreeEntry {
        var entry = TreeEntry(entry(at: position), in: ByteReader(bytes))
        entry.userName = users[entry.userID]
        entry.groupName = groups[entry.groupID]
        return entry
    }

    private func names() -> (users: [UInt32: String], groups: [UInt32: String]) {
        var reader = ByteReader(bytes)
        guard (try? reader.uint8()) != nil, let users = try? Self.decodeNames(&reader),
            let groups = try? Self.decodeNames(&reader)
        else { preconditionFailure("a page was checked, and is now another") }
        return (users, groups)
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

/// Finds out whether every account that a page names owns something in it.
private struct AccountCensus {
    private var missing: Set<UInt32>
    private var last: UInt32?

    init(_ names: [UInt32: String]) {
        missing = Set(names.keys)
    }

    var isComplete: Bool { missing.isEmpty }

    mutating func count(_ number: UInt32) {
        // Neighbours mostly have one owner.
        guard number != last else { return }
        last = number
        missing.remove(number)
    }
}
