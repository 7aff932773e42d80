/* What the C tests share: assertions that stay in every build and say which values met. */
#ifndef CHECK_H
#define CHECK_H

#include <clientela.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                        \
    do {                                                                                        \
        if (!(condition)) {                                                                     \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                     \
            abort();                                                                            \
        }                                                                                       \
    } while (0)

#define CHECK_NUMBER(found, expected)                                                           \
    do {                                                                                        \
        long long check_found = (long long)(found), check_expected = (long long)(expected);     \
        if (check_found != check_expected) {                                                    \
            fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #found,        \
                    check_found, check_expected);                                               \
            abort();                                                                            \
        }                                                                                       \
    } while (0)

#define CHECK_TEXT(found, expected)                                                             \
    do {                                                                                        \
        const char *check_found = (found), *check_expected = (expected);                        \
        if (check_found == NULL || strcmp(check_found, check_expected) != 0) {                  \
            fprintf(stderr, "%s:%d: %s is \"%s\", not \"%s\"\n", __FILE__, __LINE__, #found,    \
                    check_found ? check_found : "(NULL)", check_expected);                      \
            abort();                                                                            \
        }                                                                                       \
    } while (0)

#endif
