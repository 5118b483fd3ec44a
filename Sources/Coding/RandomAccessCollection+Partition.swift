extension RandomAccessCollection {
    /// Where the first element lies that `isBefore` is false of, or the end; O(log n) calls of it.
    ///
    /// All elements of which it is true stand before all others, as in a sorted collection those that are below a value.
    @inlinable
    public func partitionPoint(where isBefore: (Element) -> Bool) -> Index {
        var low = startIndex
        var length = count
        while length > 0 {
            let half = length / 2
            let middle = index(low, offsetBy: half)
            if isBefore(self[middle]) {
                low = index(after: middle)
                length -= half + 1
            } else {
                length = half
            }
        }
        return low
    }
}
