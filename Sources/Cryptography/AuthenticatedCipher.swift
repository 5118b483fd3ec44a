import COpenSSL

/// AES-256-GCM with a 96-bit nonce and a 128-bit tag (NIST SP 800-38D).
///
/// A nonce must never be used twice under one key: that gives away both messages and lets anyone forge. Safe for use by
/// several threads; data goes straight from the caller's memory to the result's.
public enum AuthenticatedCipher {
    /// The size of a key.
    public static let keyBytes = 32
    /// The size of a nonce.
    public static let nonceBytes = 12
    /// How much longer sealed data is than the plaintext: the tag.
    public static let overheadBytes = 16
    /// The longest plaintext and the longest associated data: half of what OpenSSL's `int` can count.
    public static let messageBytesMax = 1 << 30

    /// Appends ciphertext and tag of `plaintext` to `output`, which an error leaves as it was.
    public static func seal(
        _ plaintext: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, associatedData: Span<UInt8>,
        appendingTo output: inout [UInt8]
    ) throws(CryptographyError) {
        let operation = "seal data"
        try check(key: key, nonce: nonce, associatedData: associatedData, message: plaintext, operation)
        try output.append(addingCapacity: plaintext.count + overheadBytes) { output throws(CryptographyError) in
            try encrypt(
                plaintext, key: key, nonce: nonce, associatedData: associatedData, to: &output, operation: operation)
        }
    }

    /// Appends ciphertext and tag of `plaintext` to `output`, which an error leaves as it was.
    public static func seal(
        _ plaintext: Span<UInt8>, key: SecretBytes, nonce: Span<UInt8>, associatedData: Span<UInt8>,
        appendingTo output: inout [UInt8]
    ) throws(CryptographyError) {
        try key.withBytes { key throws(CryptographyError) in
            try seal(plaintext, key: key, nonce: nonce, associatedData: associatedData, appendingTo: &output)
        }
    }

    /// The plaintext of `sealed`, once all of it has proved authentic; `.authenticationFailed` otherwise.
    public static func open(
        _ sealed: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, associatedData: Span<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
        let count = try checkedCount(sealed, key: key, nonce: nonce, associatedData: associatedData)
        return try [UInt8](capacity: count) { output throws(CryptographyError) in
            try decrypt(sealed, key: key, nonce: nonce, associatedData: associatedData, to: &output)
        }
    }

    /// The plaintext of `sealed`, once all of it has proved authentic; `.authenticationFailed` otherwise.
    public static func open(
        _ sealed: Span<UInt8>, key: SecretBytes, nonce: Span<UInt8>, associatedData: Span<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
        try key.withBytes { key throws(CryptographyError) in
            try open(sealed, key: key, nonce: nonce, associatedData: associatedData)
        }
    }

    /// As `open`, for a plaintext that is itself a secret and is never held in memory that isn't wiped.
    public static func openSecret(
        _ sealed: Span<UInt8>, key: SecretBytes, nonce: Span<UInt8>, associatedData: Span<UInt8>
    ) throws(CryptographyError) -> SecretBytes {
        try key.withBytes { key throws(CryptographyError) in
            let count = try checkedCount(sealed, key: key, nonce: nonce, associatedData: associatedData)
            return try SecretBytes.filled(count: count) { output throws(CryptographyError) in
                try decrypt(sealed, key: key, nonce: nonce, associatedData: associatedData, to: &output)
            }
        }
    }

    /// The size of the plaintext of `sealed`, if the sizes of everything are right.
    private static func checkedCount(
        _ sealed: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, associatedData: Span<UInt8>
    ) throws(CryptographyError) -> Int {
        guard sealed.count >= overheadBytes else {
            throw CryptographyError(
                .authenticationFailed, operation: openOperation, reason: "\(sealed.count) bytes are less than a tag")
        }
        let ciphertext = sealed.extracting(droppingLast: overheadBytes)
        try check(key: key, nonce: nonce, associatedData: associatedData, message: ciphertext, openOperation)
        return ciphertext.count
    }

    private static let openOperation = "open sealed data"

    private static func check(
        key: Span<UInt8>, nonce: Span<UInt8>, associatedData: Span<UInt8>, message: Span<UInt8>, _ operation: String
    ) throws(CryptographyError) {
        guard key.count == keyBytes else {
            throw CryptographyError(
                .invalidKey, operation: operation, reason: "the key has \(key.count) bytes, not \(keyBytes)")
        }
        guard nonce.count == nonceBytes else {
            throw CryptographyError(
                .invalidParameters, operation: operation,
                reason: "the nonce has \(nonce.count) bytes, not \(nonceBytes)")
        }
        guard message.count <= messageBytesMax, associatedData.count <= messageBytesMax else {
            throw CryptographyError(
                .invalidParameters, operation: operation, reason: "the data is over \(messageBytesMax) bytes")
        }
    }

