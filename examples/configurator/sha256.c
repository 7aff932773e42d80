#include "sha256.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const uint32_t ROUND[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turned(uint32_t word, int by)
{
    return (word >> by) | (word << (32 - by));
}

static void block(uint32_t state[8], const uint8_t bytes[64])
{
    uint32_t word[64], now[8], first, second;
    int at;

    for (at = 0; at < 16; at++)
        word[at] = (uint32_t)bytes[4 * at] << 24 | (uint32_t)bytes[4 * at + 1] << 16 | (uint32_t)bytes[4 * at + 2] << 8 | bytes[4 * at + 3];
    for (; at < 64; at++) {
        first = turned(word[at - 15], 7) ^ turned(word[at - 15], 18) ^ (word[at - 15] >> 3);
        second = turned(word[at - 2], 17) ^ turned(word[at - 2], 19) ^ (word[at - 2] >> 10);
        word[at] = word[at - 16] + first + word[at - 7] + second;
    }
    memcpy(now, state, sizeof now);
    for (at = 0; at < 64; at++) {
        first = now[7] + (turned(now[4], 6) ^ turned(now[4], 11) ^ turned(now[4], 25)) + ((now[4] & now[5]) ^ (~now[4] & now[6])) +
                ROUND[at] + word[at];
        second = (turned(now[0], 2) ^ turned(now[0], 13) ^ turned(now[0], 22)) + ((now[0] & now[1]) ^ (now[0] & now[2]) ^ (now[1] & now[2]));
        memmove(now + 1, now, 7 * sizeof *now);
        now[4] += first;
        now[0] = first + second;
    }
    for (at = 0; at < 8; at++) state[at] += now[at];
}

void sha256_text(const void *from, size_t length, char to[72])
{
    uint32_t state[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    const uint8_t *bytes = (const uint8_t *)from;
    uint64_t bits = (uint64_t)length * 8;
    uint8_t last[128];
    size_t rest, size;
    int at;

    for (; length >= 64; bytes += 64, length -= 64) block(state, bytes);
    rest = length;
    memset(last, 0, sizeof last);
    if (rest) memcpy(last, bytes, rest);
    last[rest] = 0x80;
    size = rest < 56 ? 64 : 128;
    for (at = 0; at < 8; at++) last[size - 1 - (size_t)at] = (uint8_t)(bits >> (8 * at));
    block(state, last);
    if (size == 128) block(state, last + 64);
    memcpy(to, "sha256:", 7);
    for (at = 0; at < 8; at++) (void)snprintf(to + 7 + 8 * at, 9, "%08lx", (unsigned long)state[at]);
}
