/// A set of small numbers, one bit each.
public struct SmallSet<Word: FixedWidthInteger & UnsignedInteger & Sendable>: Hashable, Sendable {
    /// Bit n is set when n is a member.
    public var bits: Word

    /// The set with these bits.
    public init(bits: Word = 0) {
        self.bits = bits
    }

    /// The numbers below `count`.
    public static func below(_ count: Int) -> Self { Self(bits: Word(truncatingIfNeeded: (1 << count) - 1)) }

    /// Whether there is no member.
    public var isEmpty: Bool { bits == 0 }

    /// How many members there are.
    public var count: Int { bits.nonzeroBitCount }

    /// The smallest member.
    public var first: Int? { bits == 0 ? nil : bits.trailingZeroBitCount }

    /// Whether `member` is one.
    public func contains(_ member: Int) -> Bool { bits >> Word(member) & 1 == 1 }

    /// Whether all members of `other` are members.
    public func contains(all other: Self) -> Bool { other.bits & ~bits == 0 }

    /// Adds a member.
    public mutating func insert(_ member: Int) { bits |= 1 << Word(member) }

    /// Takes a member out.
    public mutating func remove(_ member: Int) { bits &= ~(1 << Word(member)) }

    /// The members of either.
    public static func | (left: Self, right: Self) -> Self { Self(bits: left.bits | right.bits) }

    /// The members of both.
    public static func & (left: Self, right: Self) -> Self { Self(bits: left.bits & right.bits) }

    /// The members of the left that aren't members of the right.
    public static func - (left: Self, right: Self) -> Self { Self(bits: left.bits & ~right.bits) }

    /// Adds the members of the right.
    public static func |= (left: inout Self, right: Self) { left.bits |= right.bits }

    /// Every subset, the whole set first and the empty one last.
    func forEachSubset(_ body: (Self) -> Void) {
        var subset = bits
        while true {
            body(Self(bits: subset))
            if subset == 0 { return }
            subset = (subset &- 1) & bits
        }
    }
}

extension SmallSet: ExpressibleByArrayLiteral {
    /// The set of these members.
    public init(arrayLiteral members: Int...) {
        self.init()
        for member in members { insert(member) }
    }
}

extension SmallSet: Sequence {
    /// The members, smallest first.
    public struct Iterator: IteratorProtocol {
        var rest: Word

        /// The next member.
        public mutating func next() -> Int? {
            guard rest != 0 else { return nil }
            let member = rest.trailingZeroBitCount
            rest &= rest &- 1
            return member
        }
    }

    /// The members, smallest first.
    public func makeIterator() -> Iterator { Iterator(rest: bits) }
}

/// Chunks, by number.
public typealias ChunkSet = SmallSet<UInt8>
/// Packs, by number.
public typealias PackSet = SmallSet<UInt8>
/// Sessions, and the snapshots that they commit: a snapshot has the number of its session.
public typealias SessionSet = SmallSet<UInt8>
/// Index segments, by number.
public typealias SegmentSet = SmallSet<UInt16>
/// Tombstones: the k-th of a snapshot, counted from 0, is member `snapshot * 2 + k`.
public typealias TombstoneSet = SmallSet<UInt8>
