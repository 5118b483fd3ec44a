#ifndef PASTFS_COPENSSL_SHIMS_H
#define PASTFS_COPENSSL_SHIMS_H

#include <openssl/evp.h>

#endif
