extension Timestamp {
    /// The moment in UTC as RFC 3339 has it, such as `2026-11-20T14:03:22.017Z`, with up to nine digits of the second's
    /// fraction, which are cut off and not rounded; without digits there is no dot.
    public func rfc3339(fractionDigits count: Int) -> String {
        let time = CivilTime(self)
        func padded(_ number: Int, _ count: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, count - digits.count)) + digits
        }
        let date = "\(padded(time.year, 4))-\(padded(time.month, 2))-\(padded(time.day, 2))"
        let clock = "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
        let fraction = count > 0 ? "." + padded(Int(nanoseconds), 9).prefix(count) : ""
        return "\(date)T\(clock)\(fraction)Z"
    }
}
