#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int has_room(buffer *to, size_t more)
{
    size_t room = to->room ? to->room : 1024;
    char *bytes;

    if (to->failed) return 0;
    while (room < to->length + more + 1) room *= 2;
    if (room == to->room) return 1;
    bytes = (char *)realloc(to->bytes, room);
    if (!bytes) {
        to->failed = 1;
        return 0;
    }
    to->bytes = bytes;
    to->room = room;
    return 1;
}

void buffer_add(buffer *to, const char *format, ...)
{
    va_list given, again;
    int length;

    va_start(given, format);
    va_copy(again, given);
    length = vsnprintf(NULL, 0, format, given);
    va_end(given);
    if (length < 0) to->failed = 1;
    if (length >= 0 && has_room(to, (size_t)length)) {
        (void)vsnprintf(to->bytes + to->length, (size_t)length + 1, format, again);
        to->length += (size_t)length;
    }
    va_end(again);
}

void buffer_add_string(buffer *to, const char *value)
{
    buffer_add(to, "\"");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\') buffer_add(to, "\\%c", *value);
        else if ((unsigned char)*value < 0x20) buffer_add(to, "\\u%04x", (unsigned)*value);
        else buffer_add(to, "%c", *value);
    }
    buffer_add(to, "\"");
}

void buffer_free(buffer *gone)
{
    free(gone->bytes);
    memset(gone, 0, sizeof *gone);
}

char *text_of_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    long size;

    if (!file) return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
        bytes = (char *)malloc((size_t)size + 1);
        if (bytes && fread(bytes, 1, (size_t)size, file) != (size_t)size) {
            free(bytes);
            bytes = NULL;
        }
        if (bytes) {
            bytes[size] = '\0';
            if (length) *length = (size_t)size;
        }
    }
    (void)fclose(file);
    return bytes;
}

static const char *blanks(const char *at)
{
    while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') at++;
    return at;
}

const char *json_after(const char *at)
{
    int depth = 0;

    do {
        if (*at == '\0') return NULL;
        if (*at == '"') {
            for (at++; *at && *at != '"'; at++)
                if (*at == '\\' && at[1]) at++;
            if (*at == '\0') return NULL;
        } else if (*at == '{' || *at == '[') {
            depth++;
        } else if (*at == '}' || *at == ']') {
            depth--;
        } else if (depth == 0) {
            while (*at && !strchr(",]} \n\r\t", *at)) at++;
            return at;
        }
        at++;
    } while (depth > 0);
    return at;
}

/* A member of an object or an element of an array; NULL when there is none. */
static const char *inside(const char *whole, const char *name, size_t length)
{
    unsigned long place = strtoul(name, NULL, 10), index;
    int object = *whole == '{';
    const char *at = whole, *value;

    if (!object && *whole != '[') return NULL;
    for (index = 0;; index++) {
        at = blanks(at + 1);
        if (*at == '}' || *at == ']') return NULL;
        value = at;
        if (object) {
            value = json_after(at);
            if (!value) return NULL;
            value = blanks(value);
            if (*value != ':') return NULL;
            value = blanks(value + 1);
            if (strncmp(at + 1, name, length) == 0 && at[1 + length] == '"') return value;
        } else if (index == place) {
            return value;
        }
        at = json_after(value);
        if (!at) return NULL;
        at = blanks(at);
        if (*at != ',') return NULL;
    }
}

const char *json_at(const char *json, const char *path)
{
    const char *at = blanks(json);

    while (at && *path) {
        size_t length = strcspn(path, ".");
        at = inside(at, path, length);
        path += length;
        if (*path == '.') path++;
    }
    return at;
}

const char *json_copy(const char *json, const char *path, char *to, size_t room)
{
    const char *value = json_at(json, path), *end = value ? json_after(value) : NULL;
    size_t length;

    to[0] = '\0';
    if (!end) return to;
    length = (size_t)(end - value);
    if (*value == '"') {
        value++;
        length -= 2;
    }
    if (length >= room) length = room - 1;
    memcpy(to, value, length);
    to[length] = '\0';
    return to;
}
