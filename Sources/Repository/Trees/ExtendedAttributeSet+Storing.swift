import Coding

extension ExtendedAttributeSet {
    /// Stores `records`, sorted by name: in the entry where they are few, else as a chunk.
    ///
    /// Throws `.invalidArgument` for what the format cannot hold.
    public static func store(
        _ records: [ExtendedAttributeRecord], in session: WriteSession
    ) throws(RepositoryError) -> ExtendedAttributeSet {
        if records.isEmpty { return .inline([]) }
        let sorted = records.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        let isStorable =
            sorted.count <= Limits.extendedAttributesMax
            && sorted.allSatisfy {
                (1...Limits.nameBytesMax).contains($0.name.count) && !$0.name.contains(0)
                    && $0.value.count <= Limits.extendedAttributeValueBytesMax
            } && zip(sorted, sorted.dropFirst()).allSatisfy { $0.name != $1.name }
        var writer = ByteWriter()
        encode(sorted, to: &writer)
        guard isStorable, writer.count <= Limits.extendedAttributesBytesMax else {
            throw RepositoryError(.invalidArgument, "its extended attributes are more than the format can hold")
        }
        if writer.count <= Limits.inlineExtendedAttributesBytesMax { return .inline(sorted) }
        return .reference(try session.add(writer.bytes.span, .extendedAttributes))
    }

    /// The attributes, sorted by name.
    public func load(from source: ChunkSource) throws(RepositoryError) -> [ExtendedAttributeRecord] {
        switch self {
        case .inline(let records): return records
        case .reference(let id):
            let chunk = try source.chunk(id, .extendedAttributes)
            guard chunk.count <= Limits.extendedAttributesBytesMax else {
                throw RepositoryError(.damaged, "extended attributes \(id) have \(chunk.count) bytes")
            }
            do {
                var reader = chunk.reader()
                let records = try Self.decode(&reader)
                try reader.expectEnd()
                return records
            } catch {
                throw RepositoryError(.damaged, "extended attributes \(id) are damaged \(error)")
            }
        }
    }
}
