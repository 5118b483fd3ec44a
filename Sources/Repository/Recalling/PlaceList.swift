import Coding
import Cryptography
import SystemInterface

/// Which repositories a user has met at which places, so that another one at the same place is noticed, as ssh(1) does it
/// with `known_hosts`.
///
/// The file `places`: `"PastFSpl" ‖ salt (16) ‖ varint:count ‖ count × (place (32) ‖ repository (16)) ‖ SHA-256 of all that`.
/// A place is the SHA-256 of the salt and the store's location, so that it names none.
public struct PlaceList: Sendable {
    private struct Entry: Hashable {
        let place: Bytes32
        let repository: RepositoryID
    }

    package static let file = "places"
    private static let magic = Array("PastFSpl".utf8)
    private static let saltBytes = 16
    private static let entryBytes = Bytes32.count + RepositoryID.count
    private static let bytesMax = 64 + Limits.recalledPlacesMax * entryBytes

    private let directory: StateDirectory

    /// The list below `stateDirectory`, which need not exist.
    public init(stateDirectory: FilePath) {
        directory = StateDirectory(path: stateDirectory)
    }

    /// The repositories that were met at `location` before. Throws `.damaged` or `.internalFailure`.
    public func repositories(at location: String) throws(RepositoryError) -> Set<RepositoryID> {
        do {
            guard let bytes = try directory.read(Self.file, atMost: Self.bytesMax) else { return [] }
            let (salt, entries) = try decode(bytes)
            let place = Self.digest(location, salt)
            return Set(entries.lazy.filter { $0.place == place }.map(\.repository))
        } catch {
            throw wrapped(error)
        }
    }

    /// Notes that `repository` is at `location`, beside those that were met there before.
    public func note(
        _ repository: RepositoryID, at location: String, entropy: any EntropySource
    ) throws(RepositoryError) {
        do {
            try directory.replace(Self.file, atMost: Self.bytesMax) { bytes in
                var (salt, entries) = (try? bytes.map(decode)) ?? (entropy.bytes(Self.saltBytes), [])
                let entry = Entry(place: Self.digest(location, salt), repository: repository)
                guard !entries.contains(entry) else { return nil }
                entries.append(entry)
                return Self.encode(salt, Array(entries.suffix(Limits.recalledPlacesMax)))
            }
        } catch {
            throw wrapped(error)
        }
    }

    private func wrapped(_ error: any Error) -> RepositoryError {
        error as? RepositoryError ?? RepositoryError(.internalFailure, "\(error)")
    }

    private static func digest(_ location: String, _ salt: [UInt8]) -> Bytes32 {
        SHA256.hash((salt + Array(location.utf8)).span)
    }

    private static func encode(_ salt: [UInt8], _ entries: [Entry]) -> [UInt8] {
        var writer = ByteWriter(capacity: 64 + entries.count * entryBytes)
        writer.append(magic)
        writer.append(salt)
        writer.varint(UInt64(entries.count))
        for entry in entries {
            writer.bytes32(entry.place)
            writer.append(entry.repository.bytes)
        }
        let digest = SHA256.hash(writer.bytes.span)
        writer.bytes32(digest)
        return writer.bytes
    }

    private func decode(_ bytes: [UInt8]) throws(RepositoryError) -> (salt: [UInt8], entries: [Entry]) {
        do {
            var reader = ByteReader(bytes)
            guard bytes.count > Bytes32.count, try reader.bytes(Self.magic.count) == Self.magic else {
                throw reader.fault("it is no list of places")
            }
            let salt = try reader.bytes(Self.saltBytes)
            var entries: [Entry] = []
            for _ in 0..<(try reader.count(minimumBytes: Self.entryBytes, "the number of places")) {
                let place = try reader.bytes32()
                guard let repository = RepositoryID(try reader.bytes(RepositoryID.count)) else {
                    throw reader.fault("a repository's identifier is too short")
                }
                entries.append(Entry(place: place, repository: repository))
            }
            let clear = Array(bytes[..<(bytes.count - Bytes32.count)])
            guard try reader.bytes32() == SHA256.hash(clear.span) else { throw reader.fault("its digest is wrong") }
            try reader.expectEnd()
            return (salt, entries)
        } catch {
            throw RepositoryError(.damaged, object: directory.path.appending(Self.file).description, "\(error)")
        }
    }
}
