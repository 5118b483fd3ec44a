import Cryptography

/// Seals bytes with AES-256-GCM under a key that serves once.
///
/// Stored as `salt (16) ‖ ciphertext ‖ tag (16)`. The key is `HMAC-SHA256(master key, context ‖ salt)` with a random
/// salt, and the nonce is zero: since a key seals one message, nonces cannot repeat, whatever is forked, resumed or
/// cloned. Nothing in the stored bytes tells where they begin or end.
enum SealedBox {
    static let saltBytes = 16
    /// What sealing adds to a message.
    static let overheadBytes = saltBytes + AuthenticatedCipher.overheadBytes

    private static let nonce = [UInt8](repeating: 0, count: 12)

    /// What a derived key is for; hashed into it, so that no box passes for one of another purpose.
    enum Context: String {
        case contentBundle = "PastFS v1 content bundle"
        case metadataBundle = "PastFS v1 metadata bundle"
        case packFooter = "PastFS v1 pack footer"
        case indexSegment = "PastFS v1 index segment"
        case snapshot = "PastFS v1 snapshot"
        case retention = "PastFS v1 retention"
        case session = "PastFS v1 session"
        case recollection = "PastFS v1 recollection"
        case cachedPage = "PastFS v1 cached page"
        case cachedSnapshot = "PastFS v1 cached snapshot"
    }

    /// Appends the sealed `message` to `output`.
    static func seal(
        _ message: Span<UInt8>, master: KeyedHash, context: Context, salt: [UInt8], associatedData: [UInt8],
        appendingTo output: inout [UInt8]
    ) throws(RepositoryError) {
        precondition(salt.count == saltBytes)
        output.reserveCapacity(output.count + message.count + overheadBytes)
        output.append(contentsOf: salt)
        do {
            try AuthenticatedCipher.seal(
                message, key: key(master, context, salt), nonce: nonce.span, associatedData: associatedData.span,
                appendingTo: &output)
        } catch {
            throw RepositoryError(.internalFailure, "cannot encrypt: \(error)")
        }
    }

    /// The message in `box`; nothing is returned unless the whole of it is authentic.
    static func open(
        _ box: Span<UInt8>, master: KeyedHash, context: Context, associatedData: [UInt8], object: String,
        _ what: @autoclosure () -> String
    ) throws(RepositoryError) -> [UInt8] {
        guard box.count >= overheadBytes else {
            throw RepositoryError(.damaged, object: object, "\(what()) is too short")
        }
        let salt = Array(copying: box.extracting(0..<saltBytes))
        do {
            return try AuthenticatedCipher.open(
                box.extracting(saltBytes..<box.count), key: key(master, context, salt), nonce: nonce.span,
                associatedData: associatedData.span)
        } catch {
            switch error.code {
            case .authenticationFailed:
                throw RepositoryError(.damaged, object: object, "\(what()) fails authentication")
            default:
                throw RepositoryError(.internalFailure, object: object, "cannot decrypt \(what()): \(error)")
            }
        }
    }

    private static func key(_ master: KeyedHash, _ context: Context, _ salt: [UInt8]) -> SecretBytes {
        let label = Array(context.rawValue.utf8) + salt
        return master.deriveKey(label.span)
    }
}

extension Array where Element == UInt8 {
    /// A copy of a span's bytes.
    init(copying span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { Array($0) }
    }
}
