import COpenSSL
import Coding

/// X25519 (RFC 7748): a secret that two parties share, each with its private key and the other's public key.
public enum KeyAgreement {
    /// The size of a private key; any 32 random bytes are one.
    public static let privateKeyBytes = 32

    /// The public half of a private key.
    public static func publicKey(of privateKey: SecretBytes) throws(CryptographyError) -> Bytes32 {
        let operation = "derive an X25519 public key"
        return try CurveKey(privateKey: privateKey, .x25519, operation).publicKey(operation)
    }

    /// The 32 bytes that both parties share; to be put through a key derivation before use.
    ///
    /// A public key of low order, with which the result would be all zero and no secret, is refused with `.invalidKey`
    /// (RFC 7748, section 6.1).
    public static func sharedSecret(
        privateKey: SecretBytes, publicKey: Bytes32
    ) throws(CryptographyError) -> SecretBytes {
        let operation = "agree on an X25519 secret"
        let own = try CurveKey(privateKey: privateKey, .x25519, operation)
        let peer = try CurveKey(publicKey: publicKey, .x25519, operation)
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, own.handle, nil) else { throw Library.failure(operation) }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, peer.handle) == 1 else {
            throw Library.failure(operation)
        }
        var isDerived = false
        let secret = SecretBytes.filled(count: Bytes32.count) { output in
            output.withUnsafeMutableBufferPointer { memory, initializedCount in
                memory.initialize(repeating: 0)
                initializedCount = memory.count
                var count = memory.count
                isDerived = EVP_PKEY_derive(context, memory.baseAddress, &count) == 1 && count == memory.count
            }
        }
        // OpenSSL fails when the result is all zero; not every implementation of a curve inside it must.
        guard isDerived, secret != SecretBytes(Bytes32.zero.bytes) else {
            throw Library.invalidKey(operation, "the public key has a low order")
        }
        return secret
    }
}
