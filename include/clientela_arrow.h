/*
 * The structures of the Arrow C data interface and C stream interface, exactly as the Arrow project publishes them for copying:
 * https://arrow.apache.org/docs/format/CDataInterface.html and .../CStreamInterface.html. The guards are the canonical ones, so
 * that this file may stand beside other copies (nanoarrow, ADBC, DuckDB).
 */
#ifndef CLIENTELA_ARROW_H
#define CLIENTELA_ARROW_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    /* Array type description */
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;

    /* Release callback */
    void (*release)(struct ArrowSchema *);
    /* Opaque producer-specific data */
    void *private_data;
};

struct ArrowArray {
    /* Array data description */
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;

    /* Release callback */
    void (*release)(struct ArrowArray *);
    /* Opaque producer-specific data */
    void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    /* Gives the type of the stream's batches; the consumer releases it. Returns 0 or an errno. */
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    /* Gives the next batch, one already released at the end. Returns 0 or an errno. */
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    /* Text of the last error, or NULL; valid until the next call. */
    const char *(*get_last_error)(struct ArrowArrayStream *);

    /* Release callback */
    void (*release)(struct ArrowArrayStream *);
    /* Opaque producer-specific data */
    void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

#ifdef __cplusplus
}
#endif

#endif /* CLIENTELA_ARROW_H */
