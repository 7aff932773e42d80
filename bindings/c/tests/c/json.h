/* As much of JSON as a test needs: members and elements of a text that is known to be JSON. */
#ifndef JSON_H
#define JSON_H

#include "check.h"

static inline const char *json_blanks(const char *at)
{
    while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') at++;
    return at;
}

/* What follows the value that begins here. */
static inline const char *json_after(const char *at)
{
    int depth = 0;

    do {
        if (*at == '"') {
            for (at++; *at && *at != '"'; at++)
                if (*at == '\\' && at[1]) at++;
        } else if (*at == '{' || *at == '[') {
            depth++;
        } else if (*at == '}' || *at == ']') {
            depth--;
        } else if (depth == 0) {
            while (*at && !strchr(",]} \n\r\t", *at)) at++;
            return at;
        }
        CHECK(*at != '\0');
        at++;
    } while (depth > 0);
    return at;
}

/* The first element of an array, or the first name of an object; NULL when it is empty. */
static inline const char *json_first(const char *at)
{
    at = json_blanks(at);
    CHECK(*at == '[' || *at == '{');
    at = json_blanks(at + 1);
    return *at == ']' || *at == '}' ? NULL : at;
}

/* The element or name after this one; NULL when it is the last. */
static inline const char *json_next(const char *at)
{
    at = json_blanks(json_after(at));
    return *at == ',' ? json_blanks(at + 1) : NULL;
}

/* The value of a member of an object; NULL when there is none of that name. */
static inline const char *json_member(const char *object, const char *name)
{
    const char *at, *value;

    for (at = json_first(object); at; at = json_next(value)) {
        value = json_blanks(json_after(at));
        CHECK(*value == ':');
        value = json_blanks(value + 1);
        if (strncmp(at + 1, name, strlen(name)) == 0 && at[1 + strlen(name)] == '"') return value;
    }
    return NULL;
}

/* The text of a value; free it. */
static inline char *json_copy(const char *value)
{
    size_t length = (size_t)(json_after(value) - value);
    char *copy = (char *)malloc(length + 1);

    CHECK(copy != NULL);
    memcpy(copy, value, length);
    copy[length] = '\0';
    return copy;
}

/* What stands in a string without escapes; free it. NULL for no value. */
static inline char *json_string(const char *value)
{
    char *copy;

    if (!value) return NULL;
    CHECK(*value == '"');
    copy = json_copy(value);
    memmove(copy, copy + 1, strlen(copy));
    copy[strlen(copy) - 1] = '\0';
    return copy;
}

#endif
