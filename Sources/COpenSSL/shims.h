#ifndef PASTFS_COPENSSL_SHIMS_H
#define PASTFS_COPENSSL_SHIMS_H

/* SHA256_Init and its kin are deprecated in OpenSSL 3.0, but they alone offer a state that can be saved as plain bytes:
 * HMAC from two saved states takes a tenth of the time of HMAC(). They are still there, and fast, in every 3.x. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/sha.h>

/* OPENSSL_secure_malloc and OPENSSL_malloc are macros. */
static inline void *pastfs_secure_allocate(size_t count) { return OPENSSL_secure_malloc(count); }
static inline void *pastfs_allocate(size_t count) { return OPENSSL_malloc(count); }

/* OPENSSL_secure_clear_free is a macro; it wipes and frees what either of the two above returned. */
static inline void pastfs_wipe_and_free(void *start, size_t count) { OPENSSL_secure_clear_free(start, count); }

/* An OSSL_PARAM keeps the pointer to its name, which must therefore be a C literal. */
static inline int pastfs_derive(const char *algorithm, const OSSL_PARAM *parameters, unsigned char *key, size_t count) {
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, algorithm, NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    EVP_KDF_free(kdf);
    int derived = context != NULL && EVP_KDF_derive(context, key, count, parameters) > 0;
    EVP_KDF_CTX_free(context);
    return derived;
}

/* As above. OSSL_PARAM takes pointers to non-const data, but EVP_KDF_derive only reads it (OSSL_PARAM(3)). */
static inline int pastfs_derive_hkdf_sha256(
    const unsigned char *secret, size_t secret_count, const unsigned char *salt, size_t salt_count,
    const unsigned char *info, size_t info_count, unsigned char *key, size_t count) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret, secret_count),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_count),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_count),
        OSSL_PARAM_construct_end(),
    };
    return pastfs_derive("HKDF", parameters, key, count);
}

/* As above. */
static inline int pastfs_derive_scrypt(
    const unsigned char *password, size_t password_count, const unsigned char *salt, size_t salt_count,
    uint64_t n, uint32_t r, uint32_t p, uint64_t memory_bytes_max, unsigned char *key, size_t count) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)password, password_count),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_count),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory_bytes_max),
        OSSL_PARAM_construct_end(),
    };
    return pastfs_derive("SCRYPT", parameters, key, count);
}

#endif
