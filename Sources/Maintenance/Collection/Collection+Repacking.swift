import Coding
import Repository

extension Collection {
    /// Moves what is needed out of the packs that hold most of what is not, until no more than the wanted share of all
    /// that stays is of no use; returns the packs that were copied from, or would be.
    mutating func repack(
        _ kept: [Bytes32], _ mark: borrowing LivenessMark
    ) throws(RepositoryError) -> [Bytes32] {
        var usages: [PackUsage] = []
        var stored: UInt64 = 0
        var unused: UInt64 = 0
        for pack in kept {
            guard let usage = try repository.usage(of: pack, by: mark) else { continue }
            stored += usage.storedBytes
            unused += usage.storedBytes - usage.neededBytes
            if usage.neededBytes < usage.storedBytes { usages.append(usage) }
        }
        // The emptiest first: they free most for each byte that is moved.
        usages.sort { ($0.neededShare, $0.id) < ($1.neededShare, $1.id) }
        var chosen: [PackUsage] = []
        // Copies come before anything goes: no more than what half of the room holds.
        var room = repository.store.bytesAvailable().map { $0 / 2 } ?? .max
        for usage in usages where Double(unused) > Double(stored) * options.unusedShareMax {
            guard usage.neededBytes <= room else { continue }
            room -= usage.neededBytes
            chosen.append(usage)
            unused -= usage.storedBytes - usage.neededBytes
            stored -= usage.storedBytes - usage.neededBytes
        }
        report.packsRepacked = chosen.count
        report.bytesMoved = chosen.reduce(0) { $0 + $1.neededBytes }
        guard !chosen.isEmpty, !options.isDryRun else { return chosen.map(\.id) }
        do throws(RepositoryError) {
            return try move(chosen, mark)
        } catch {
            guard error.code == .storage(.noSpace) else { throw error }
            // What was copied is of no use, and goes with the next generation.
            (report.packsRepacked, report.bytesMoved) = (0, 0)
            return []
        }
    }

    private mutating func move(_ chosen: [PackUsage], _ mark: borrowing LivenessMark) throws(RepositoryError)
        -> [Bytes32]
    {
        var repacking = Repacking(repository, entropy: entropy)
        for (number, usage) in chosen.enumerated() {
            try repacking.add(usage.id, mark)
            observer?.collectionAdvanced(.moving, number + 1, of: chosen.count)
        }
        try repacking.finish()
        report.bytesMoved = repacking.bytesMoved
        copies.trust(repacking.newPacks)
        return repacking.packs
    }
}

extension PackUsage {
    /// Which part of the pack is needed, 0 to 1.
    fileprivate var neededShare: Double { storedBytes == 0 ? 0 : Double(neededBytes) / Double(storedBytes) }
}
