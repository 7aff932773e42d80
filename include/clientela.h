/*
 * clientela: customers, offers and campaigns of a dealer network, inside your program.
 *
 * HANDLES. Each is an opaque pointer of one of four kinds; what a pointer's value means is the library's business.
 *
 *   kind       types                                threads                                   ends with
 *   service    (stores and sessions)                any, calls may overlap                    _close, _free
 *   snapshot   clientela_text, ...                  any number at once; it never changes      _free
 *   draft      (offers and imports being made)      one at a time; another one is answered    _free
 *                                                   CLIENTELA_E_BUSY_HANDLE
 *   error      clientela_error                      the caller's own                          clientela_error_free
 *
 *   Only functions with _free or _close in their name end a handle. Order does not matter; NULL is allowed and does nothing.
 *   NULL elsewhere, a freed handle, one of another type or an invented one gives CLIENTELA_E_HANDLE, and harms nothing.
 *   (A freed handle could be taken for a new one only after its place was used 2^32 times; on 32-bit systems 2^16 times.)
 *   clientela_live_handles() counts those not freed; a test of yours can end with it being 0.
 *
 * ERRORS. A function that can fail returns clientela_status, 0 or above when it has done its work, and has a slot as its last
 *   parameter. One slot serves a whole function of yours:
 *
 *       clientela_error *err = NULL;
 *       if (clientela_id_parse(text, &id, &err) < 0) fprintf(stderr, "%s\n", clientela_error_message(err));
 *       clientela_error_free(&err);
 *
 *   A failure makes or refills the slot, success empties it. NULL for the slot: only the status is of interest. Nothing is kept
 *   per thread, and messages never contain personal data. A fault of the library is CLIENTELA_E_PANIC; it never ends your program.
 *
 * TEXTS are UTF-8 without U+0000, file names too. A parameter ends with a NUL. In a structure a text is a clientela_str: set it
 *   with clientela_s("..."), or with pointer and length. A result ends with a NUL, is owned by the handle it was read from, and is
 *   valid until that is freed. No text is ever yours to free. Texts have at most 1 MiB, attachments 256 MiB.
 *
 * STRUCTURES that begin with struct_size are set up with CLIENTELA_INIT(&it); zero is the default of every field. They grow at
 *   their end only: an older program works with a newer library, and a newer program with an older library as long as it leaves
 *   the new fields zero (otherwise CLIENTELA_E_VERSION).
 *
 * THREADS. Each function says which it allows. Functions that take no handle may be called from any thread at any time.
 *   There is nothing to initialise and nothing to shut down; the library starts no threads and prints nothing.
 *
 * VERSIONS. CLIENTELA_ABI is that of this header, clientela_abi_version() that of the library. From 1.0 on nothing is removed or
 *   changed within a major version; until then the minor version counts as the major one. "@since" says which version brought what.
 *   The library cannot be unloaded: dlclose is harmless and leaves it mapped.
 *
 * YOUR OWN DUTY is the memory you pass: texts that end, structures as long as struct_size says, texts read before their handle
 *   is freed. A store's file belongs to the library: a second SQLite in the process must not open it.
 *
 * This file is generated from bindings/c: do not edit it.
 */
#ifndef CLIENTELA_H
#define CLIENTELA_H


#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "clientela_arrow.h"

/* The version of this header. */
#define CLIENTELA_VERSION_MAJOR 0
#define CLIENTELA_VERSION_MINOR 1
#define CLIENTELA_VERSION_PATCH 0

/* The ABI of this header; compare with clientela_abi_version(). */
#define CLIENTELA_ABI (((uint32_t)CLIENTELA_VERSION_MAJOR << 16) | (uint32_t)CLIENTELA_VERSION_MINOR)

/* CLIENTELA_STATIC is set by the packages for CMake and pkg-config when the static library is linked. */
#if defined(CLIENTELA_STATIC)
#define CLIENTELA_API
#elif defined(_WIN32)
#define CLIENTELA_API __declspec(dllimport)
#elif defined(__GNUC__)
#define CLIENTELA_API __attribute__((visibility("default")))
#else
#define CLIENTELA_API
#endif

/* Sets a structure up: all zero but its size. */
#define CLIENTELA_INIT(p) (memset((p), 0, sizeof *(p)), (p)->struct_size = (uint32_t)sizeof *(p))

/* The length of a text that ends with a NUL, in a clientela_str. */
#define CLIENTELA_NUL ((size_t)-1)

