import Coding
import Cryptography

/// The binary form of a keyring: a version byte, then fields of `tag (1) ‖ length (varint) ‖ bytes`, ascending by tag.
///
/// A field that is not there is a key that the holder does not have.
extension Keyring {
    private static let encodingVersion: UInt8 = 1

    private enum Tag: UInt8 {
        case contentPrivateKey = 1
        case metadataPrivateKey = 2
        case contentPublicKey = 3
        case metadataPublicKey = 4
        case contentIDKey = 5
        case chunkerKey = 6
        case metadataIDKey = 7
        case indexKey = 8
        case signingKey = 9
        case trustedSigners = 10
        case formatDigest = 11
    }

    /// The keyring's bytes: secret, to be sealed at once.
    func encode() -> SecretBytes {
        var writer = ByteWriter()
        writer.uint8(Self.encodingVersion)
        func field(_ tag: Tag, _ bytes: [UInt8]) {
            writer.uint8(tag.rawValue)
            writer.sizedBytes(bytes)
        }
        func secret(_ tag: Tag, _ key: SecretBytes?) {
            key?.withBytes { field(tag, Array(copying: $0)) }
        }
        secret(.contentPrivateKey, contentPrivateKey)
        secret(.metadataPrivateKey, metadataPrivateKey)
        field(.contentPublicKey, contentPublicKey.bytes)
        field(.metadataPublicKey, metadataPublicKey.bytes)
        secret(.contentIDKey, contentIDKey)
        secret(.chunkerKey, chunkerKey)
        secret(.metadataIDKey, metadataIDKey)
        secret(.indexKey, indexKey)
        secret(.signingKey, signingKey)
        field(.trustedSigners, trustedSigners.flatMap(\.bytes))
        field(.formatDigest, formatDigest.bytes)
        return SecretBytes(writer.bytes)
    }

    /// Reads the bytes of a keyring that a slot was opened to.
    init(decoding bytes: [UInt8]) throws(CodingError) {
        var reader = ByteReader(bytes)
        let version = try reader.uint8()
        guard version == Self.encodingVersion else { throw reader.fault("no keyring has version \(version)") }
        var fields: [Tag: [UInt8]] = [:]
        var last: UInt8 = 0
        while reader.remaining > 0 {
            let raw = try reader.uint8()
            guard raw > last, let tag = Tag(rawValue: raw) else { throw reader.fault("no key has tag \(raw) here") }
            last = raw
            fields[tag] = try reader.sizedBytes(atMost: Limits.trustedSignersMax * Bytes32.count, "a key")
        }
        func secret(_ tag: Tag) throws(CodingError) -> SecretBytes? {
            guard let bytes = fields[tag] else { return nil }
            guard bytes.count == 32 else { throw reader.fault("key \(tag.rawValue) has not 32 bytes") }
            return SecretBytes(bytes)
        }
        func value(_ tag: Tag) throws(CodingError) -> Bytes32 {
            guard let bytes = fields[tag], let value = Bytes32(bytes) else {
                throw reader.fault("key \(tag.rawValue) is missing or has not 32 bytes")
            }
            return value
        }
        guard let indexKey = try secret(.indexKey) else { throw reader.fault("the index key is missing") }
        let signers = fields[.trustedSigners] ?? []
        guard signers.count.isMultiple(of: Bytes32.count) else { throw reader.fault("a signer's key is cut short") }
        self.init(
            contentPrivateKey: try secret(.contentPrivateKey), metadataPrivateKey: try secret(.metadataPrivateKey),
            contentPublicKey: try value(.contentPublicKey), metadataPublicKey: try value(.metadataPublicKey),
            contentIDKey: try secret(.contentIDKey), chunkerKey: try secret(.chunkerKey),
            metadataIDKey: try secret(.metadataIDKey), indexKey: indexKey, signingKey: try secret(.signingKey),
            trustedSigners: stride(from: 0, to: signers.count, by: Bytes32.count).compactMap {
                Bytes32(signers.span.extracting($0..<$0 + Bytes32.count))
            },
            formatDigest: try value(.formatDigest))
    }
}
