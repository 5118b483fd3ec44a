/// Finds the word that was probably meant.
enum Spelling {
    /// The longest word that is compared, in characters: the cost is the product of the lengths.
    static let charactersMax = 64

    /// The candidate nearest to `word`: one that `word` is the only beginning of, or one at most a third of its letters away.
    ///
    /// Of several equally near, the first. None when nothing is near.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let wanted = Array(word.lowercased())
        guard !wanted.isEmpty, wanted.count <= charactersMax else { return nil }
        let continued = candidates.filter { $0.lowercased().starts(with: wanted) }
        if continued.count == 1 && wanted.count > 1 { return continued.first }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where candidate.count <= charactersMax {
            let letters = Array(candidate.lowercased())
            let distance = distance(wanted, letters)
            guard distance <= max(1, max(wanted.count, letters.count) / 3), distance < letters.count else { continue }
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
    ///
    /// The restricted Damerau-Levenshtein distance ("optimal string alignment"): F. J. Damerau, "A technique for
    /// computer detection and correction of spelling errors", CACM 7(3), 1964. O(n·m) time, O(m) space.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                var cost = previous[column] + (left[row] == right[column] ? 0 : 1)
                cost = min(cost, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
