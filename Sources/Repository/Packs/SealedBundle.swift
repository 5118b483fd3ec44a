import Catalog
import Coding
import Compression
import Cryptography
import Glibc

/// The unit that is compressed and sealed: one large chunk, or several small ones.
///
/// Stored as a `SealedBox` of one zstd frame. The associated data binds format version, repository, family, session
/// and plaintext length, but neither pack nor offset: maintenance moves sealed bundles that it cannot read.
enum SealedBundle {
    /// Compresses and seals `chunks`, whose bytes are `payload` in the same order.
    ///
    /// The frame is decompressed and compared before it is sealed: a fault of the compressor or of memory must not
    /// become the only copy of somebody's data.
    static func seal(
        _ chunks: [ChunkRecord], payload: [UInt8], session: SessionKey, family: PackKind, repository: RepositoryID,
        salt: [UInt8], coder: inout BundleCoder
    ) throws(RepositoryError) -> (stored: [UInt8], plaintextBytes: Int) {
        let list = BundlePlaintext.encodeList(chunks)
        var plaintext: [UInt8] = []
        plaintext.reserveCapacity(list.count + payload.count)
        plaintext += list
        plaintext += payload
        let frame = try coder.compress(plaintext)
        guard isSame(try coder.decompress(frame.span, exactly: plaintext.count), plaintext) else {
            throw RepositoryError(
                .internalFailure, "compressed data did not decompress to what it was: check this machine's memory")
        }
        let stored = try seal(
            frame, plaintextBytes: plaintext.count, session: session, family: family, repository: repository, salt: salt
        )
        return (stored, plaintext.count)
    }

    /// Seals a frame that is said to decompress to so many bytes.
    static func seal(
        _ frame: [UInt8], plaintextBytes: Int, session: SessionKey, family: PackKind, repository: RepositoryID,
        salt: [UInt8]
    ) throws(RepositoryError) -> [UInt8] {
        var stored: [UInt8] = []
        try SealedBox.seal(
            frame.span, master: session.hash, context: context(family), salt: salt,
            associatedData: associatedData(
                family: family, repository: repository, session: session.identifier, plaintextBytes: plaintextBytes),
            appendingTo: &stored)
        return stored
    }

    /// Opens the bundle at `location`, read as `stored`.
    static func open(
        _ stored: [UInt8], at location: ChunkLocation, family: PackKind, session: SessionKey,
        repository: RepositoryID, object: String, coder: inout BundleCoder
    ) throws(RepositoryError) -> DecodedBundle {
        let what = "the bundle at offset \(location.bundleOffset)"
        func damaged(_ reason: String) -> RepositoryError {
            RepositoryError(.damaged, object: object, "\(what) \(reason)")
        }
        let plaintextBytes = Int(location.plaintextBytes)
        guard plaintextBytes <= Limits.bundlePlaintextBytesMax else { throw damaged("is too long") }
        let frame = try SealedBox.open(
            stored.span, master: session.hash, context: context(family),
            associatedData: associatedData(
                family: family, repository: repository, session: session.identifier, plaintextBytes: plaintextBytes),
            object: object, what)
        let plaintext: [UInt8]
        do {
            plaintext = try coder.decompress(frame.span, exactly: plaintextBytes)
        } catch {
            throw damaged("does not decompress: \(error.reason)")
        }
        do {
            return DecodedBundle(
                family: family, plaintext: plaintext, items: try BundlePlaintext.decode(plaintext))
        } catch {
            throw damaged("has a damaged list of chunks, \(error)")
        }
    }

    /// memcmp(3): the comparison of arrays goes byte by byte and was a twentieth of a backup's time.
    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count
            && left.withUnsafeBytes { left in
                right.withUnsafeBytes { right in
                    guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
                    return memcmp(leftStart, rightStart, left.count) == 0
                }
            }
    }

    private static func context(_ family: PackKind) -> SealedBox.Context {
        family == .content ? .contentBundle : .metadataBundle
    }

    private static func associatedData(
        family: PackKind, repository: RepositoryID, session: [UInt8], plaintextBytes: Int
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: 40)
        writer.uint16(FormatVersion.current)
        writer.append(repository.bytes)
        writer.uint8(family.rawValue)
        writer.append(session)
        writer.uint32(UInt32(plaintextBytes))
        return writer.bytes
    }
}
