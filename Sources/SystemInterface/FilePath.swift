/// A path as Linux has it: bytes without NUL, not necessarily text.
///
/// Nothing here touches a file system: every operation is lexical. Equality and order are those of the bytes.
public struct FilePath: Hashable, Sendable {
    /// The bytes, as they are passed to the kernel.
    public let bytes: [UInt8]

    static let slash = UInt8(ascii: "/")
    static let dot = UInt8(ascii: ".")

    /// A path of these bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A path of the text's UTF-8.
    public init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// Whether the path begins with a slash.
    public var isAbsolute: Bool { bytes.first == Self.slash }

    /// The names between the slashes, empty ones left out; "." and ".." are kept.
    public var components: [[UInt8]] {
        bytes.split(separator: Self.slash).map { Array($0) }
    }

    /// The last name, or nothing for "/" and the empty path.
    public var lastComponent: [UInt8] {
        bytes.split(separator: Self.slash).last.map { Array($0) } ?? []
    }

    /// The path without its last name: "/" for "/" and "/a", "." for "a" and the empty path. Lexical, as dirname(3).
    public var parent: FilePath {
        var end = bytes.count
        while end > 1, bytes[end - 1] == Self.slash { end -= 1 }
        while end > 0, bytes[end - 1] != Self.slash { end -= 1 }
        while end > 1, bytes[end - 1] == Self.slash { end -= 1 }
        return end == 0 ? FilePath([Self.dot]) : FilePath(Array(bytes[..<end]))
    }

    /// The path with a name, or a relative path, put behind it; an empty path gives the name alone.
    public func appending(_ name: [UInt8]) -> FilePath {
        var joined: [UInt8] = []
        joined.reserveCapacity(bytes.count + 1 + name.count)
        joined += bytes
        if let last = bytes.last, last != Self.slash { joined.append(Self.slash) }
        joined += name
        return FilePath(joined)
    }

    /// The path with a name, or a relative path, put behind it; an empty path gives the name alone.
    public func appending(_ name: String) -> FilePath {
        appending(Array(name.utf8))
    }

    /// The path without ".", "name/..", double and trailing slashes; ".." at the root vanishes, and nothing left is ".".
    ///
    /// Where "name" is a symbolic link, the kernel would resolve "name/.." differently.
    public var normalized: FilePath {
        var kept: [[UInt8]] = []
        for name in components {
            switch name {
            case [Self.dot]:
                continue
            case [Self.dot, Self.dot]:
                if let last = kept.last, last != [Self.dot, Self.dot] {
                    kept.removeLast()
                } else if !isAbsolute {
                    kept.append(name)
                }
            default:
                kept.append(name)
            }
        }
        if kept.isEmpty { return FilePath([isAbsolute ? Self.slash : Self.dot]) }
        let relative = Array(kept.joined(separator: [Self.slash]))
        return FilePath(isAbsolute ? [Self.slash] + relative : relative)
    }

    /// Whether this path is `other` or lies below it: lexical, meaningful for two normalised absolute paths.
    public func isInside(_ other: FilePath) -> Bool {
        guard bytes.starts(with: other.bytes) else { return false }
        return bytes.count == other.bytes.count || other.bytes.last == Self.slash
            || bytes[other.bytes.count] == Self.slash
    }

    /// Passes the path as a C string that is valid during the call only; a path that holds NUL traps.
    public func withCString<Value, Failure: Error>(
        _ body: (UnsafePointer<CChar>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let result = SystemInterface.withCString(bytes) { pointer -> Result<Value, Failure> in
            do throws(Failure) {
                return .success(try body(pointer))
            } catch {
                return .failure(error)
            }
        }
        guard let result else { preconditionFailure("a path must not hold NUL") }
        return try result.get()
    }
}

extension FilePath: Comparable {
    /// Byte order.
    public static func < (left: FilePath, right: FilePath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension FilePath: ExpressibleByStringLiteral {
    /// A path of the literal's UTF-8.
    public init(stringLiteral text: String) {
        self.init(text)
    }
}
