import Coding

/// The name of an object: `format`, or a folder and 32 bytes.
///
/// Order is the byte order of `path`, the spelling that every store uses:
///
///     format
///     keys/<64 digits>   index/<64 digits>   snapshots/<64 digits>
///     packs/<first two digits>/<64 digits>
///
/// Digits are lowercase hexadecimal. Packs are spread over 256 folders because there may be millions of them.
public struct ObjectName: Hashable, Sendable {
    /// The folder, or nil for `format`.
    public let folder: ObjectFolder?
    /// The 32 bytes that name the object within its folder, or nil for `format`.
    public let id: Bytes32?

    /// The one object outside every folder: what kind of repository this is.
    public static let format = ObjectName(folder: nil, id: nil)

    /// The object `id` in `folder`.
    public init(_ folder: ObjectFolder, _ id: Bytes32) {
        self.init(folder: folder, id: id)
    }

    private init(folder: ObjectFolder?, id: Bytes32?) {
        self.folder = folder
        self.id = id
    }

    /// Reads what `path` spells, or returns nil for every other text: another folder, digits that are missing, too
    /// many or in upper case, a pack under the wrong two digits.
    public init?(path: String) {
        guard path != Self.format.path else {
            self = .format
            return
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard
            let first = parts.first, let last = parts.last,
            let folder = ObjectFolder(rawValue: String(first)),
            let id = Bytes32(hexadecimal: last)
        else { return nil }
        self.init(folder, id)
        guard self.path == path else { return nil }
    }

    /// The spelling of the name, relative to the root of the store.
    public var path: String {
        directoryComponents.map { $0 + "/" }.joined() + fileName
    }

    /// The last component of `path`.
    public var fileName: String {
        id?.description ?? "format"
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
        guard let leftID = left.id, let rightID = right.id else { return false }
        return leftID < rightID
    }
}

extension ObjectName: CustomStringConvertible {
    /// The path.
    public var description: String { path }
}
