import COpenSSL
import Coding

/// One `EVP_PKEY` of a curve whose keys are 32 raw bytes: X25519 or Ed25519.
struct CurveKey: ~Copyable {
    /// A curve and its use.
    enum Curve: Sendable {
        case x25519, ed25519

        fileprivate var type: Int32 {
            switch self {
            case .x25519: EVP_PKEY_X25519
            case .ed25519: EVP_PKEY_ED25519
            }
        }
    }

    /// OpenSSL's handle.
    let handle: OpaquePointer

    /// A private key of exactly 32 bytes.
    init(privateKey: SecretBytes, _ curve: Curve, _ operation: String) throws(CryptographyError) {
        Library.prepare()
        let handle = privateKey.withBytes { key in
            key.withUnsafeBufferPointer { key in
                EVP_PKEY_new_raw_private_key(curve.type, nil, key.baseAddress, key.count)
            }
        }
        guard let handle else {
            throw Library.invalidKey(operation, "the private key has \(privateKey.count) bytes, not \(Bytes32.count)")
        }
        self.handle = handle
    }

    /// A public key.
    init(publicKey: Bytes32, _ curve: Curve, _ operation: String) throws(CryptographyError) {
        Library.prepare()
        let key = publicKey.bytes
        guard let handle = EVP_PKEY_new_raw_public_key(curve.type, nil, key, key.count) else {
            throw Library.invalidKey(operation, "the public key is not a key of its curve")
        }
        self.handle = handle
    }

    deinit {
        EVP_PKEY_free(handle)
    }

    /// The public half.
    func publicKey(_ operation: String) throws(CryptographyError) -> Bytes32 {
        var bytes = [UInt8](repeating: 0, count: Bytes32.count)
        var count = bytes.count
        guard EVP_PKEY_get_raw_public_key(handle, &bytes, &count) == 1, count == bytes.count, let key = Bytes32(bytes)
        else { throw Library.failure(operation) }
        return key
    }
}
