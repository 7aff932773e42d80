/* Runs the harness without a fuzzer: on files that are named, or on bytes drawn from a seed.

       fuzz FILE...                  files of earlier findings
       fuzz --seed SEED COUNT        so many sequences; the same seed gives the same ones */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BYTES = 1024 };

static uint64_t draw(uint64_t *seed)
{
    uint64_t word = *seed += UINT64_C(0x9e3779b97f4a7c15);

    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

int main(int count, char **given)
{
    static uint8_t bytes[BYTES];
    uint64_t seed;
    size_t length, at;
    long run, runs;
    FILE *file;
    int which;

    if (count == 4 && strcmp(given[1], "--seed") == 0) {
        seed = strtoull(given[2], NULL, 10);
        runs = strtol(given[3], NULL, 10);
        for (run = 0; run < runs; run++) {
            length = draw(&seed) % BYTES;
            for (at = 0; at < length; at++) bytes[at] = (uint8_t)draw(&seed);
            (void)LLVMFuzzerTestOneInput(bytes, length);
        }
        printf("%ld sequences of calls\n", runs);
        return 0;
    }
    for (which = 1; which < count; which++) {
        file = fopen(given[which], "rb");
        if (!file) {
            fprintf(stderr, "%s cannot be read\n", given[which]);
            return 1;
        }
        length = fread(bytes, 1, sizeof bytes, file);
        (void)fclose(file);
        (void)LLVMFuzzerTestOneInput(bytes, length);
    }
    return 0;
}
