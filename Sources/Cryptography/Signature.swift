import COpenSSL
import Coding

/// Ed25519 (RFC 8032), the pure variant: deterministic, without a context.
public enum Signature {
    /// The size of a private key; any 32 random bytes are one.
    public static let privateKeyBytes = 32
    /// The size of a signature.
    public static let signatureBytes = 64

    /// The public half of a private key.
    public static func publicKey(of privateKey: SecretBytes) throws(CryptographyError) -> Bytes32 {
        let operation = "derive an Ed25519 public key"
        return try CurveKey(privateKey: privateKey, .ed25519, operation).publicKey(operation)
    }

    /// The 64-byte signature of `message`.
    public static func sign(
        _ message: Span<UInt8>, privateKey: SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        let operation = "sign data"
        let key = try CurveKey(privateKey: privateKey, .ed25519, operation)
        let digest = try DigestContext(operation)
        var signature = [UInt8](repeating: 0, count: signatureBytes)
        var count = signature.count
        let isSigned = message.withUnsafeBufferPointer { message in
            EVP_DigestSignInit_ex(digest.context, nil, nil, nil, nil, key.handle, nil) == 1
                && EVP_DigestSign(digest.context, &signature, &count, message.baseAddress, message.count) == 1
        }
        guard isSigned, count == signature.count else { throw Library.failure(operation) }
        return signature
    }

    /// Whether `signature` was made of `message` with the private half of `publicKey`.
    ///
    /// False as well for a signature of another size, a second form of a valid one, and a public key that is no point of
    /// the curve. The public key must come from a place that is trusted: under one of low order anything may look valid.
    public static func isValid(_ signature: [UInt8], message: Span<UInt8>, publicKey: Bytes32) -> Bool {
        let operation = "verify a signature"
        guard signature.count == signatureBytes,
            let key = try? CurveKey(publicKey: publicKey, .ed25519, operation),
            let digest = try? DigestContext(operation)
        else { return false }
        let isValid = message.withUnsafeBufferPointer { message in
            EVP_DigestVerifyInit_ex(digest.context, nil, nil, nil, nil, key.handle, nil) == 1
                && EVP_DigestVerify(digest.context, signature, signature.count, message.baseAddress, message.count) == 1
        }
        if !isValid { ERR_clear_error() }
        return isValid
    }
}

/// One `EVP_MD_CTX`.
private struct DigestContext: ~Copyable {
    let context: OpaquePointer

    init(_ operation: String) throws(CryptographyError) {
        guard let context = EVP_MD_CTX_new() else { throw Library.failure(operation) }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }
}
