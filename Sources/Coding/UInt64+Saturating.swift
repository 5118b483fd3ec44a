extension UInt64 {
    /// Adds `other`, and stays at the largest number where there is no room for the sum: what a storage says of sizes need
    /// not be true, and sparse files may have more in sum than a number can say.
    public mutating func addSaturating(_ other: UInt64) {
        let (sum, overflow) = addingReportingOverflow(other)
        self = overflow ? .max : sum
    }
}
