/// What every kind of key slot says of itself in clear.
struct KeySlotHeading: Decodable {
    /// Which secret opens it.
    let kind: String
    /// The identifier of the repository whose keys it holds.
    let repository: String
}