    /// Writes ciphertext and tag to `output`, which has room for them; all sizes have been checked.
    private static func encrypt(
        _ plaintext: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, associatedData: Span<UInt8>,
        to output: inout OutputSpan<UInt8>, operation: String
    ) throws(CryptographyError) {
        let cipher = try CipherContext(operation)
        let context = cipher.context
        let isSealed = plaintext.withUnsafeBufferPointer { plaintext in
            key.withUnsafeBufferPointer { key in
                nonce.withUnsafeBufferPointer { nonce in
                    associatedData.withUnsafeBufferPointer { associatedData in
                        output.withUnsafeMutableBufferPointer { output, initializedCount in
                            let (text, extra) = (Int32(plaintext.count), Int32(associatedData.count))
                            var written: Int32 = 0
                            guard let start = output.baseAddress,
                                EVP_EncryptInit_ex2(
                                    context, EVP_aes_256_gcm(), key.baseAddress, nonce.baseAddress, nil) == 1,
                                extra == 0
                                    || EVP_EncryptUpdate(context, nil, &written, associatedData.baseAddress, extra)
                                        == 1,
                                text == 0
                                    || EVP_EncryptUpdate(context, start, &written, plaintext.baseAddress, text) == 1,
                                EVP_EncryptFinal_ex(context, start + plaintext.count, &written) == 1,
                                EVP_CIPHER_CTX_ctrl(
                                    context, EVP_CTRL_AEAD_GET_TAG, Int32(overheadBytes), start + plaintext.count) == 1
                            else { return false }
                            initializedCount = plaintext.count + overheadBytes
                            return true
                        }
                    }
                }
            }
        }
        guard isSealed else { throw Library.failure(operation) }
    }

    /// Writes the plaintext to `output`, which has room for it, or wipes what it wrote; all sizes have been checked.
    private static func decrypt(
        _ sealed: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, associatedData: Span<UInt8>,
        to output: inout OutputSpan<UInt8>
    ) throws(CryptographyError) {
        let cipher = try CipherContext(openOperation)
        let context = cipher.context
        let outcome: Outcome = sealed.withUnsafeBufferPointer { sealed in
            key.withUnsafeBufferPointer { key in
                nonce.withUnsafeBufferPointer { nonce in
                    associatedData.withUnsafeBufferPointer { associatedData in
                        output.withUnsafeMutableBufferPointer { output, initializedCount in
                            let count = sealed.count - overheadBytes
                            let extra = Int32(associatedData.count)
                            var written: Int32 = 0
                            guard let start = sealed.baseAddress,
                                EVP_DecryptInit_ex2(
                                    context, EVP_aes_256_gcm(), key.baseAddress, nonce.baseAddress, nil) == 1,
                                extra == 0
                                    || EVP_DecryptUpdate(context, nil, &written, associatedData.baseAddress, extra)
                                        == 1,
                                count == 0
                                    || EVP_DecryptUpdate(context, output.baseAddress, &written, start, Int32(count))
                                        == 1,
                                // OpenSSL takes a pointer to mutable bytes, but only copies the tag to its context.
                                EVP_CIPHER_CTX_ctrl(
                                    context, EVP_CTRL_AEAD_SET_TAG, Int32(overheadBytes),
                                    UnsafeMutablePointer(mutating: start + count)) == 1
                            else { return .libraryFailed }
                            guard EVP_DecryptFinal_ex(context, nil, &written) == 1 else {
                                OPENSSL_cleanse(output.baseAddress, count)
                                return .forged
                            }
                            initializedCount = count
                            return .opened
                        }
                    }
                }
            }
        }
        switch outcome {
        case .opened: return
        case .libraryFailed: throw Library.failure(openOperation)
        case .forged:
            ERR_clear_error()
            throw CryptographyError(
                .authenticationFailed, operation: openOperation,
                reason: "it was not sealed with this key, or has changed")
        }
    }

    private enum Outcome {
        case opened, forged, libraryFailed
    }
}

/// One `EVP_CIPHER_CTX`, wiped when it is freed.
private struct CipherContext: ~Copyable {
    let context: OpaquePointer

    init(_ operation: String) throws(CryptographyError) {
        Library.prepare()
        guard let context = EVP_CIPHER_CTX_new() else { throw Library.failure(operation) }
        self.context = context
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
    }
}
