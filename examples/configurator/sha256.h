/* SHA-256 (FIPS 180-4): by it the CRM knows whether it has a file already. */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>

/* The digest as "sha256:" and 64 hexadecimal digits, with a NUL. */
void sha256_text(const void *bytes, size_t length, char to[72]);

#endif