/* A day and a moment that mean none. */
#define CLIENTELA_NO_DATE INT32_MIN
#define CLIENTELA_NO_TIME INT64_MIN

/* Bytes that the text of any value needs, its NUL included. */
#define CLIENTELA_ID_TEXT 37
#define CLIENTELA_DECIMAL_TEXT 24
#define CLIENTELA_MONEY_TEXT 32
#define CLIENTELA_DATE_TEXT 11
#define CLIENTELA_TIME_TEXT 28

/**
 * The values of a status. Values are only added, never changed or used again; treat an unknown one below 0 as an error.
 */
enum clientela_status_code
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif /* defined(__cplusplus) || __STDC_VERSION__ >= 202311L */
 {
    /**
     * Done.
     */
    CLIENTELA_OK = 0,
    /**
     * Nothing more to iterate over.
     */
    CLIENTELA_END = 1,
    /**
     * An argument is missing or makes no sense: correct the call.
     */
    CLIENTELA_E_ARGUMENT = -1,
    /**
     * A text is not UTF-8 or contains U+0000.
     */
    CLIENTELA_E_UTF8 = -2,
    /**
     * A handle is NULL, freed, of another type, or never existed.
     */
    CLIENTELA_E_HANDLE = -3,
    /**
     * Another thread is using the handle.
     */
    CLIENTELA_E_BUSY_HANDLE = -4,
    /**
     * The object is in a state that does not allow this, such as a closed store.
     */
    CLIENTELA_E_STATE = -5,
    /**
     * Nothing with that id or key, or nothing that may be seen.
     */
    CLIENTELA_E_NOT_FOUND = -6,
    /**
     * It is already there.
     */
    CLIENTELA_E_EXISTS = -7,
    /**
     * Somebody changed it meanwhile: read again and decide again.
     */
    CLIENTELA_E_CONFLICT = -8,
    /**
     * A value is not acceptable; the findings are in the error.
     */
    CLIENTELA_E_VALIDATION = -9,
    /**
     * A rule of the business refuses it.
     */
    CLIENTELA_E_RULE = -10,
    /**
     * The acting position may not do this.
     */
    CLIENTELA_E_RIGHTS = -11,
    /**
     * A number is outside what its type can hold.
     */
    CLIENTELA_E_RANGE = -12,
    /**
     * Something is larger or more numerous than the library accepts.
     */
    CLIENTELA_E_LIMIT = -13,
    /**
     * The caller's buffer is too small.
     */
    CLIENTELA_E_BUFFER = -14,
    /**
     * A structure, the program's header or a store is newer than this library.
     */
    CLIENTELA_E_VERSION = -15,
    /**
     * Another process is writing: try again.
     */
    CLIENTELA_E_BUSY = -16,
    /**
     * The operating system refused to read or write.
     */
    CLIENTELA_E_IO = -17,
    /**
     * The file is not a store, or is damaged.
     */
    CLIENTELA_E_CORRUPT = -18,
    /**
     * The database engine failed.
     */
    CLIENTELA_E_STORAGE = -19,
    /**
     * The caller asked to stop.
     */
    CLIENTELA_E_CANCELLED = -20,
    /**
     * A function given by the caller failed.
     */
    CLIENTELA_E_CALLBACK = -21,
    /**
     * This build or this store cannot do that.
     */
    CLIENTELA_E_UNSUPPORTED = -22,
    /**
     * A fault of the library itself; the host is unharmed.
     */
    CLIENTELA_E_PANIC = -99,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum clientela_status_code clientela_status_code;
#else
typedef int32_t clientela_status_code;
#endif /* __STDC_VERSION__ >= 202311L */
#endif /* __cplusplus */

/**
 * The slot in which calls tell what went wrong. Begin with `clientela_error *err = NULL;`, pass `&err` to call after call,
 * read it after a failure, free it once at the end. Belongs to one thread at a time.
 */
typedef struct clientela_error clientela_error;

/**
 * A text made on demand, such as a document. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_text clientela_text;

/**
 * What a call answers: 0 done, 1 end of an iteration, below 0 an error. See `clientela_status_code` for the values.
 */
typedef int32_t clientela_status;

/**
 * The id of a record: a UUID version 7 in network byte order. All zero means none.
 */
typedef struct clientela_id {
    /**
     * The bytes in the order they are written as text. A .NET Guid has another order: make it from the text.
     */
    uint8_t bytes[16];
} clientela_id;

/**
 * One finding of a validation.
 */
typedef struct clientela_issue {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * Stable dotted word.
     */
    const char *code;
    /**
     * Path of the field, empty when the whole is meant.
     */
    const char *field;
    /**
     * One sentence in English.
     */
    const char *message;
} clientela_issue;

/**
 * An exact amount: coef / 10^scale in a currency. 98 500.50 EUR is {9850050, 2, "EUR"}.
 */
typedef struct clientela_money {
    /**
     * All digits as a whole number.
     */
    int64_t coef;
    /**
     * How many of the digits are decimals, 0 to 18.
     */
    int32_t scale;
    /**
     * Code of ISO 4217 in capital letters with a NUL after it.
     */
    char currency[4];
} clientela_money;

/**
 * An exact number: coef / 10^scale. 12.5 is {125, 1}.
 */
typedef struct clientela_decimal {
    /**
     * All digits as a whole number.
     */
    int64_t coef;
    /**
     * How many of the digits are decimals, 0 to 18.
     */
    int32_t scale;
    /**
     * Zero.
     */
    int32_t reserved;
} clientela_decimal;

/**
 * A day: days since 1970-01-01, as in Arrow's date32. CLIENTELA_NO_DATE means none.
 */
typedef int32_t clientela_date;

/**
 * A moment: microseconds since 1970-01-01T00:00:00Z, as in Arrow's timestamp[us, UTC]. CLIENTELA_NO_TIME means none.
 */
typedef int64_t clientela_time;

/**
 * A text inside a structure. {NULL, 0} means not given; a length of CLIENTELA_NUL means that the text ends with a NUL.
 */
typedef struct clientela_str {
    /**
     * UTF-8 without U+0000. Read during the call only.
     */
    const char *ptr;
    /**
     * Number of bytes, or CLIENTELA_NUL.
     */
    size_t len;
} clientela_str;

#ifdef __cplusplus
extern "C" {
#endif /* __cplusplus */

/**
 * Which ABI the library has: `major << 16 | minor`. Compare with CLIENTELA_ABI, which is the header's.
 *
 * @return the number; majors must be equal, and the library's minor must not be below the header's
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API uint32_t clientela_abi_version(void);

/**
 * The version of the library, such as "0.1.0".
 *
 * @return a text that lives as long as the process, never NULL
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API const char *clientela_version(void);

/**
 * One line for a report of a fault: versions of the library, its ABI and the engines inside.
 *
 * @return a text that lives as long as the process, never NULL
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API const char *clientela_build_info(void);

/**
 * How many handles were given out and not freed, error handles included. At the end of a program without leaks: 0.
 *
 * @return the number
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
size_t clientela_live_handles(void);

/**
 * The status of the last call made with this slot.
 *
 * @param err [in] the slot; NULL gives CLIENTELA_OK
 * @return the status; CLIENTELA_E_HANDLE when `err` is not a slot
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API clientela_status clientela_error_status(const struct clientela_error *err);

/**
 * The stable dotted word of the error, such as "offer.discount_limit": the key for translations; it never changes its meaning.
 *
 * @param err [in] the slot; NULL gives ""
 * @return owned by the slot, valid until the slot is used again or freed; "" when there is no error, never NULL
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_error_code(const struct clientela_error *err);

/**
 * One English sentence for logs. Never contains personal data.
 *
 * @param err [in] the slot; NULL gives ""
 * @return owned by the slot, valid until the slot is used again or freed; "" when there is no error, never NULL
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_error_message(const struct clientela_error *err);

/**
 * The path of the parameter or field concerned, such as "items[2].discount_bp".
 *
 * @param err [in] the slot; NULL gives ""
 * @return owned by the slot, valid until the slot is used again or freed; "" when no field is concerned, never NULL
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_error_field(const struct clientela_error *err);

/**
 * What would be right, in English.
 *
 * @param err [in] the slot; NULL gives ""
 * @return owned by the slot, valid until the slot is used again or freed; "" when there is nothing to say, never NULL
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_error_hint(const struct clientela_error *err);

/**
 * Why a rule refused: named reasons with the figures used, one per line, those beneath a reason indented by two blanks.
 *
 * @param err [in] the slot; NULL gives ""
 * @return owned by the slot, valid until the slot is used again or freed; "" when no rule decided, never NULL
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_error_why(const struct clientela_error *err);

/**
 * The id of the record concerned.
 *
 * @param err [in] the slot; not NULL
 * @param entity [out] the id, all zero when no record is concerned; not NULL
 * @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_error_entity(const struct clientela_error *err,
                                        struct clientela_id *entity);

/**
 * How many findings a validation has made.
 *
 * @param err [in] the slot; NULL gives 0
 * @return the number
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_error_issue_count(const struct clientela_error *err);

/**
 * One finding of a validation.
 *
 * @param err [in] the slot; not NULL
 * @param index [in] 0 to clientela_error_issue_count - 1
 * @param issue [out] set up with CLIENTELA_INIT; its texts are owned by the slot, valid until the slot is used again or freed
 * @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_RANGE
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_error_issue(const struct clientela_error *err,
                                       size_t index,
                                       struct clientela_issue *issue);

/**
 * The code of the database engine or of the operating system.
 *
 * @param err [in] the slot; NULL gives 0
 * @return the code, 0 when there is none
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API int32_t clientela_error_native(const struct clientela_error *err);

/**
 * Whether the same call may succeed later without a change.
 *
 * @param err [in] the slot; NULL gives 0
 * @return 1 when it may, 0 when not
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API int32_t clientela_error_retry(const struct clientela_error *err);

/**
 * Frees the slot and sets the variable to NULL.
 *
 * @param err [in,out] the variable that holds the slot; nothing happens with NULL or when it holds NULL
 * Threads: one at a time per slot.
 * @since 0.1
 */
CLIENTELA_API void clientela_error_free(struct clientela_error **err);

/**
 * The text.
 *
 * @param text [in] the text; NULL or not a text gives NULL
 * @param len [out] its length in bytes; may be NULL
 * @return UTF-8 with a NUL after it, owned by `text`, valid until clientela_text_free
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API const char *clientela_text_get(const struct clientela_text *text, size_t *len);

/**
 * Frees the text.
 *
 * @param text [in] the text; nothing happens with NULL
 * Threads: any, once nobody reads the text.
 * @since 0.1
 */
CLIENTELA_API void clientela_text_free(struct clientela_text *text);

/**
 * Reads an id.
 *
 * @param text [in] 36 characters such as "01890a5d-ac96-774b-bcce-b302099a8057"; not NULL
 * @param id [out] the id; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8, CLIENTELA_E_VALIDATION
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_id_parse(const char *text,
                                    struct clientela_id *id,
                                    struct clientela_error **err);

/**
 * Writes an id as text.
 *
 * @param id [in] the id; not NULL. All zero is written with zeros
 * @param buffer [out] where to; not NULL
 * @param size [in] bytes in the buffer: CLIENTELA_ID_TEXT is enough
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_BUFFER
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_id_format(const struct clientela_id *id,
                                     char *buffer,
                                     size_t size,
                                     struct clientela_error **err);

/**
 * Reads an amount: digits, a decimal point, a minus sign; no exponent, no grouping, no blanks, whatever the locale.
 *
 * @param text [in] the number, such as "98500.50"; not NULL
 * @param currency_code [in] code of ISO 4217, such as "EUR"; not NULL
 * @param amount [out] the amount with the decimals as written; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_money_parse(const char *text,
                                       const char *currency_code,
                                       struct clientela_money *amount,
                                       struct clientela_error **err);

/**
 * Writes an amount with all its decimals and its currency after it: "98500.50 EUR".
 *
 * @param amount [in] the amount; not NULL
 * @param buffer [out] where to; not NULL
 * @param size [in] bytes in the buffer: CLIENTELA_MONEY_TEXT is enough
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE, CLIENTELA_E_BUFFER
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_money_format(const struct clientela_money *amount,
                                        char *buffer,
                                        size_t size,
                                        struct clientela_error **err);

/**
 * Adds two amounts of one currency, exactly.
 *
 * @param left [in] an amount; not NULL
 * @param right [in] an amount of the same currency; not NULL
 * @param sum [out] the sum, with the decimals of the one that has more; not NULL, may be `left` or `right`,
 *        written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION when the currencies differ, CLIENTELA_E_RANGE
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_money_add(const struct clientela_money *left,
                                     const struct clientela_money *right,
                                     struct clientela_money *sum,
                                     struct clientela_error **err);

/**
 * Takes one amount from another of the same currency, exactly.
 *
 * @param left [in] the amount to take from; not NULL
 * @param right [in] the amount to take, of the same currency; not NULL
 * @param difference [out] the difference, with the decimals of the one that has more; not NULL, may be `left` or `right`,
 *        written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION when the currencies differ, CLIENTELA_E_RANGE
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_money_subtract(const struct clientela_money *left,
                                          const struct clientela_money *right,
                                          struct clientela_money *difference,
                                          struct clientela_error **err);

/**
 * Compares two amounts of one currency; 1.5 and 1.50 are equal.
 *
 * @param left [in] an amount; not NULL
 * @param right [in] an amount of the same currency; not NULL
 * @param order [out] -1, 0 or 1 when `left` is less than, equal to or more than `right`; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION when the currencies differ, CLIENTELA_E_RANGE
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_money_compare(const struct clientela_money *left,
                                         const struct clientela_money *right,
                                         int32_t *order,
                                         struct clientela_error **err);

/**
 * Reads a number: digits, a decimal point, a minus sign; no exponent, no grouping, no blanks, whatever the locale.
 *
 * @param text [in] the text, such as "12.50"; not NULL
 * @param number [out] the number with the decimals as written; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_decimal_parse(const char *text,
                                         struct clientela_decimal *number,
                                         struct clientela_error **err);

/**
 * Writes a number with all its decimals, so that reading it again gives the same.
 *
 * @param number [in] the number; not NULL
 * @param buffer [out] where to; not NULL
 * @param size [in] bytes in the buffer: CLIENTELA_DECIMAL_TEXT is enough
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_RANGE, CLIENTELA_E_VERSION, CLIENTELA_E_BUFFER
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_decimal_format(const struct clientela_decimal *number,
                                          char *buffer,
                                          size_t size,
                                          struct clientela_error **err);

/**
 * Makes a day of year, month and day of the month, and checks that there is one.
 *
 * @param year [in] 1 to 9999
 * @param month [in] 1 to 12
 * @param day [in] 1 to 31
 * @param date [out] the day; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_date_from_ymd(int32_t year,
                                         int32_t month,
                                         int32_t day,
                                         clientela_date *date,
                                         struct clientela_error **err);

/**
 * Takes a day apart.
 *
 * @param date [in] the day; none is refused
 * @param year [out] 1 to 9999; not NULL
 * @param month [out] 1 to 12; not NULL
 * @param day [out] 1 to 31; not NULL. All three are written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_date_to_ymd(clientela_date date,
                                       int32_t *year,
                                       int32_t *month,
                                       int32_t *day,
                                       struct clientela_error **err);

/**
 * Reads a day in the form of ISO 8601.
 *
 * @param text [in] 10 characters such as "2026-03-31"; not NULL
 * @param date [out] the day; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_date_parse(const char *text,
                                      clientela_date *date,
                                      struct clientela_error **err);

/**
 * Writes a day in the form of ISO 8601; none is written as the empty text.
 *
 * @param date [in] the day
 * @param buffer [out] where to; not NULL
 * @param size [in] bytes in the buffer: CLIENTELA_DATE_TEXT is enough
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_RANGE, CLIENTELA_E_BUFFER
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_date_format(clientela_date date,
                                       char *buffer,
                                       size_t size,
                                       struct clientela_error **err);

/**
 * Reads a moment in the form of RFC 3339. Digits beyond the microsecond are cut off.
 *
 * @param text [in] a text with its offset, such as "2026-03-31T14:30:00+02:00" or "2026-03-31T12:30:00.5Z"; not NULL
 * @param time [out] the moment; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_time_parse(const char *text,
                                      clientela_time *time,
                                      struct clientela_error **err);

/**
 * Writes a moment in UTC with six decimals, as RFC 3339 asks; none is written as the empty text.
 *
 * @param time [in] the moment
 * @param buffer [out] where to; not NULL
 * @param size [in] bytes in the buffer: CLIENTELA_TIME_TEXT is enough
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT, CLIENTELA_E_RANGE, CLIENTELA_E_BUFFER
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_time_format(clientela_time time,
                                       char *buffer,
                                       size_t size,
                                       struct clientela_error **err);

#ifdef __cplusplus
} /* extern "C" */
#endif /* __cplusplus */

/* A text that ends with a NUL, for a field of a structure; NULL means not given. */
static inline clientela_str clientela_s(const char *text)
{
    clientela_str made;
    made.ptr = text;
    made.len = text ? CLIENTELA_NUL : 0;
    return made;
}

/* An amount: coef / 10^scale. The code of the currency has three letters; NULL or a shorter one makes no valid amount. */
static inline clientela_money clientela_amount(int64_t coef, int32_t scale, const char *currency)
{
    clientela_money made;
    size_t at;
    memset(&made, 0, sizeof made);
    made.coef = coef;
    made.scale = scale;
    for (at = 0; currency && at < sizeof made.currency && currency[at]; at++) made.currency[at] = currency[at];
    return made;
}

#endif /* CLIENTELA_H */
