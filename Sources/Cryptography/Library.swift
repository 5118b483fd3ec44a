import COpenSSL

/// The process-wide state of libcrypto, and the way its failures become errors.
enum Library {
    /// The size of the locked heap: what Linux lets any process lock by default (RLIMIT_MEMLOCK, getrlimit(2)).
    static let secureHeapBytes = 64 << 10

    /// How much of the locked heap secrets may take; OpenSSL itself needs the rest, and fails when it gets none.
    static let secureHeapBytesForSecrets = secureHeapBytes / 2

    /// The smallest block of the locked heap: most secrets are 32 bytes.
    private static let secureHeapBlockBytes = 32

    /// Prepares libcrypto once; to be called before anything that allocates in it.
    static func prepare() {
        _ = isPrepared
    }

    private static let isPrepared: Bool = {
        // Without NO_ATEXIT, exit(3) tears the library down under threads that still use it. Without NO_LOAD_CONFIG, a
        // file that the environment names could replace the ciphers.
        let options = UInt64(OPENSSL_INIT_NO_ATEXIT) | UInt64(OPENSSL_INIT_NO_LOAD_CONFIG)
        // A heap that can't be made or locked is no error: secrets then lie in ordinary memory.
        return OPENSSL_init_crypto(options, nil) == 1
            && CRYPTO_secure_malloc_init(secureHeapBytes, secureHeapBlockBytes) != 0
    }()

    /// The error for a call that has just failed on this thread, whose error queue is emptied.
    static func failure(_ operation: String) -> CryptographyError {
        let number = ERR_peek_last_error()
        ERR_clear_error()
        if ERR_GET_REASON(number) == ERR_R_MALLOC_FAILURE {
            return CryptographyError(.outOfMemory, operation: operation, reason: "there is no memory left")
        }
        let reason = ERR_reason_error_string(number).map { String(cString: $0) }
        return CryptographyError(.libraryFailure, operation: operation, reason: reason ?? "OpenSSL gives no reason")
    }

    /// The error for a key that OpenSSL has just refused on this thread, whose error queue is emptied.
    static func invalidKey(_ operation: String, _ reason: String) -> CryptographyError {
        ERR_clear_error()
        return CryptographyError(.invalidKey, operation: operation, reason: reason)
    }
}
