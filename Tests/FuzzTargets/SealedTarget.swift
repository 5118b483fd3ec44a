import Repository

extension FuzzTarget {
    /// What only somebody who holds the keys can have sealed: a reader, a check and a repair go over it.
    static let sealed = FuzzTarget(
        name: "sealed",
        summary: "everything behind decryption, edited and sealed again with the real keys, under all that reads it",
        words: [], seeds: SealedInput.seeds
    ) { bytes in
        var input = FuzzInput(bytes)
        let errand = Errand.allCases[input.choice(Errand.allCases.count)]
        let edits = SealedInput.edits(&input)
        let repository = needed("the edited sample") { try SealedSample.shared.repository(edits) }
        // Nothing but an error of the repository's own may come out of it.
        do throws(RepositoryError) {
            try repository.refresh()
        } catch {
            return SealedInput.examine(error)
        }
        ReaderWalk(repository).run(errand)
    }
}

/// How the inputs of `sealed` and `view` begin: with edits.
enum SealedInput {
    private static let editsMax = 16

    /// Edits up to the end of the input.
    static func edits(_ input: inout FuzzInput) -> [Edit] {
        var edits: [Edit] = []
        while !input.isEmpty, edits.count < editsMax { edits.append(Edit(&input)) }
        return edits
    }

    /// Each errand over the sample as it is, and with one edit of each object.
    static func seeds() throws -> [(name: String, bytes: [UInt8])] {
        let errands = Errand.allCases.indices.map { ("errand-\($0)", [UInt8($0)]) }
        let objects = (0..<SealedSample.shared.objectCount).map { object in
            ("object-\(object)", [UInt8(object % Errand.allCases.count), UInt8(object), 4, 9, 0, 1])
        }
        return errands + objects
    }

    /// A fault of the data is never called a fault of the program.
    static func examine(_ error: any Error) {
        guard let error = error as? RepositoryError else { return }
        require(error.code != .internalFailure, "a fault of the program: \(error)")
        require(!"\(error)".isEmpty, "an error without words")
    }
}
