import Coding

/// The name of an object: `format`, or a folder and 32 bytes, with a number and a part where the folder has them.
///
/// Order is the byte order of `path`, the spelling that every store uses:
///
///     format
///     keys/<64 digits>   index/<64 digits>   snapshots/<64 digits>
///     packs/<first two digits>/<64 digits>
///     tombstones/<64 digits>.<number>   tombstones/<64 digits>.<number>.final
///     holds/<64 digits>.<number>        holds/<64 digits>.<number>.released
///     sessions/<number>     sessions/<number>.snapshot     sessions/<number>.outcome
///     quarantine/<number>   quarantine/<number>.sweep      quarantine/<number>.copy   quarantine/<number>.closed
///
/// Digits are lowercase hexadecimal, and numbers decimal, from 1 to `StorageLimits.objectNumberMax`. Packs are spread over
/// 256 folders because there may be millions of them.
public struct ObjectName: Hashable, Sendable {
    /// The folder, or nil for `format`.
    public let folder: ObjectFolder?
    /// The 32 bytes that name the object within its folder, or nil for `format` and where a number alone does.
    public let id: Bytes32?
    /// Which of several of this `id` or folder, from 1 on; nil where the folder's objects are named by their bytes.
    public let number: UInt64?
    /// What the object says about the one of the same number, or nil for that one itself.
    public let part: ObjectPart?

    /// The one object outside every folder: what kind of repository this is.
    public static let format = ObjectName(folder: nil, id: nil, number: nil, part: nil)

    /// The object `id` in `folder`, whose objects are named by their bytes.
    public init(_ folder: ObjectFolder, _ id: Bytes32) {
        precondition(folder.naming == .digest, "\(folder) numbers its objects")
        self.init(folder: folder, id: id, number: nil, part: nil)
    }

    /// Object `number` of the snapshot `id` in `folder`, or what `part` says about it.
    public init(_ folder: ObjectFolder, _ id: Bytes32, number: UInt64, part: ObjectPart? = nil) {
        precondition(folder.naming == .snapshotAndNumber && number > 0, "\(folder) has no number \(number)")
        precondition(part.map(folder.parts.contains) ?? true, "\(folder) has no such part")
        self.init(folder: folder, id: id, number: number, part: part)
    }

    /// Object `number` of `folder`, or what `part` says about it.
    public init(_ folder: ObjectFolder, number: UInt64, part: ObjectPart? = nil) {
        precondition(folder.naming == .number && number > 0, "\(folder) has no number \(number)")
        precondition(part.map(folder.parts.contains) ?? true, "\(folder) has no such part")
        self.init(folder: folder, id: nil, number: number, part: part)
    }

    private init(folder: ObjectFolder?, id: Bytes32?, number: UInt64?, part: ObjectPart?) {
        self.folder = folder
        self.id = id
        self.number = number
        self.part = part
    }

    /// Reads what `path` spells, or returns nil for every other text: another folder, digits that are missing, too
    /// many or in upper case, a pack under the wrong two digits, a number that none has.
    public init?(path: String) {
        guard path != Self.format.path else {
            self = .format
            return
        }
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        guard
            let first = components.first, let last = components.last,
            let folder = ObjectFolder(rawValue: String(first)), let name = Self.parse(last, in: folder),
            name.path == path
        else { return nil }
        self = name
    }

    /// What the last component of a path spells, or something that is spelled in another way.
    private static func parse(_ fileName: Substring, in folder: ObjectFolder) -> ObjectName? {
        let words = fileName.split(separator: ".", omittingEmptySubsequences: false)
        if folder.naming == .number {
            guard words.count <= 2, let number = parse(number: words[0]) else { return nil }
            guard words.count == 2 else { return ObjectName(folder, number: number) }
            guard let part = ObjectPart(rawValue: String(words[1])), folder.parts.contains(part) else { return nil }
            return ObjectName(folder, number: number, part: part)
        }
        guard let id = Bytes32(hexadecimal: words[0]) else { return nil }
        switch folder.naming {
        case .digest:
            return words.count == 1 ? ObjectName(folder, id) : nil
        case .number:
            return nil
        case .snapshotAndNumber:
            guard (2...3).contains(words.count), let number = parse(number: words[1]) else { return nil }
            guard words.count == 3 else { return ObjectName(folder, id, number: number) }
            guard let part = ObjectPart(rawValue: String(words[2])), folder.parts.contains(part) else { return nil }
            return ObjectName(folder, id, number: number, part: part)
        }
    }

    /// The number that `word` spells, in this or another way; nil where no object has it: whoever counts on from the highest
    /// number of a listing must not come to the end of what a number can say.
    private static func parse(number word: Substring) -> UInt64? {
        UInt64(word).flatMap { (1...StorageLimits.objectNumberMax).contains($0) ? $0 : nil }
    }

    /// The spelling of the name, relative to the root of the store.
    public var path: String {
        directoryComponents.map { $0 + "/" }.joined() + fileName
    }

    /// The last component of `path`.
    public var fileName: String {
        let suffix = part.map { "." + $0.rawValue } ?? ""
        guard let id else { return number.map { "\($0)" + suffix } ?? "format" }
        guard let number else { return id.description }
        return "\(id).\(number)" + suffix
    }

    /// The components of `path` before the last: none, one, or two for a pack.
    public var directoryComponents: [String] {
        guard let folder else { return [] }
        return folder == .packs ? [folder.rawValue, String(fileName.prefix(2))] : [folder.rawValue]
    }
}

extension ObjectName: Comparable {
    /// The byte order of the two paths.
    public static func < (left: ObjectName, right: ObjectName) -> Bool {
        let leftFolder = left.folder?.rawValue ?? "format"
        let rightFolder = right.folder?.rawValue ?? "format"
        guard leftFolder == rightFolder else { return leftFolder < rightFolder }
        if let leftID = left.id, let rightID = right.id {
            guard leftID == rightID, left.number != nil else { return leftID < rightID }
        }
        return left.fileName.utf8.lexicographicallyPrecedes(right.fileName.utf8)
    }
}

extension ObjectName: CustomStringConvertible {
    /// The path.
    public var description: String { path }
}
