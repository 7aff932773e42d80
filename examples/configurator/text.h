/* Texts: a buffer that grows, files, and as much of JSON as the messages need. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

/* A text that grows. All zero is the empty one; free it with buffer_free. Once memory has run out, `failed` stays 1. */
typedef struct buffer {
    char *bytes;
    size_t length, room;
    int failed;
} buffer;

/* Adds what printf would print. */
void buffer_add(buffer *to, const char *format, ...);

/* Adds a JSON string, its quotes included. */
void buffer_add_string(buffer *to, const char *value);

void buffer_free(buffer *gone);

/* The whole of a file, with a NUL after it; NULL when it cannot be read. Free it with free(). */
char *text_of_file(const char *path, size_t *length);

/* The value at a path such as "body.results.0.action" in a JSON text; NULL when there is none. */
const char *json_at(const char *json, const char *path);

/* A string or number at a path, copied to `to` and cut to its room; "" when there is none. Gives `to`. */
const char *json_copy(const char *json, const char *path, char *to, size_t room);

/* What follows the value that begins here; NULL when it has no end. */
const char *json_after(const char *value);

#endif
