/*
 * clientela: customers, offers and campaigns of a dealer network, inside your program.
 *
 * HANDLES. Each is an opaque pointer of one of four kinds; what a pointer's value means is the library's business.
 *
 *   kind       types                                threads                                   ends with
 *   service    clientela_store, clientela_session   any, calls may overlap                    _close, _free
 *   snapshot   clientela_customer, clientela_offer, any number at once; it never changes      _free
 *              clientela_list, clientela_text ...
 *   draft      clientela_draft, clientela_import    one at a time; another one is answered    _free
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
 * CHANGES. Every change is a command, made once under an id of its own: the same id again gives the same answer and changes nothing,
 *   so a call whose outcome is not known is simply made again. clientela_execute takes any command as JSON; the functions for
 *   customers, opportunities and offers make the common ones. Every call is made as somebody: what a session may not see is not there.
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
 *   There is nothing to initialise and nothing to shut down; the library starts no threads unless workers are asked
 *   for, which end with the call, and prints nothing.
 *
 * VERSIONS. CLIENTELA_ABI is that of this header, clientela_abi_version() that of the library. From 1.0 on nothing is removed or
 *   changed within a major version; until then the minor version counts as the major one. "@since" says which version brought what,
 *   and CLIENTELA_TARGET leaves out what is newer than the library you must run with. Functions named clientela_x_ are on trial:
 *   they are declared when CLIENTELA_UNSTABLE is defined, and promise nothing beyond one patch release.
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

/* A version as one number; the preprocessor can compare them. */
#define CLIENTELA_VERSION(major, minor) ((major) * 65536u + (minor))

/* The ABI of this header; compare with clientela_abi_version(). */
#define CLIENTELA_ABI CLIENTELA_VERSION(CLIENTELA_VERSION_MAJOR, CLIENTELA_VERSION_MINOR)

/* The oldest library the program is to run with: what is newer is not declared. Define it before, as CLIENTELA_VERSION(0, 1), and
   give it in the options of a store; it is that of this header otherwise. */
#ifndef CLIENTELA_TARGET
#define CLIENTELA_TARGET CLIENTELA_ABI
#elif CLIENTELA_TARGET > CLIENTELA_ABI
#error "CLIENTELA_TARGET is newer than this header"
#endif

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

/* What there is something better for stays, and compilers say so; define CLIENTELA_DEPRECATED(instead) as nothing to hush them. */
#if defined(CLIENTELA_DEPRECATED)
#elif defined(__GNUC__)
#define CLIENTELA_DEPRECATED(instead) __attribute__((deprecated(instead)))
#elif defined(_MSC_VER)
#define CLIENTELA_DEPRECATED(instead) __declspec(deprecated(instead))
#else
#define CLIENTELA_DEPRECATED(instead)
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
 * Make the store when there is none.
 */
#define CLIENTELA_STORE_CREATE 1

/**
 * Only read. A store of a newer library can be opened in no other way.
 */
#define CLIENTELA_STORE_READ_ONLY 2

/**
 * A level of the log: something was done.
 */
#define CLIENTELA_LOG_INFO 1

/**
 * A level of the log: something was refused.
 */
#define CLIENTELA_LOG_WARNING 2

/**
 * The tax rate of an item is the one given in `tax_percent`, instead of that of its country, category and day.
 */
#define CLIENTELA_ITEM_TAX_PERCENT 1

/**
 * A commit made a new offer.
 */
#define CLIENTELA_COMMIT_CREATED 1

/**
 * A commit made the next version of the dossier's offer.
 */
#define CLIENTELA_COMMIT_REVISED 2

/**
 * A commit changed nothing: the dossier's offer says the same.
 */
#define CLIENTELA_COMMIT_UNCHANGED 3

/**
 * As many threads as the machine has processors.
 */
#define CLIENTELA_ALL_CORES 4294967295

/**
 * Ids as text of 36 characters, instead of 16 bytes.
 */
#define CLIENTELA_QUERY_TEXT_IDS 1

/**
 * The file is a table of text; separator, encoding and headers are found out.
 */
#define CLIENTELA_IMPORT_CSV 0

/**
 * The file has vCards.
 */
#define CLIENTELA_IMPORT_CARDS 1

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
 * The values of an outcome.
 */
enum clientela_rule_outcome_code
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif /* defined(__cplusplus) || __STDC_VERSION__ >= 202311L */
 {
    /**
     * It cannot be told, because something is missing or cannot be computed. Counts as no.
     */
    CLIENTELA_RULE_UNKNOWN = -1,
    /**
     * It does not hold.
     */
    CLIENTELA_RULE_NO = 0,
    /**
     * It holds.
     */
    CLIENTELA_RULE_YES = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum clientela_rule_outcome_code clientela_rule_outcome_code;
#else
typedef int32_t clientela_rule_outcome_code;
#endif /* __STDC_VERSION__ >= 202311L */
#endif /* __cplusplus */

/**
 * What has been reached of a plan, node by node. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_attainments clientela_attainments;

/**
 * Bytes, such as the file of an affair. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_blob clientela_blob;

/**
 * The changes of a record. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_changes clientela_changes;

/**
 * A customer with its contacts and fleet, as it was when it was read. A snapshot: it never changes, and any number of threads may
 * read it.
 */
typedef struct clientela_customer clientela_customer;

/**
 * An offer being made. A draft: one thread at a time; another one is answered CLIENTELA_E_BUSY_HANDLE.
 */
typedef struct clientela_draft clientela_draft;

/**
 * The slot in which calls tell what went wrong. Begin with `clientela_error *err = NULL;`, pass `&err` to call after call,
 * read it after a failure, free it once at the end. Belongs to one thread at a time.
 */
typedef struct clientela_error clientela_error;

/**
 * A file that was looked at and may be brought in. A draft: one thread at a time; another one is answered
 * CLIENTELA_E_BUSY_HANDLE.
 */
typedef struct clientela_import clientela_import;

/**
 * A list of records, at most 1000. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_list clientela_list;

/**
 * An offer with its current version, as it was when it was read. A snapshot: it never changes, and any number of threads may read
 * it.
 */
typedef struct clientela_offer clientela_offer;

/**
 * An opportunity as it was when it was read. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_opportunity clientela_opportunity;

/**
 * A rule over customers, opportunities or leads, such as "customer.fleet.size() > 2". A snapshot: it never changes, any number of threads
 * may use it, and it belongs to no session: each session asks it of what it may see.
 */
typedef struct clientela_rule clientela_rule;

/**
 * What is wrong with a rule. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_rule_findings clientela_rule_findings;

/**
 * What a rule set has said of a record. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_rule_set_answer clientela_rule_set_answer;

/**
 * How many records each condition of a rule removes. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_rule_steps clientela_rule_steps;

/**
 * The records for which a rule holds. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_selection clientela_selection;

/**
 * A store seen by one acting user in one position: every call is made as somebody. A service: any thread may use it, calls may
 * overlap.
 */
typedef struct clientela_session clientela_session;

/**
 * A store: one file with customers, offers and all the rest. A service: any thread may use it, calls may overlap.
 */
typedef struct clientela_store clientela_store;

/**
 * Whom a campaign would reach, as it was when it was asked. A snapshot: it never changes, and any number of threads may read it.
 */
typedef struct clientela_target_plan clientela_target_plan;

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

/**
 * How a store is opened. The functions are all optional; each is called on the thread of the call that needs it, perhaps on
 * several at once, and never once clientela_store_close has returned. They must return (no longjmp, no exception) and must not
 * work on stores or sessions: that is answered CLIENTELA_E_BUSY_HANDLE. With `now` and `random` the same calls give the same
 * bytes.
 */
typedef struct clientela_store_options {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * CLIENTELA_TARGET, which is CLIENTELA_ABI unless an older library is to do.
     */
    uint32_t abi;
    /**
     * The file, in UTF-8 on every system.
     */
    struct clientela_str path;
    /**
     * CLIENTELA_STORE_CREATE, CLIENTELA_STORE_READ_ONLY, or 0.
     */
    uint32_t flags;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * Yours; the first argument of each function.
     */
    void *user;
    /**
     * The present moment; NULL for the computer's clock. CLIENTELA_NO_TIME ends the call with CLIENTELA_E_CALLBACK.
     */
    clientela_time (*now)(void *user);
    /**
     * Fills all bytes with random ones and returns 0; NULL for the system's source. Anything but 0 ends the call with
     * CLIENTELA_E_CALLBACK.
     */
    int32_t (*random)(void *user, uint8_t *bytes, size_t count);
    /**
     * Takes one line without personal data; `level` is CLIENTELA_LOG_INFO or CLIENTELA_LOG_WARNING. The text is good during the
     * call only.
     */
    void (*log)(void *user, int32_t level, const char *message);
    /**
     * Hears how far long work is; anything but 0 ends the call with CLIENTELA_E_CANCELLED.
     */
    int32_t (*progress)(void *user, uint64_t done, uint64_t total);
    /**
     * Called once, with `user`, when the store is closed. Not called when it could not be opened: then `user` is still yours.
     */
    void (*user_free)(void *user);
} clientela_store_options;

/**
 * What a check of a store found.
 */
typedef struct clientela_check_result {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * 1 when everything is as it should be.
     */
    uint32_t in_order;
    /**
     * Changes whose seals were computed again.
     */
    uint64_t commits;
    /**
     * Records that were compared with their history.
     */
    uint64_t records;
    /**
     * How many things are not as they should be; at most 100 are listed.
     */
    uint64_t findings;
} clientela_check_result;

/**
 * What a store says of itself.
 */
typedef struct clientela_store_facts {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Version of the declarations in it.
     */
    uint32_t schema_version;
    /**
     * Its id; every change made in it carries it.
     */
    struct clientela_id origin;
    /**
     * The number of its last change.
     */
    int64_t version;
    /**
     * Bytes stored.
     */
    uint64_t size;
    /**
     * 1 when it is only read.
     */
    uint32_t read_only;
    /**
     * Zero.
     */
    uint32_t reserved;
} clientela_store_facts;

/**
 * The first unit and the first user of a new network.
 */
typedef struct clientela_founding {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * Code of the top unit, such as "HQ".
     */
    struct clientela_str unit_code;
    /**
     * Its name.
     */
    struct clientela_str unit_name;
    /**
     * Its country as two letters; may be left out.
     */
    struct clientela_str country;
    /**
     * Name the administrator signs in with.
     */
    struct clientela_str login;
    /**
     * The administrator's full name.
     */
    struct clientela_str user_name;
} clientela_founding;

/**
 * A customer to be entered. Needed are kind, name and country.
 */
typedef struct clientela_customer_new {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * 1 when it asked never to be contacted for advertising.
     */
    uint32_t do_not_contact;
    /**
     * The command's id, see clientela_new_id; all zero for a new one.
     */
    struct clientela_id command_id;
    /**
     * "company", "sole_trader", "person", "public_body" or "dealer".
     */
    struct clientela_str kind;
    /**
     * Name or company name.
     */
    struct clientela_str name;
    /**
     * VAT number; without a country's letters it is one of `country`. One that is known already is refused.
     */
    struct clientela_str vat_number;
    /**
     * Street and house number, up to four lines.
     */
    struct clientela_str street;
    /**
     * Postal code as written in `country`.
     */
    struct clientela_str postal_code;
    /**
     * Town.
     */
    struct clientela_str town;
    /**
     * Province or region.
     */
    struct clientela_str region;
    /**
     * Country as two letters.
     */
    struct clientela_str country;
    /**
     * E-mail address.
     */
    struct clientela_str email;
    /**
     * Telephone number; without a prefix it is one of `country`.
     */
    struct clientela_str phone;
    /**
     * Language it is written to in, two letters.
     */
    struct clientela_str language;
    /**
     * Trade as a NACE Rev. 2 code.
     */
    struct clientela_str nace;
    /**
     * Customer number known to other systems; the unit's series gives one otherwise.
     */
    struct clientela_str number;
    /**
     * "suspect", "prospect" (the default), "customer", "dormant" or "lost".
     */
    struct clientela_str status;
    /**
     * Where the customer came from.
     */
    struct clientela_str source;
    /**
     * Price group of the quoting tool.
     */
    struct clientela_str price_group;
    /**
     * Title of the position that looks after it; the session's when not given.
     */
    struct clientela_str owner;
} clientela_customer_new;

/**
 * What customers are looked for by. What is given must all hold.
 */
typedef struct clientela_customer_search {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * At most so many; 0 for as many as a list holds (999).
     */
    uint32_t limit;
    /**
     * Only customers after this one, for the next page; all zero for the first.
     */
    struct clientela_id after;
    /**
     * Start of the name, letter case aside.
     */
    struct clientela_str name;
    /**
     * VAT number with its country's letters, written in any usual way.
     */
    struct clientela_str vat_number;
    /**
     * Customer number.
     */
    struct clientela_str number;
    /**
     * E-mail address.
     */
    struct clientela_str email;
    /**
     * Telephone number, international.
     */
    struct clientela_str phone;
    /**
     * Country as two letters.
     */
    struct clientela_str country;
    /**
     * Start of the postal code.
     */
    struct clientela_str postal_code;
} clientela_customer_search;

/**
 * A person at a customer. Texts are owned by the customer's handle; NULL when empty.
 */
typedef struct clientela_contact {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Day the contact left the customer, or CLIENTELA_NO_DATE. Who has left is not written to.
     */
    clientela_date left_on;
    /**
     * Id.
     */
    struct clientela_id id;
    /**
     * Contact number known to other systems.
     */
    const char *number;
    /**
     * Given name.
     */
    const char *given_name;
    /**
     * Family name.
     */
    const char *family_name;
    /**
     * "decision_maker", "buyer", "fleet_manager", "driver", "administration" or "other".
     */
    const char *role;
    /**
     * Language as two letters.
     */
    const char *language;
    /**
     * Mobile number, international.
     */
    const char *mobile;
    /**
     * Telephone number, international.
     */
    const char *phone;
    /**
     * E-mail address.
     */
    const char *email;
    /**
     * Part in a purchase: "decides", "pays", "uses", "advises" or "blocks".
     */
    const char *influence;
} clientela_contact;

/**
 * A vehicle of a customer's fleet. Texts are owned by the customer's handle; NULL when empty.
 */
typedef struct clientela_vehicle {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Emission class, 1 to 7 for Euro I to Euro VII; 0 when not known.
     */
    uint32_t euro_class;
    /**
     * Id.
     */
    struct clientela_id id;
    /**
     * Day of first registration, or CLIENTELA_NO_DATE.
     */
    clientela_date first_registration;
    /**
     * Day it joined the fleet, or CLIENTELA_NO_DATE.
     */
    clientela_date acquired;
    /**
     * Day it left the fleet, or CLIENTELA_NO_DATE.
     */
    clientela_date disposed;
    /**
     * Odometer reading in kilometres; -1 when not known.
     */
    int32_t mileage_km;
    /**
     * Vehicle identification number.
     */
    const char *vin;
    /**
     * Registration plate.
     */
    const char *plate;
    /**
     * Make.
     */
    const char *make;
    /**
     * Model.
     */
    const char *model;
    /**
     * Category of the EU type approval, such as "N3".
     */
    const char *category;
    /**
     * Body.
     */
    const char *body;
    /**
     * "owned", "leased" or "rented".
     */
    const char *ownership;
} clientela_vehicle;

/**
 * An opportunity to be entered. Needed are customer, title, method and currency.
 */
typedef struct clientela_opportunity_new {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Number of vehicles; 0 when not known.
     */
    uint32_t vehicles;
    /**
     * The command's id, see clientela_new_id; all zero for a new one.
     */
    struct clientela_id command_id;
    /**
     * The customer.
     */
    struct clientela_id customer;
    /**
     * Title.
     */
    struct clientela_str title;
    /**
     * Code of the sales method.
     */
    struct clientela_str method;
    /**
     * Code of ISO 4217 for its amounts and offers.
     */
    struct clientela_str currency;
    /**
     * A number given by another system; the unit's series gives one otherwise.
     */
    struct clientela_str number;
    /**
     * Title of the position that works on it; the session's when not given.
     */
    struct clientela_str owner;
    /**
     * Code of the campaign it came from.
     */
    struct clientela_str campaign;
    /**
     * What it is expected to bring, net; without a currency: not given.
     */
    struct clientela_money amount;
    /**
     * Day it is expected to be decided; 0 or CLIENTELA_NO_DATE when not given.
     */
    clientela_date expected_close;
    /**
     * Zero.
     */
    uint32_t reserved;
} clientela_opportunity_new;

/**
 * One changed field. Texts are owned by the handle; NULL when empty. Values are written as everywhere: exact decimals, ISO dates,
 * amount and currency; those the session may not read are NULL.
 */
typedef struct clientela_change {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * 1 when this made the record.
     */
    uint32_t created;
    /**
     * When.
     */
    clientela_time at;
    /**
     * The record's version from then on; changes of one command have the same.
     */
    int64_t version;
    /**
     * The user.
     */
    struct clientela_id user;
    /**
     * The position the user acted from; all zero when none.
     */
    struct clientela_id position;
    /**
     * The command.
     */
    struct clientela_id command_id;
    /**
     * The command's word, such as "offer.issue".
     */
    const char *command;
    /**
     * Why, in the user's words.
     */
    const char *why;
    /**
     * Name of the field.
     */
    const char *field;
    /**
     * Name of the field for people.
     */
    const char *label;
    /**
     * What it was.
     */
    const char *before;
    /**
     * What it became.
     */
    const char *after;
} clientela_change;

/**
 * What every message of one session of the quoting tool says of itself.
 */
typedef struct clientela_quoting_tool {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * Id of the tool's session, a UUID; may be left out.
     */
    struct clientela_str session_id;
    /**
     * Name of the workstation; may be left out.
     */
    struct clientela_str workstation;
} clientela_quoting_tool;

/**
 * A discount or surcharge on one unit of an item. Either a percentage or an amount; below zero takes away.
 */
typedef struct clientela_adjustment {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * "campaign", "volume", "contract", "fleet", "dealer_margin", "manual" or "surcharge".
     */
    struct clientela_str kind;
    /**
     * Code, such as that of the campaign.
     */
    struct clientela_str code;
    /**
     * Why, for people.
     */
    struct clientela_str label;
    /**
     * "salesperson", "dealer_manager", "manufacturer"; a discount of which it is not given is the salesperson's.
     */
    struct clientela_str authority;
    /**
     * What a percentage is of: "running" (what is left, the default) or "list".
     */
    struct clientela_str basis;
    /**
     * Percent, such as -4; counts when `amount` has no currency.
     */
    struct clientela_decimal percent;
    /**
     * Amount, such as -2000.00 EUR.
     */
    struct clientela_money amount;
} clientela_adjustment;

/**
 * An item of a draft. Needed are product and quantity.
 */
typedef struct clientela_item {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * CLIENTELA_ITEM_TAX_PERCENT, or 0.
     */
    uint32_t flags;
    /**
     * Code of the product.
     */
    struct clientela_str product;
    /**
     * What stands on the offer; the product's name when not given.
     */
    struct clientela_str label;
    /**
     * Codes of the options inside its price; NULL for none.
     */
    const struct clientela_str *options;
    /**
     * How many there are.
     */
    size_t option_count;
    /**
     * Discounts and surcharges in the order they take effect, an array whose members have the struct_size of the first; NULL for
     * none.
     */
    const struct clientela_adjustment *adjustments;
    /**
     * How many there are.
     */
    size_t adjustment_count;
    /**
     * How many.
     */
    struct clientela_decimal quantity;
    /**
     * List price of one; without a currency: by the price lists.
     */
    struct clientela_money list_price;
    /**
     * Tax rate in percent, when the flag says so.
     */
    struct clientela_decimal tax_percent;
    /**
     * Term in months, for contracts; 0 for none.
     */
    uint32_t term_months;
    /**
     * A discount by hand in hundredths of a percent, after the adjustments: 1250 takes 12.5 percent of what is left. 0 for none.
     */
    uint32_t discount_bp;
} clientela_item;

/**
 * What is settled after tax, such as a vehicle taken in payment: not a discount.
 */
typedef struct clientela_settlement {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * "trade_in", "deposit", "subsidy", "prepaid" or "rounding".
     */
    struct clientela_str kind;
    /**
     * Reference, such as that of the vehicle taken in.
     */
    struct clientela_str code;
    /**
     * What stands on the offer.
     */
    struct clientela_str label;
    /**
     * What is taken off what is to be paid.
     */
    struct clientela_money amount;
    /**
     * What a vehicle taken in is worth; without a currency: not known.
     */
    struct clientela_money appraised;
} clientela_settlement;

/**
 * The totals of an offer or a draft.
 */
typedef struct clientela_totals {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Number of lines, options inside a price included.
     */
    uint32_t lines;
    /**
     * Net total.
     */
    struct clientela_money net;
    /**
     * Tax.
     */
    struct clientela_money tax;
    /**
     * Net and tax.
     */
    struct clientela_money gross;
    /**
     * What is settled otherwise, such as a trade-in.
     */
    struct clientela_money settled;
    /**
     * What is to be paid.
     */
    struct clientela_money payable;
} clientela_totals;

/**
 * A line of an offer. Texts are owned by the handle it was read from; NULL when empty.
 */
typedef struct clientela_line {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * 1 for an option whose price is inside that of the line it belongs to.
     */
    uint32_t included;
    /**
     * Place on the offer, such as "1" or "1.2".
     */
    const char *line;
    /**
     * Place of the line it belongs to.
     */
    const char *parent_line;
    /**
     * "vehicle", "option", "service_contract", "transport"…
     */
    const char *kind;
    /**
     * Product code.
     */
    const char *code;
    /**
     * What stands on the offer.
     */
    const char *label;
    /**
     * Tax category, as UNCL 5305.
     */
    const char *tax_category;
    /**
     * How many.
     */
    struct clientela_decimal quantity;
    /**
     * List price of one, without options.
     */
    struct clientela_money unit_list;
    /**
     * Net price of one after all steps, options included.
     */
    struct clientela_money unit_net;
    /**
     * Net amount of the line.
     */
    struct clientela_money line_net;
    /**
     * Tax rate in percent.
     */
    struct clientela_decimal tax_percent;
    /**
     * Term in months, for contracts; 0 for none.
     */
    uint32_t term_months;
    /**
     * Zero.
     */
    uint32_t reserved;
} clientela_line;

/**
 * One step of a price: what, of what, how much, by whom and why. Texts are owned by the handle it was read from; NULL when empty.
 */
typedef struct clientela_price_step {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Place in the sequence of the line's steps, from 1.
     */
    uint32_t sequence;
    /**
     * Place of the line it belongs to; NULL for the whole offer.
     */
    const char *line;
    /**
     * "list", "options", "campaign", "volume", "contract", "fleet", "dealer_margin", "manual", "surcharge", "rounding", "tax" or
     * "settlement".
     */
    const char *kind;
    /**
     * Code, such as that of the campaign.
     */
    const char *code;
    /**
     * What the percentage is of: "list" or "running".
     */
    const char *basis;
    /**
     * Who is responsible: "salesperson", "dealer_manager", "manufacturer"; NULL when a rule is.
     */
    const char *authority;
    /**
     * Why, for people.
     */
    const char *label;
    /**
     * Percent, when `has_percent` is 1; below zero takes away.
     */
    struct clientela_decimal percent;
    /**
     * What it adds, per unit on lines; below zero takes away.
     */
    struct clientela_money amount;
    /**
     * The price after it.
     */
    struct clientela_money running;
    /**
     * 1 when it is a percentage.
     */
    uint32_t has_percent;
    /**
     * Zero.
     */
    uint32_t reserved;
} clientela_price_step;

/**
 * What a commit did.
 */
typedef struct clientela_commit_result {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * CLIENTELA_COMMIT_CREATED, CLIENTELA_COMMIT_REVISED or CLIENTELA_COMMIT_UNCHANGED.
     */
    uint32_t outcome;
    /**
     * The offer.
     */
    struct clientela_id offer;
    /**
     * Its current version, from 1.
     */
    uint32_t version;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * Its number; owned by the draft, valid until it is committed again or freed.
     */
    const char *number;
} clientela_commit_result;

/**
 * A discount by hand: a percentage or an amount.
 */
typedef struct clientela_discount {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * The command's id, see clientela_new_id; all zero for a new one.
     */
    struct clientela_id command_id;
    /**
     * Place of the line, such as "1"; the whole offer when not given.
     */
    struct clientela_str line;
    /**
     * Why, for the customer and the record.
     */
    struct clientela_str reason;
    /**
     * So many percent, above zero; counts when `amount` has no currency.
     */
    struct clientela_decimal percent;
    /**
     * So much, above zero: per unit on a line, in all on an offer.
     */
    struct clientela_money amount;
} clientela_discount;

/**
 * What a unit or position has reached of its target. Texts are owned by the handle.
 */
typedef struct clientela_attainment {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Place among those beside it, from 1; 0 without a percentage.
     */
    uint32_t rank;
    /**
     * The unit.
     */
    struct clientela_id unit;
    /**
     * The position; all zero for the unit itself.
     */
    struct clientela_id position;
    /**
     * What is to be reached in the whole plan.
     */
    struct clientela_decimal target;
    /**
     * What has been reached; below zero when more was taken back than won.
     */
    struct clientela_decimal reached;
    /**
     * Reached in percent of the target, when `has_percent` is 1.
     */
    struct clientela_decimal percent;
    /**
     * What should have been reached by the day asked.
     */
    struct clientela_decimal expected;
    /**
     * What is still to be reached; below zero when more was reached.
     */
    struct clientela_decimal gap;
    /**
     * What will be reached by the last day at the pace so far, when `has_projection` is 1.
     */
    struct clientela_decimal projection;
    /**
     * 0 when the target is zero.
     */
    uint32_t has_percent;
    /**
     * 0 before the first day.
     */
    uint32_t has_projection;
    /**
     * The figures and the credits that counted, one per line, those beneath a reason indented by two blanks.
     */
    const char *why;
    /**
     * The measure the figures are in, such as "units".
     */
    const char *measure;
} clientela_attainment;

/**
 * A customer's place in a plan. Texts are owned by the handle.
 */
typedef struct clientela_target {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * 1 when the customer is reached.
     */
    uint32_t selected;
    /**
     * The customer.
     */
    struct clientela_id customer;
    /**
     * The consent that is used; all zero for those left out.
     */
    struct clientela_id consent;
    /**
     * The reason that decided, such as "consent.missing"; "campaign.selected" for those in.
     */
    const char *reason;
    /**
     * NULL.
     */
    const char *reserved;
} clientela_target;

/**
 * A field that a rule reads. Texts are owned by the rule.
 */
typedef struct clientela_rule_path {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * 1 when it is personal data.
     */
    uint32_t personal;
    /**
     * 1 when it is confidential.
     */
    uint32_t confidential;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * Such as "customer.fleet[].make"; "[]" stands for every entry of a list.
     */
    const char *field;
} clientela_rule_path;

/**
 * What a rule says of a record. Only CLIENTELA_RULE_YES means that it holds. See `clientela_rule_outcome_code` for the values.
 */
typedef int32_t clientela_rule_outcome;

/**
 * One thing that is wrong with a rule. Texts are owned by the findings.
 */
typedef struct clientela_rule_finding {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Line, from 1.
     */
    uint32_t line;
    /**
     * Column in characters, from 1.
     */
    uint32_t column;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * Stable dotted word, such as "rule.unknown_field".
     */
    const char *code;
    /**
     * One sentence in English.
     */
    const char *message;
    /**
     * What would be right, such as the nearest name; NULL when there is nothing to say.
     */
    const char *hint;
    /**
     * The line, and in a second line carets under the place.
     */
    const char *snippet;
} clientela_rule_finding;

/**
 * How a rule is asked of many records.
 */
typedef struct clientela_rule_options {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * How many threads work on it, the caller's own included; 0 for that one alone, CLIENTELA_ALL_CORES for all processors.
     */
    uint32_t workers;
} clientela_rule_options;

/**
 * What a selection has counted.
 */
typedef struct clientela_selection_counts {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * Records for which the rule holds.
     */
    uint64_t found;
    /**
     * Records that were asked: those the session may see.
     */
    uint64_t asked;
    /**
     * Of those, the ones of which it cannot be told; they are not among the found.
     */
    uint64_t unknown;
    /**
     * The number of the last change of the state that was asked, as in `clientela_store_facts`.
     */
    int64_t version;
} clientela_selection_counts;

/**
 * One condition of a rule and what it removes. Texts are owned by the steps.
 */
typedef struct clientela_rule_step {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Its place in the rule, from 1.
     */
    uint32_t place;
    /**
     * The condition as it is written.
     */
    const char *condition;
    /**
     * NULL.
     */
    const char *reserved;
    /**
     * Records for which this condition alone holds.
     */
    uint64_t alone;
    /**
     * Records the conditions before it have left and this one removes.
     */
    uint64_t removed;
    /**
     * Of those removed, the ones of which it cannot be told.
     */
    uint64_t unknown;
    /**
     * Records left after it.
     */
    uint64_t left;
} clientela_rule_step;

/**
 * What a data frame shows. Needed is the entity.
 */
typedef struct clientela_query {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * CLIENTELA_QUERY_TEXT_IDS, or 0.
     */
    uint32_t flags;
    /**
     * Name of the entity, such as "customer" or "offer_item".
     */
    struct clientela_str entity;
    /**
     * A rule a row must satisfy, over the entity's columns and `today`, such as "status == 'customer'"; all rows when not given.
     */
    struct clientela_str filter;
    /**
     * Names of the columns; NULL for all.
     */
    const struct clientela_str *columns;
    /**
     * How many there are.
     */
    size_t column_count;
    /**
     * The state at that moment; 0 or CLIENTELA_NO_TIME for now.
     */
    clientela_time as_of;
    /**
     * At most so many rows; 0 for all.
     */
    uint64_t limit;
} clientela_query;

/**
 * What is known of an import.
 */
typedef struct clientela_import_counts {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * 1 when a commit was stopped: committing again goes on from there.
     */
    uint32_t cancelled;
    /**
     * The plan: the same for the same file, options and user.
     */
    struct clientela_id plan;
    /**
     * Rows dealt with; before a commit, rows of the file.
     */
    uint64_t read;
    /**
     * Rows brought in, now or by an earlier run of the same plan; before a commit, rows that would come in.
     */
    uint64_t added;
    /**
     * Of these, rows an earlier run had brought in.
     */
    uint64_t added_before;
    /**
     * Rows that were not, or would not be, taken.
     */
    uint64_t rejected;
} clientela_import_counts;

/**
 * A row that is not taken. Names the field and what is wrong, never what stood there. Texts are owned by the import.
 */
typedef struct clientela_rejected_row {
    /**
     * Set by CLIENTELA_INIT.
     */
    uint32_t struct_size;
    /**
     * Zero.
     */
    uint32_t reserved;
    /**
     * Line of the file it begins at, from 1.
     */
    uint64_t line;
    /**
     * The field, by its name here; NULL when the whole row is meant.
     */
    const char *field;
    /**
     * Stable dotted word, such as "vat_number.check_digit".
     */
    const char *code;
    /**
     * One sentence.
     */
    const char *message;
    /**
     * NULL.
     */
    const char *reserved_text;
} clientela_rejected_row;

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

/**
 * Opens a store. An older one is copied and brought up to date first; one that was not closed is checked first.
 *
 * @param options [in] how; not NULL
 * @param store [out] the store; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_VERSION when header and library do not fit or the store is newer; CLIENTELA_E_NOT_FOUND,
 *   CLIENTELA_E_CORRUPT, CLIENTELA_E_BUSY, CLIENTELA_E_IO, CLIENTELA_E_UNSUPPORTED (a network drive), CLIENTELA_E_CALLBACK,
 *   CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: close it with clientela_store_close.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_store_open(const struct clientela_store_options *options,
                                      struct clientela_store **store,
                                      struct clientela_error **err);

/**
 * Closes a store. Its sessions and drafts answer CLIENTELA_E_STATE from now on and are freed as ever; snapshots stay readable.
 *
 * @param store [in] the store; nothing happens with NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_IO or CLIENTELA_E_BUSY when the last changes may not have reached the disk – it is closed
 *   all the same; CLIENTELA_E_HANDLE; CLIENTELA_E_BUSY_HANDLE from within a function given to a store, which leaves it open
 * Threads: any; waits for functions of the host that are running.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_store_close(struct clientela_store *store,
                                       struct clientela_error **err);

/**
 * Stops what is running on the store: those calls end with CLIENTELA_E_CANCELLED and write nothing.
 *
 * @param store [in] the store; nothing happens with NULL
 * Threads: any; meant to be called from another one.
 * @since 0.1
 */
CLIENTELA_API void clientela_store_interrupt(const struct clientela_store *store);

/**
 * Copies the store, whole and consistent, while others go on working: the only right way to copy one.
 *
 * @param store [in] the store; not NULL
 * @param path [in] the copy's file, which must not exist; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_EXISTS, CLIENTELA_E_NOT_FOUND (the folder), CLIENTELA_E_IO, CLIENTELA_E_CANCELLED,
 *   CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_store_backup(const struct clientela_store *store,
                                        const char *path,
                                        struct clientela_error **err);

/**
 * Checks the file, the chain of the journal, and every record against its history.
 *
 * @param store [in] the store; not NULL
 * @param result [out] set up with CLIENTELA_INIT; not NULL
 * @param findings [out] what was found, one line each, "code: sentence"; may be NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK whatever was found; CLIENTELA_E_STATE, CLIENTELA_E_CANCELLED, CLIENTELA_E_IO, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_ARGUMENT
 * Ownership: free the findings with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_store_check(const struct clientela_store *store,
                                       struct clientela_check_result *result,
                                       struct clientela_text **findings,
                                       struct clientela_error **err);

/**
 * What the journal is now, as one line of text: keep it where the store is not. Checked against it, a store later shows whether
 * its end was cut off or its past was made anew, which no store can show by itself.
 *
 * @param store [in] the store; not NULL
 * @param anchor [out] the store's id, the number of its last change and that change's seal; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Ownership: free it with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_store_anchor(const struct clientela_store *store,
                                        struct clientela_text **anchor,
                                        struct clientela_error **err);

/**
 * Checks that the journal still has what it had when an anchor was made, and the chain of what came after.
 *
 * @param store [in] the store; not NULL
 * @param anchor [in] the text of clientela_store_anchor; not NULL
 * @param result [out] set up with CLIENTELA_INIT; not NULL
 * @param findings [out] what was found, one line each, "code: sentence"; may be NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK whatever was found; CLIENTELA_E_ARGUMENT with code "store.anchor" when the text is no anchor;
 *   CLIENTELA_E_STATE, CLIENTELA_E_CANCELLED, CLIENTELA_E_IO, CLIENTELA_E_HANDLE, CLIENTELA_E_UTF8
 * Ownership: free the findings with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_store_check_since(const struct clientela_store *store,
                                             const char *anchor,
                                             struct clientela_check_result *result,
                                             struct clientela_text **findings,
                                             struct clientela_error **err);

/**
 * What the store says of itself.
 *
 * @param store [in] the store; not NULL
 * @param facts [out] set up with CLIENTELA_INIT; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_store_info(const struct clientela_store *store,
                                      struct clientela_store_facts *facts,
                                      struct clientela_error **err);

/**
 * Makes the first unit, the standard profiles and the administrator of a new network.
 *
 * @param store [in] a new store; not NULL
 * @param founding [in] unit and administrator; not NULL
 * @param user [out] id of the administrator; may be NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_STATE when the network was founded before; CLIENTELA_E_VALIDATION, CLIENTELA_E_BUSY,
 *   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_store_found(const struct clientela_store *store,
                                       const struct clientela_founding *founding,
                                       struct clientela_id *user,
                                       struct clientela_error **err);

/**
 * Signs a user in, in a position he holds today.
 *
 * @param store [in] the store; not NULL
 * @param login [in] name the user signs in with; not NULL
 * @param position [in] title of the position; NULL for the first he holds
 * @param session [out] the session; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RIGHTS or CLIENTELA_E_NOT_FOUND (no such user or position), CLIENTELA_E_STATE,
 *   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_session_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_session_open(const struct clientela_store *store,
                                        const char *login,
                                        const char *position,
                                        struct clientela_session **session,
                                        struct clientela_error **err);

/**
 * Frees a session. What was read through it stays.
 *
 * @param session [in] the session; nothing happens with NULL
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API void clientela_session_free(struct clientela_session *session);

/**
 * A new id for a command, from the clock and the random bytes of the store. Keep it until the command's outcome is known: the same
 * id again changes nothing.
 *
 * @param session [in] the session; not NULL
 * @param id [out] the id; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_STATE, CLIENTELA_E_CALLBACK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_new_id(const struct clientela_session *session,
                                  struct clientela_id *id,
                                  struct clientela_error **err);

/**
 * Carries out any command, once: the same id again gives the same receipt and changes nothing.
 *
 * The commands are those of the manual, such as
 * {"command": "opportunity.advance", "opportunity": "O-3001", "to": "offer", "note": "wants three tractors"}.
 * Beside a command's own members, "reason" may say why it is given; it is kept in the history of what it changes.
 * After CLIENTELA_E_STORAGE with code "store.outcome_unknown" ask with clientela_receipt, or execute the same id again.
 *
 * @param session [in] who asks; not NULL
 * @param id [in] the command's id, see clientela_new_id; NULL or all zero for a new one
 * @param json [in] the command; not NULL
 * @param receipt [out] what it did, as JSON: id, command, records written (entity, id, key) and why; may be NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_ARGUMENT when the text is no command or the id belongs to another one; CLIENTELA_E_VALIDATION,
 *   CLIENTELA_E_NOT_FOUND, CLIENTELA_E_EXISTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_RULE, CLIENTELA_E_RIGHTS, CLIENTELA_E_STATE,
 *   CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE and CLIENTELA_E_HANDLE as the command and the store say
 * Ownership: free the receipt with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_execute(const struct clientela_session *session,
                                   const struct clientela_id *id,
                                   const char *json,
                                   struct clientela_text **receipt,
                                   struct clientela_error **err);

/**
 * The receipt of a command, if it took effect: what to ask when the outcome is not known.
 *
 * @param session [in] a session of the same user; not NULL
 * @param id [in] the command's id; not NULL
 * @param receipt [out] the receipt as clientela_execute gives it; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND when it did not take effect, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_ARGUMENT
 * Ownership: free it with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_receipt(const struct clientela_session *session,
                                   const struct clientela_id *id,
                                   struct clientela_text **receipt,
                                   struct clientela_error **err);

/**
 * Answers any question, as far as the session may see.
 *
 * The questions are those of the manual, such as {"question": "quota_plan.attainment", "plan": "2026"}. Amounts and decimals
 * are written exactly, as texts; dates and times in the forms of ISO 8601.
 *
 * @param session [in] who asks; not NULL
 * @param json [in] the question; not NULL
 * @param answer [out] the answer, as JSON; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_ARGUMENT when the text is no question; CLIENTELA_E_VALIDATION, CLIENTELA_E_NOT_FOUND,
 *   CLIENTELA_E_RULE, CLIENTELA_E_RIGHTS, CLIENTELA_E_STATE, CLIENTELA_E_CANCELLED, CLIENTELA_E_STORAGE and
 *   CLIENTELA_E_HANDLE as the question and the store say
 * Ownership: free the answer with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_ask(const struct clientela_session *session,
                               const char *json,
                               struct clientela_text **answer,
                               struct clientela_error **err);

/**
 * The bytes.
 *
 * @param blob [in] the bytes' handle; NULL or not a blob gives NULL
 * @param len [out] how many there are; may be NULL, not written when the result is NULL
 * @return the bytes, without a NUL after them, owned by `blob`, valid until clientela_blob_free
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API const void *clientela_blob_get(const struct clientela_blob *blob, size_t *len);

/**
 * Frees bytes.
 *
 * @param blob [in] the bytes' handle; nothing happens with NULL
 * Threads: any, once nobody reads them.
 * @since 0.1
 */
CLIENTELA_API void clientela_blob_free(struct clientela_blob *blob);

/**
 * How many records are in the list.
 *
 * @param list [in] the list; NULL or not a list gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_list_count(const struct clientela_list *list);

/**
 * Whether there are more than the list brings: clientela_list_next gives them.
 *
 * @param list [in] the list; NULL or not a list gives 0
 * @return 1 when there are more, 0 when not
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API int32_t clientela_list_more(const struct clientela_list *list);

/**
 * The id of a record of the list.
 *
 * @param list [in] the list; not NULL
 * @param index [in] 0 to clientela_list_count - 1
 * @param id [out] the id; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_list_id(const struct clientela_list *list,
                                   size_t index,
                                   struct clientela_id *id,
                                   struct clientela_error **err);

/**
 * A field of a record of the list, as text.
 *
 * @param list [in] the list; NULL or not a list gives NULL
 * @param index [in] 0 to clientela_list_count - 1; beyond gives NULL
 * @param field [in] name of the field, such as "name" or "number"; an unknown one gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return UTF-8 with a NUL after it, owned by `list`, valid until clientela_list_free; NULL when the field is empty
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_list_get(const struct clientela_list *list,
                               size_t index,
                               const char *field,
                               size_t *len);

/**
 * The list that goes on where this one ends: what was asked then, as it is now.
 *
 * @param session [in] who looks; not NULL
 * @param list [in] the list; not NULL
 * @param next [out] the records that follow; not NULL, NULL on failure and at the end
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_END when there are no more; CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Ownership: free it with clientela_list_free, as well as the one before.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_list_next(const struct clientela_session *session,
                                     const struct clientela_list *list,
                                     struct clientela_list **next,
                                     struct clientela_error **err);

/**
 * Frees a list.
 *
 * @param list [in] the list; nothing happens with NULL
 * Threads: any, once nobody reads the list.
 * @since 0.1
 */
CLIENTELA_API void clientela_list_free(struct clientela_list *list);

/**
 * Enters a customer with the session's dealer.
 *
 * @param session [in] who enters it; not NULL
 * @param customer [in] what is known of it; not NULL
 * @param id [out] its id; may be NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_VALIDATION with all findings; CLIENTELA_E_EXISTS when the dealer has a customer with this VAT
 *   number: clientela_error_entity gives it, when the session may see it; CLIENTELA_E_RIGHTS, CLIENTELA_E_STATE, CLIENTELA_E_BUSY,
 *   CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_customer_create(const struct clientela_session *session,
                                           const struct clientela_customer_new *customer,
                                           struct clientela_id *id,
                                           struct clientela_error **err);

/**
 * Finds one customer and reads it with contacts and fleet.
 *
 * @param session [in] who looks; not NULL
 * @param key [in] what it is found by: "vat" (with the country's letters), "number", "id" or "email"; not NULL
 * @param value [in] the number, id or address; not NULL
 * @param customer [out] the customer; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_NOT_FOUND when there is none that the session may see; CLIENTELA_E_VALIDATION when the value
 *   cannot be one of its kind, or fits several customers ("customer.several"); CLIENTELA_E_STATE, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_customer_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_customer_find(const struct clientela_session *session,
                                         const char *key,
                                         const char *value,
                                         struct clientela_customer **customer,
                                         struct clientela_error **err);

/**
 * Lists the customers that fit a search, by id: older ones first.
 *
 * @param session [in] who looks; not NULL
 * @param search [in] what they are looked for by; not NULL
 * @param list [out] the customers; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, also when none fits; CLIENTELA_E_VALIDATION for a number or address that cannot be one; CLIENTELA_E_STATE,
 *   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_list_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_customer_list(const struct clientela_session *session,
                                         const struct clientela_customer_search *search,
                                         struct clientela_list **list,
                                         struct clientela_error **err);

/**
 * A field of a customer, as text.
 *
 * @param customer [in] the customer; NULL or not a customer gives NULL
 * @param field [in] "name", "number", "vat", "kind", "status", "email", "phone", "language", "nace", "address.street",
 *   "address.postal_code", "address.town", "address.region", "address.country" or any other name of a column; an unknown one
 *   gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return UTF-8 with a NUL after it, owned by `customer`, valid until clientela_customer_free; NULL when the field is empty or the
 *   session may not read it
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_customer_get(const struct clientela_customer *customer,
                                   const char *field,
                                   size_t *len);

/**
 * The id of a customer.
 *
 * @param customer [in] the customer; not NULL
 * @param id [out] the id; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_customer_id(const struct clientela_customer *customer,
                                       struct clientela_id *id,
                                       struct clientela_error **err);

/**
 * The version of a customer that was read: give it to the command customer.change, to notice that somebody changed it meanwhile.
 *
 * @param customer [in] the customer; NULL or not a customer gives 0
 * @return the version
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
int64_t clientela_customer_version(const struct clientela_customer *customer);

/**
 * How many contacts a customer has.
 *
 * @param customer [in] the customer; NULL or not a customer gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_customer_contact_count(const struct clientela_customer *customer);

/**
 * One contact of a customer.
 *
 * @param customer [in] the customer; not NULL
 * @param index [in] 0 to clientela_customer_contact_count - 1
 * @param contact [out] set up with CLIENTELA_INIT; its texts are owned by `customer`; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_customer_contact(const struct clientela_customer *customer,
                                            size_t index,
                                            struct clientela_contact *contact,
                                            struct clientela_error **err);

/**
 * How many vehicles a customer's fleet has, those that left it included.
 *
 * @param customer [in] the customer; NULL or not a customer gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_customer_vehicle_count(const struct clientela_customer *customer);

/**
 * One vehicle of a customer's fleet.
 *
 * @param customer [in] the customer; not NULL
 * @param index [in] 0 to clientela_customer_vehicle_count - 1
 * @param vehicle [out] set up with CLIENTELA_INIT; its texts are owned by `customer`; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_customer_vehicle(const struct clientela_customer *customer,
                                            size_t index,
                                            struct clientela_vehicle *vehicle,
                                            struct clientela_error **err);

/**
 * Frees a customer.
 *
 * @param customer [in] the customer; nothing happens with NULL
 * Threads: any, once nobody reads it.
 * @since 0.1
 */
CLIENTELA_API void clientela_customer_free(struct clientela_customer *customer);

/**
 * Enters an opportunity in the first stage of its method.
 *
 * @param session [in] who enters it; not NULL
 * @param opportunity [in] what is known of it; not NULL
 * @param id [out] its id; may be NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND (customer, method, position, campaign), CLIENTELA_E_VALIDATION, CLIENTELA_E_RIGHTS,
 *   CLIENTELA_E_STATE, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8,
 *   CLIENTELA_E_RANGE
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_opportunity_create(const struct clientela_session *session,
                                              const struct clientela_opportunity_new *opportunity,
                                              struct clientela_id *id,
                                              struct clientela_error **err);

/**
 * Reads an opportunity.
 *
 * @param session [in] who looks; not NULL
 * @param key [in] its number, or its id as text; not NULL
 * @param opportunity [out] the opportunity; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_opportunity_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_opportunity_find(const struct clientela_session *session,
                                            const char *key,
                                            struct clientela_opportunity **opportunity,
                                            struct clientela_error **err);

/**
 * Lists the opportunities of a customer, the oldest first.
 *
 * @param session [in] who looks; not NULL
 * @param customer [in] the customer; not NULL
 * @param list [out] the opportunities, at most 999, more with clientela_list_next; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, also when there is none; CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Ownership: free it with clientela_list_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_opportunity_list(const struct clientela_session *session,
                                            const struct clientela_id *customer,
                                            struct clientela_list **list,
                                            struct clientela_error **err);

/**
 * A field of an opportunity, as text.
 *
 * @param opportunity [in] the opportunity; NULL or not an opportunity gives NULL
 * @param field [in] "number", "title", "state", "stage", "probability", "amount", "currency", "vehicles", "expected_close" or any
 *   other name of a column; an unknown one gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return UTF-8 with a NUL after it, owned by `opportunity`, valid until clientela_opportunity_free; NULL when the field is empty
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_opportunity_get(const struct clientela_opportunity *opportunity,
                                      const char *field,
                                      size_t *len);

/**
 * The id of an opportunity.
 *
 * @param opportunity [in] the opportunity; not NULL
 * @param id [out] the id; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_opportunity_id(const struct clientela_opportunity *opportunity,
                                          struct clientela_id *id,
                                          struct clientela_error **err);

/**
 * Frees an opportunity.
 *
 * @param opportunity [in] the opportunity; nothing happens with NULL
 * Threads: any, once nobody reads it.
 * @since 0.1
 */
CLIENTELA_API void clientela_opportunity_free(struct clientela_opportunity *opportunity);

/**
 * Takes an opportunity on to a later stage, whose entry condition must hold.
 *
 * @param session [in] who does it; not NULL
 * @param opportunity [in] the opportunity; not NULL
 * @param stage [in] code of the stage; NULL for the next one
 * @param note [in] why, in the user's words; may be NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_RULE when the stage's condition does not hold: clientela_error_why says what it saw;
 *   CLIENTELA_E_STATE, CLIENTELA_E_VALIDATION, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY,
 *   CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_opportunity_advance(const struct clientela_session *session,
                                               const struct clientela_id *opportunity,
                                               const char *stage,
                                               const char *note,
                                               struct clientela_error **err);

/**
 * Wins an opportunity: it counts in quotas from now on.
 *
 * @param session [in] who does it; not NULL
 * @param opportunity [in] the opportunity; not NULL
 * @param reason [in] why, in the user's words; may be NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_STATE, CLIENTELA_E_RULE, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT,
 *   CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_opportunity_win(const struct clientela_session *session,
                                           const struct clientela_id *opportunity,
                                           const char *reason,
                                           struct clientela_error **err);

/**
 * Loses an opportunity.
 *
 * @param session [in] who does it; not NULL
 * @param opportunity [in] the opportunity; not NULL
 * @param reason [in] why, in the user's words; a loss needs it: not NULL
 * @param competitor [in] who got it instead; may be NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_VALIDATION, CLIENTELA_E_STATE, CLIENTELA_E_RULE, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS,
 *   CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_opportunity_lose(const struct clientela_session *session,
                                            const struct clientela_id *opportunity,
                                            const char *reason,
                                            const char *competitor,
                                            struct clientela_error **err);

/**
 * Reads who changed what of a record, field by field, the oldest first.
 *
 * @param session [in] who looks; not NULL
 * @param entity [in] name of the entity: "relationship" and "party" (the two records of a customer), "opportunity", "offer"…;
 *   not NULL
 * @param id [in] the record; not NULL
 * @param changes [out] the changes; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free them with clientela_changes_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_history(const struct clientela_session *session,
                                   const char *entity,
                                   const struct clientela_id *id,
                                   struct clientela_changes **changes,
                                   struct clientela_error **err);

/**
 * How many changes there are.
 *
 * @param changes [in] the changes; NULL or not changes gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_changes_count(const struct clientela_changes *changes);

/**
 * One change.
 *
 * @param changes [in] the changes; not NULL
 * @param index [in] 0 to clientela_changes_count - 1
 * @param change [out] set up with CLIENTELA_INIT; its texts are owned by `changes`; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_changes_at(const struct clientela_changes *changes,
                                      size_t index,
                                      struct clientela_change *change,
                                      struct clientela_error **err);

/**
 * Frees changes.
 *
 * @param changes [in] the changes; nothing happens with NULL
 * Threads: any, once nobody reads them.
 * @since 0.1
 */
CLIENTELA_API void clientela_changes_free(struct clientela_changes *changes);

/**
 * The message customer.transfer: what the quoting tool is to know of a customer.
 *
 * @param session [in] who asks; not NULL
 * @param customer [in] number of the customer, or its id as text; not NULL
 * @param tool [in] what the message says of the tool's session; may be NULL
 * @param text [out] the message, JSON as the contract "quoting-exchange/1" asks; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_VALIDATION when a key does not fit the contract, CLIENTELA_E_STATE,
 *   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_quoting_customer(const struct clientela_session *session,
                                            const char *customer,
                                            const struct clientela_quoting_tool *tool,
                                            struct clientela_text **text,
                                            struct clientela_error **err);

/**
 * The message affair.create for an opportunity. The affair is noted; asked again, the same affair is meant, and the newest file
 * goes with it.
 *
 * @param session [in] who asks; not NULL
 * @param opportunity [in] number of the opportunity, or its id as text; not NULL
 * @param tool [in] what the message says of the tool's session; may be NULL
 * @param text [out] the message, JSON as the contract asks; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE or CLIENTELA_E_RULE for a closed opportunity, CLIENTELA_E_RIGHTS,
 *   CLIENTELA_E_VALIDATION, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_quoting_affair(const struct clientela_session *session,
                                          const char *opportunity,
                                          const struct clientela_quoting_tool *tool,
                                          struct clientela_text **text,
                                          struct clientela_error **err);

/**
 * Takes a message of the tool and gives the answer to be sent back: offer.return makes, revises and withdraws offers, the answers
 * customer.transfer.ack and affair.create.ack are noted. The same message again gives the same bytes and changes nothing.
 *
 * Whatever the contract has a word for is in the answer, refusals included; only what hinders this side is an error.
 *
 * @param session [in] who sits at the tool; not NULL
 * @param bytes [in] the message, JSON; not NULL
 * @param len [in] how many bytes it has
 * @param file [in] the attached file when its bytes travel beside the message; else NULL
 * @param file_len [in] how many bytes that has
 * @param text [out] the answer, JSON; the empty text for a message that needs none; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, also when the answer refuses; CLIENTELA_E_STORAGE, CLIENTELA_E_IO, CLIENTELA_E_STATE: send it again;
 *   CLIENTELA_E_LIMIT, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Ownership: free the answer with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_quoting_receive(const struct clientela_session *session,
                                           const void *bytes,
                                           size_t len,
                                           const void *file,
                                           size_t file_len,
                                           struct clientela_text **text,
                                           struct clientela_error **err);

/**
 * Lists the files of an opportunity: those that came with messages of the tool and those attached to drafts, the oldest first.
 *
 * @param session [in] who looks; not NULL
 * @param opportunity [in] the opportunity; not NULL
 * @param list [out] the files, at most 999, more with clientela_list_next; clientela_list_get gives "file_name", "digest", "size",
 *   "media_type", "received_at", "conflict" and "content_here"; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, also when there is none; CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Ownership: free it with clientela_list_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_attachment_list(const struct clientela_session *session,
                                           const struct clientela_id *opportunity,
                                           struct clientela_list **list,
                                           struct clientela_error **err);

/**
 * A file of an opportunity, by its digest.
 *
 * @param session [in] who asks; not NULL
 * @param digest [in] its SHA-256 as 64 hexadecimal digits; not NULL
 * @param content [out] its bytes; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_NOT_FOUND when no opportunity that may be seen has it, or its bytes never came;
 *   CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_blob_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_file(const struct clientela_session *session,
                                const char *digest,
                                struct clientela_blob **content,
                                struct clientela_error **err);

/**
 * Begins an offer for an opportunity. Nothing is written before the commit.
 *
 * @param session [in] who makes it; not NULL
 * @param opportunity [in] the opportunity; not NULL
 * @param dossier [in] your own key of what is offered, at most 64 characters: with it the same opportunity never gets a second
 *   offer for the same dossier, however often a draft is committed; NULL for an offer of its own with every commit
 * @param currency [in] code of the opportunity's currency, to be sure of it; may be NULL
 * @param draft [out] the draft; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_VALIDATION for another currency, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_draft_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_new(const struct clientela_session *session,
                                     const struct clientela_id *opportunity,
                                     const char *dossier,
                                     const char *currency,
                                     struct clientela_draft **draft,
                                     struct clientela_error **err);

/**
 * Adds an item.
 *
 * @param draft [in] the draft; not NULL
 * @param item [in] the item; not NULL
 * @param index [out] its index, from 0; may be NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE, CLIENTELA_E_LIMIT, CLIENTELA_E_VERSION, CLIENTELA_E_BUSY_HANDLE,
 *   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8. Products and prices are looked up by clientela_draft_price and
 *   clientela_draft_commit.
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_add_item(struct clientela_draft *draft,
                                          const struct clientela_item *item,
                                          size_t *index,
                                          struct clientela_error **err);

/**
 * Puts another item in the place of one.
 *
 * @param draft [in] the draft; not NULL
 * @param index [in] which, from 0
 * @param item [in] the item; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return as clientela_draft_add_item; CLIENTELA_E_ARGUMENT when there is no such item
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_set_item(struct clientela_draft *draft,
                                          size_t index,
                                          const struct clientela_item *item,
                                          struct clientela_error **err);

/**
 * Takes an item out; those after it move up.
 *
 * @param draft [in] the draft; not NULL
 * @param index [in] which, from 0
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT when there is no such item, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_remove_item(struct clientela_draft *draft,
                                             size_t index,
                                             struct clientela_error **err);

/**
 * Adds what is settled after tax.
 *
 * @param draft [in] the draft; not NULL
 * @param settlement [in] what is settled; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_VALIDATION, CLIENTELA_E_RANGE, CLIENTELA_E_VERSION, CLIENTELA_E_BUSY_HANDLE,
 *   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_add_settlement(struct clientela_draft *draft,
                                                const struct clientela_settlement *settlement,
                                                struct clientela_error **err);

/**
 * Sets a text of the draft.
 *
 * @param draft [in] the draft; not NULL
 * @param key [in] "title"; "note", a word on this version; "rounding", "line" or "document"; "price_date", the day whose prices and
 *   taxes hold, "2026-03-31"; "valid_until", the last day it holds; not NULL
 * @param value [in] the text; NULL for the default: as in the version before, else per line, today and 30 days
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_ARGUMENT for another key, CLIENTELA_E_VALIDATION, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_UTF8
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_set_text(struct clientela_draft *draft,
                                          const char *key,
                                          const char *value,
                                          struct clientela_error **err);

/**
 * Adds a file, such as the configurator's own. It is kept with the opportunity under the SHA-256 of its bytes in the commit's one
 * transaction, also when the offer says the same as before, and never opened. A file of the same name takes the place of the one
 * before. Read it with clientela_file, find it with clientela_attachment_list.
 *
 * @param draft [in] the draft; not NULL
 * @param name [in] its name without a path, at most 120 characters; not NULL
 * @param bytes [in] its bytes, which are copied; not NULL
 * @param len [in] how many there are, at most 64 MiB
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_VALIDATION for a name or size that cannot be, CLIENTELA_E_ARGUMENT, also beyond 100 files,
 *   CLIENTELA_E_LIMIT, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_UTF8
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_attach(struct clientela_draft *draft,
                                        const char *name,
                                        const void *bytes,
                                        size_t len,
                                        struct clientela_error **err);

/**
 * Prices the draft as a commit would. Writes nothing, and may be asked any number of times.
 *
 * @param draft [in] the draft; not NULL
 * @param totals [out] set up with CLIENTELA_INIT; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND (a product, a price, a tax rate), CLIENTELA_E_VALIDATION, CLIENTELA_E_RULE (a discount
 *   beyond its limit), CLIENTELA_E_RANGE, CLIENTELA_E_LIMIT, CLIENTELA_E_STATE, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_ARGUMENT; clientela_error_field names the item, such as "items[2].quantity"
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_price(struct clientela_draft *draft,
                                       struct clientela_totals *totals,
                                       struct clientela_error **err);

/**
 * How many lines the draft had when it was priced last, options inside a price included.
 *
 * @param draft [in] the draft; NULL, busy or not a draft gives 0
 * @return the number
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_draft_line_count(const struct clientela_draft *draft);

/**
 * A line of the draft as it was priced last.
 *
 * @param draft [in] the draft; not NULL
 * @param index [in] 0 to clientela_draft_line_count - 1
 * @param line [out] set up with CLIENTELA_INIT; its texts are owned by `draft`, valid until it is priced again; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_line(const struct clientela_draft *draft,
                                      size_t index,
                                      struct clientela_line *line,
                                      struct clientela_error **err);

/**
 * How many steps the prices of the draft had when it was priced last.
 *
 * @param draft [in] the draft; NULL, busy or not a draft gives 0
 * @return the number
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_draft_step_count(const struct clientela_draft *draft);

/**
 * A step of a price of the draft as it was priced last: those of each line in their order, then, without a line, taxes and
 * settlements.
 *
 * @param draft [in] the draft; not NULL
 * @param index [in] 0 to clientela_draft_step_count - 1
 * @param step [out] set up with CLIENTELA_INIT; its texts are owned by `draft`, valid until it is priced again; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_step(const struct clientela_draft *draft,
                                      size_t index,
                                      struct clientela_price_step *step,
                                      struct clientela_error **err);

/**
 * Why the draft costs what it costs, as it was priced last: named reasons with the figures used, one per line, those beneath a
 * reason indented by two blanks.
 *
 * @param draft [in] the draft; not NULL
 * @param text [out] the reasons; empty when it was not priced; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Ownership: free it with clientela_text_free.
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_why(const struct clientela_draft *draft,
                                     struct clientela_text **text,
                                     struct clientela_error **err);

/**
 * Writes the draft in one transaction: a new offer, the next version of the dossier's offer, or nothing when that says the same.
 * The draft stays usable, whether it succeeds or not.
 *
 * @param draft [in] the draft; not NULL
 * @param id [in] the command's id, see clientela_new_id: the same id again gives the same result; NULL or all zero for a new one
 * @param result [out] set up with CLIENTELA_INIT; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return as clientela_draft_price; CLIENTELA_E_STATE or CLIENTELA_E_RULE when the dossier's offer is accepted, refused or withdrawn;
 *   CLIENTELA_E_RIGHTS, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE
 * Threads: one at a time per draft.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_draft_commit(struct clientela_draft *draft,
                                        const struct clientela_id *id,
                                        struct clientela_commit_result *result,
                                        struct clientela_error **err);

/**
 * Frees a draft. What was not committed is forgotten.
 *
 * @param draft [in] the draft; nothing happens with NULL
 * Threads: any, once nobody uses it.
 * @since 0.1
 */
CLIENTELA_API void clientela_draft_free(struct clientela_draft *draft);

/**
 * Reads an offer with the lines and steps of its current version. Costs are not among them.
 *
 * @param session [in] who looks; not NULL
 * @param key [in] its number, or its id as text; not NULL
 * @param offer [out] the offer; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_offer_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_find(const struct clientela_session *session,
                                      const char *key,
                                      struct clientela_offer **offer,
                                      struct clientela_error **err);

/**
 * Lists the offers of an opportunity, the oldest first.
 *
 * @param session [in] who looks; not NULL
 * @param opportunity [in] the opportunity; not NULL
 * @param list [out] the offers, at most 999, more with clientela_list_next; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, also when there is none; CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Ownership: free it with clientela_list_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_list(const struct clientela_session *session,
                                      const struct clientela_id *opportunity,
                                      struct clientela_list **list,
                                      struct clientela_error **err);

/**
 * A field of an offer, as text.
 *
 * @param offer [in] the offer; NULL or not an offer gives NULL
 * @param field [in] "number", "state", "revision", "currency", "net", "gross", "valid_until", "dossier" or any other name of a
 *   column; an unknown one gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return UTF-8 with a NUL after it, owned by `offer`, valid until clientela_offer_free; NULL when the field is empty
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_offer_get(const struct clientela_offer *offer,
                                const char *field,
                                size_t *len);

/**
 * The id of an offer.
 *
 * @param offer [in] the offer; not NULL
 * @param id [out] the id; not NULL, written on success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_id(const struct clientela_offer *offer,
                                    struct clientela_id *id,
                                    struct clientela_error **err);

/**
 * The totals of an offer.
 *
 * @param offer [in] the offer; not NULL
 * @param totals [out] set up with CLIENTELA_INIT; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_totals(const struct clientela_offer *offer,
                                        struct clientela_totals *totals,
                                        struct clientela_error **err);

/**
 * How many lines an offer has, options inside a price included.
 *
 * @param offer [in] the offer; NULL or not an offer gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_offer_line_count(const struct clientela_offer *offer);

/**
 * One line of an offer.
 *
 * @param offer [in] the offer; not NULL
 * @param index [in] 0 to clientela_offer_line_count - 1
 * @param line [out] set up with CLIENTELA_INIT; its texts are owned by `offer`; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_line(const struct clientela_offer *offer,
                                      size_t index,
                                      struct clientela_line *line,
                                      struct clientela_error **err);

/**
 * How many steps the prices of an offer have.
 *
 * @param offer [in] the offer; NULL or not an offer gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_offer_step_count(const struct clientela_offer *offer);

/**
 * One step of the prices of an offer.
 *
 * @param offer [in] the offer; not NULL
 * @param index [in] 0 to clientela_offer_step_count - 1
 * @param step [out] set up with CLIENTELA_INIT; its texts are owned by `offer`; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_step(const struct clientela_offer *offer,
                                      size_t index,
                                      struct clientela_price_step *step,
                                      struct clientela_error **err);

/**
 * Frees an offer.
 *
 * @param offer [in] the offer; nothing happens with NULL
 * Threads: any, once nobody reads it.
 * @since 0.1
 */
CLIENTELA_API void clientela_offer_free(struct clientela_offer *offer);

/**
 * Makes a new version of an offer with a discount by hand.
 *
 * @param session [in] who gives it; not NULL
 * @param offer [in] the offer; not NULL
 * @param discount [in] how much, of what, why; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_RULE when it is more than may be given: clientela_error_why has the figures;
 *   CLIENTELA_E_VALIDATION, CLIENTELA_E_STATE, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_RANGE, CLIENTELA_E_CONFLICT,
 *   CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_discount(const struct clientela_session *session,
                                          const struct clientela_id *offer,
                                          const struct clientela_discount *discount,
                                          struct clientela_error **err);

/**
 * Hands an offer to the customer.
 *
 * @param session [in] who does it; not NULL
 * @param offer [in] the offer; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_STATE or CLIENTELA_E_RULE when its state or a rule does not allow it, such as disputed totals or a last day that is past;
 *   CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_ARGUMENT
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_issue(const struct clientela_session *session,
                                       const struct clientela_id *offer,
                                       struct clientela_error **err);

/**
 * The customer accepts an offer.
 *
 * @param session [in] who does it; not NULL
 * @param offer [in] the offer; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_STATE or CLIENTELA_E_RULE when its state or a rule does not allow it, such as a last day that is past;
 *   CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_ARGUMENT
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_accept(const struct clientela_session *session,
                                        const struct clientela_id *offer,
                                        struct clientela_error **err);

/**
 * The customer refuses an offer.
 *
 * @param session [in] who does it; not NULL
 * @param offer [in] the offer; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_STATE or CLIENTELA_E_RULE when its state or a rule does not allow it;
 *   CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_ARGUMENT
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_refuse(const struct clientela_session *session,
                                        const struct clientela_id *offer,
                                        struct clientela_error **err);

/**
 * We take an offer back.
 *
 * @param session [in] who does it; not NULL
 * @param offer [in] the offer; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_STATE or CLIENTELA_E_RULE when its state or a rule does not allow it;
 *   CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RIGHTS, CLIENTELA_E_CONFLICT, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_ARGUMENT
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_offer_withdraw(const struct clientela_session *session,
                                          const struct clientela_id *offer,
                                          struct clientela_error **err);

/**
 * What has been reached of a quota plan by a day, for every unit and position the session may see, from the top down. A total
 * never counts a credit that may not be seen. Of a plan of several measures in all of them, one after the other.
 *
 * @param session [in] who looks; not NULL
 * @param plan [in] name of the plan, or its id as text; not NULL
 * @param day [in] the day; CLIENTELA_NO_DATE for today
 * @param nodes [out] the nodes; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_RANGE, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT,
 *   CLIENTELA_E_UTF8
 * Ownership: free them with clientela_attainments_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_quota_attainment(const struct clientela_session *session,
                                            const char *plan,
                                            clientela_date day,
                                            struct clientela_attainments **nodes,
                                            struct clientela_error **err);

/**
 * How many nodes there are.
 *
 * @param nodes [in] the nodes; NULL or not nodes gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_attainments_count(const struct clientela_attainments *nodes);

/**
 * One node.
 *
 * @param nodes [in] the nodes; not NULL
 * @param index [in] 0 to clientela_attainments_count - 1
 * @param node [out] set up with CLIENTELA_INIT; its texts are owned by `nodes`; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_attainments_at(const struct clientela_attainments *nodes,
                                          size_t index,
                                          struct clientela_attainment *node,
                                          struct clientela_error **err);

/**
 * Frees nodes.
 *
 * @param nodes [in] the nodes; nothing happens with NULL
 * Threads: any, once nobody reads them.
 * @since 0.1
 */
CLIENTELA_API void clientela_attainments_free(struct clientela_attainments *nodes);

/**
 * Whom a campaign would reach now, of the customers the session may see. Nothing is written.
 *
 * @param session [in] who looks; not NULL
 * @param campaign [in] code of the campaign; not NULL
 * @param plan [out] every customer that was looked at; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_CANCELLED, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT,
 *   CLIENTELA_E_UTF8
 * Ownership: free it with clientela_target_plan_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_campaign_target(const struct clientela_session *session,
                                           const char *campaign,
                                           struct clientela_target_plan **plan,
                                           struct clientela_error **err);

/**
 * Why one customer is reached by a campaign or not, with the values seen.
 *
 * @param session [in] who looks; not NULL
 * @param campaign [in] code of the campaign; not NULL
 * @param customer [in] number of the customer, or its id as text; not NULL
 * @param text [out] named reasons with the figures used, one per line, those beneath a reason indented by two blanks; not NULL,
 *   NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_campaign_explain(const struct clientela_session *session,
                                            const char *campaign,
                                            const char *customer,
                                            struct clientela_text **text,
                                            struct clientela_error **err);

/**
 * How many customers are reached.
 *
 * @param plan [in] the plan; NULL or not a plan gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_target_plan_size(const struct clientela_target_plan *plan);

/**
 * How many customers were looked at.
 *
 * @param plan [in] the plan; NULL or not a plan gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_target_plan_count(const struct clientela_target_plan *plan);

/**
 * One customer that was looked at.
 *
 * @param plan [in] the plan; not NULL
 * @param index [in] 0 to clientela_target_plan_count - 1
 * @param target [out] set up with CLIENTELA_INIT; its texts are owned by `plan`; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_target_plan_at(const struct clientela_target_plan *plan,
                                          size_t index,
                                          struct clientela_target *target,
                                          struct clientela_error **err);

/**
 * Frees a plan.
 *
 * @param plan [in] the plan; nothing happens with NULL
 * Threads: any, once nobody reads it.
 * @since 0.1
 */
CLIENTELA_API void clientela_target_plan_free(struct clientela_target_plan *plan);

/**
 * Reads and checks a rule. It is written in CEL; what it may speak of is `today`, `customer`, for opportunities also
 * `opportunity`, and for leads `lead` alone. A rule that cannot be used is refused with code "rule.invalid": every finding is an issue of the error, its
 * field the place as "line:column", its message with what would be right. clientela_rule_check shows the places as well.
 *
 * @param session [in] who asks; not NULL
 * @param about [in] "customer", "opportunity" or "lead"; not NULL
 * @param source [in] the rule; not NULL
 * @param rule [out] the rule; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_RULE when it cannot be used; CLIENTELA_E_VALIDATION when there are no rules about that;
 *   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_LIMIT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_rule_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_rule_compile(const struct clientela_session *session,
                                        const char *about,
                                        const char *source,
                                        struct clientela_rule **rule,
                                        struct clientela_error **err);

/**
 * The text a rule was made from.
 *
 * @param rule [in] the rule; NULL or not a rule gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return UTF-8 with a NUL after it, owned by `rule`
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API const char *clientela_rule_source(const struct clientela_rule *rule, size_t *len);

/**
 * What a rule is about.
 *
 * @param rule [in] the rule; NULL or not a rule gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return "customer", "opportunity" or "lead", with a NUL after it, owned by `rule`
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API const char *clientela_rule_about(const struct clientela_rule *rule, size_t *len);

/**
 * The type of a rule's result, as messages name it: "yes or no".
 *
 * @param rule [in] the rule; NULL or not a rule gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return UTF-8 with a NUL after it, owned by `rule`
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API const char *clientela_rule_result_type(const struct clientela_rule *rule, size_t *len);

/**
 * How many conditions a rule has of which all must hold; 1 when it is not made of several.
 *
 * @param rule [in] the rule; NULL or not a rule gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_rule_conjunct_count(const struct clientela_rule *rule);

/**
 * One of the conditions of which all must hold, as it is written.
 *
 * @param rule [in] the rule; NULL or not a rule gives NULL
 * @param index [in] 0 to clientela_rule_conjunct_count - 1; beyond gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return UTF-8 with a NUL after it, owned by `rule`
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_rule_conjunct(const struct clientela_rule *rule,
                                    size_t index,
                                    size_t *len);

/**
 * How many fields a rule reads.
 *
 * @param rule [in] the rule; NULL or not a rule gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_rule_reads_count(const struct clientela_rule *rule);

/**
 * One of the fields a rule reads, in alphabetical order.
 *
 * @param rule [in] the rule; not NULL
 * @param index [in] 0 to clientela_rule_reads_count - 1
 * @param path [out] set up with CLIENTELA_INIT; its texts are owned by `rule`; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_rule_reads_at(const struct clientela_rule *rule,
                                         size_t index,
                                         struct clientela_rule_path *path,
                                         struct clientela_error **err);

/**
 * What a rule says of one record, as it is now.
 *
 * @param session [in] who asks; not NULL
 * @param rule [in] the rule; not NULL
 * @param key [in] number of the customer or opportunity, or its id as text; not NULL
 * @param outcome [out] CLIENTELA_RULE_YES, CLIENTELA_RULE_NO or CLIENTELA_RULE_UNKNOWN, which counts as no; not NULL, written on
 *   success only
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK whatever it says; CLIENTELA_E_NOT_FOUND for a record that is not there or may not be seen;
 *   CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_rule_evaluate(const struct clientela_session *session,
                                         const struct clientela_rule *rule,
                                         const char *key,
                                         clientela_rule_outcome *outcome,
                                         struct clientela_error **err);

/**
 * Why a rule holds for one record or not: "rule.true", "rule.false" or "rule.unknown", and beneath it the conditions that
 * decided, with the values seen as far as the session may read them.
 *
 * @param session [in] who asks; not NULL
 * @param rule [in] the rule; not NULL
 * @param key [in] number of the customer or opportunity, or its id as text; not NULL
 * @param why [out] named reasons with the figures used, one per line, those beneath a reason indented by two blanks; not NULL,
 *   NULL on failure. It may hold personal data: it is for the user's screen, not for a log
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_NOT_FOUND for a record that is not there or may not be seen; CLIENTELA_E_STATE,
 *   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_text_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_rule_explain(const struct clientela_session *session,
                                        const struct clientela_rule *rule,
                                        const char *key,
                                        struct clientela_text **why,
                                        struct clientela_error **err);

/**
 * Frees a rule.
 *
 * @param rule [in] the rule; nothing happens with NULL
 * Threads: any, once nobody uses it.
 * @since 0.1
 */
CLIENTELA_API void clientela_rule_free(struct clientela_rule *rule);

/**
 * Checks a rule as clientela_rule_compile does, and tells each finding with its place; for an editor.
 *
 * @param session [in] who asks; not NULL
 * @param about [in] "customer", "opportunity" or "lead"; not NULL
 * @param source [in] the rule; not NULL
 * @param findings [out] what is wrong, in the order of the places; none when the rule can be used; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK whatever was found; CLIENTELA_E_VALIDATION when there are no rules about that; CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_ARGUMENT, CLIENTELA_E_LIMIT, CLIENTELA_E_UTF8
 * Ownership: free them with clientela_rule_findings_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_rule_check(const struct clientela_session *session,
                                      const char *about,
                                      const char *source,
                                      struct clientela_rule_findings **findings,
                                      struct clientela_error **err);

/**
 * How many findings there are.
 *
 * @param findings [in] the findings; NULL or not findings gives 0
 * @return the number; 0 when the rule can be used
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_rule_findings_count(const struct clientela_rule_findings *findings);

/**
 * One finding.
 *
 * @param findings [in] the findings; not NULL
 * @param index [in] 0 to clientela_rule_findings_count - 1
 * @param finding [out] set up with CLIENTELA_INIT; its texts are owned by `findings`; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_rule_findings_at(const struct clientela_rule_findings *findings,
                                            size_t index,
                                            struct clientela_rule_finding *finding,
                                            struct clientela_error **err);

/**
 * Frees findings.
 *
 * @param findings [in] the findings; nothing happens with NULL
 * Threads: any, once nobody reads them.
 * @since 0.1
 */
CLIENTELA_API void clientela_rule_findings_free(struct clientela_rule_findings *findings);

/**
 * All records that the session may see and for which a rule holds. Customers are asked in columns kept in memory, which the first
 * such call builds and later ones bring up to date.
 *
 * @param session [in] who asks; not NULL
 * @param rule [in] the rule; not NULL
 * @param options [in] how; NULL for the caller's thread alone
 * @param selection [out] their ids; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_CANCELLED, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Ownership: free it with clientela_selection_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_rule_select(const struct clientela_session *session,
                                       const struct clientela_rule *rule,
                                       const struct clientela_rule_options *options,
                                       struct clientela_selection **selection,
                                       struct clientela_error **err);

/**
 * The ids of a selection, one after the other in ascending order.
 *
 * @param selection [in] the selection; NULL or not a selection gives NULL
 * @param count [out] how many there are; may be NULL, not written when the result is NULL
 * @return the first of the ids, owned by `selection`, valid until clientela_selection_free
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
const struct clientela_id *clientela_selection_ids(const struct clientela_selection *selection,
                                                   size_t *count);

/**
 * What a selection has counted.
 *
 * @param selection [in] the selection; not NULL
 * @param counts [out] set up with CLIENTELA_INIT; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_selection_info(const struct clientela_selection *selection,
                                          struct clientela_selection_counts *counts,
                                          struct clientela_error **err);

/**
 * Frees a selection.
 *
 * @param selection [in] the selection; nothing happens with NULL
 * Threads: any, once nobody reads it.
 * @since 0.1
 */
CLIENTELA_API void clientela_selection_free(struct clientela_selection *selection);

/**
 * How many of the records that the session may see each condition of a rule removes, in the order they are written.
 *
 * @param session [in] who asks; not NULL
 * @param rule [in] the rule; not NULL
 * @param options [in] how; NULL for the caller's thread alone
 * @param steps [out] one step for each condition; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_CANCELLED, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Ownership: free them with clientela_rule_steps_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_rule_funnel(const struct clientela_session *session,
                                       const struct clientela_rule *rule,
                                       const struct clientela_rule_options *options,
                                       struct clientela_rule_steps **steps,
                                       struct clientela_error **err);

/**
 * How many records were asked: those the session may see.
 *
 * @param steps [in] the steps; NULL or not steps gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_rule_steps_asked(const struct clientela_rule_steps *steps);

/**
 * How many steps there are.
 *
 * @param steps [in] the steps; NULL or not steps gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API size_t clientela_rule_steps_count(const struct clientela_rule_steps *steps);

/**
 * One step.
 *
 * @param steps [in] the steps; not NULL
 * @param index [in] 0 to clientela_rule_steps_count - 1
 * @param step [out] set up with CLIENTELA_INIT; its texts are owned by `steps`; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_rule_steps_at(const struct clientela_rule_steps *steps,
                                         size_t index,
                                         struct clientela_rule_step *step,
                                         struct clientela_error **err);

/**
 * Frees steps.
 *
 * @param steps [in] the steps; nothing happens with NULL
 * Threads: any, once nobody reads them.
 * @since 0.1
 */
CLIENTELA_API void clientela_rule_steps_free(struct clientela_rule_steps *steps);

/**
 * What the version of a rule set that holds on a day says of a customer, an opportunity or a lead, as far as the session sees
 * them.
 *
 * @param session [in] who asks; not NULL
 * @param name [in] name of the rule set, such as "visit_interval"; not NULL
 * @param about [in] "customer", "opportunity" or "lead": what `key` names; not NULL
 * @param key [in] its number, or its id as text; not NULL
 * @param day [in] the day, which is also the rules' `today`; CLIENTELA_NO_DATE for today
 * @param answer [out] what it says; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK whatever it says; CLIENTELA_E_NOT_FOUND when no version of that name holds that day, or for a record that is
 *   not there or may not be seen; CLIENTELA_E_VALIDATION when `about` is no such word; CLIENTELA_E_ARGUMENT also when the rule set
 *   speaks of opportunities and is asked of a customer; CLIENTELA_E_RANGE, CLIENTELA_E_STATE, CLIENTELA_E_HANDLE,
 *   CLIENTELA_E_UTF8
 * Ownership: free it with clientela_rule_set_answer_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_rule_set_evaluate(const struct clientela_session *session,
                                             const char *name,
                                             const char *about,
                                             const char *key,
                                             clientela_date day,
                                             struct clientela_rule_set_answer **answer,
                                             struct clientela_error **err);

/**
 * Whether the answer cannot be told: a row applies but its value is missing, or several rows apply where only one may.
 *
 * @param answer [in] the answer; NULL or not an answer gives 0
 * @return 1 when it cannot be told, 0 when it can
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
int32_t clientela_rule_set_answer_unknown(const struct clientela_rule_set_answer *answer);

/**
 * How many values the answer has: 0 when no row applies or it cannot be told, several only for a rule set that gives those of all
 * rows that apply.
 *
 * @param answer [in] the answer; NULL or not an answer gives 0
 * @return the number
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
size_t clientela_rule_set_answer_count(const struct clientela_rule_set_answer *answer);

/**
 * A value of the answer, as text: exact decimals, ISO dates, "true" and "false".
 *
 * @param answer [in] the answer; NULL or not an answer gives NULL
 * @param index [in] 0 to clientela_rule_set_answer_count - 1; beyond gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return UTF-8 with a NUL after it, owned by `answer`
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_rule_set_answer_value(const struct clientela_rule_set_answer *answer,
                                            size_t index,
                                            size_t *len);

/**
 * The version that was asked, such as "visit_interval/3".
 *
 * @param answer [in] the answer; NULL or not an answer gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return UTF-8 with a NUL after it, owned by `answer`
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_rule_set_answer_version(const struct clientela_rule_set_answer *answer,
                                              size_t *len);

/**
 * Why: the rows that decided, with their reasons and the values seen, one per line, those beneath a reason indented by two blanks.
 * It may hold personal data: it is for the user's screen, not for a log.
 *
 * @param answer [in] the answer; NULL or not an answer gives NULL
 * @param len [out] length in bytes; may be NULL, not written when the result is NULL
 * @return UTF-8 with a NUL after it, owned by `answer`
 * Threads: any number at once.
 * @since 0.1
 */
CLIENTELA_API
const char *clientela_rule_set_answer_why(const struct clientela_rule_set_answer *answer,
                                          size_t *len);

/**
 * Frees an answer.
 *
 * @param answer [in] the answer; nothing happens with NULL
 * Threads: any, once nobody reads it.
 * @since 0.1
 */
CLIENTELA_API void clientela_rule_set_answer_free(struct clientela_rule_set_answer *answer);

/**
 * Any entity as an Arrow stream of the rows the session may see. Fields it may not read are empty. Ids are fixed-size binary(16)
 * unless asked otherwise, amounts decimal128 with their currency, days date32, moments timestamp[us, UTC], closed lists
 * dictionaries.
 *
 * @param session [in] who asks; not NULL
 * @param query [in] what to show; not NULL
 * @param stream [out] filled on success only; what stood there is overwritten, not released; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK; CLIENTELA_E_ARGUMENT for a name there is none of; CLIENTELA_E_VALIDATION or CLIENTELA_E_RULE for a filter
 *   that is no rule; CLIENTELA_E_CANCELLED, CLIENTELA_E_STATE, CLIENTELA_E_LIMIT, CLIENTELA_E_HANDLE, CLIENTELA_E_UTF8
 * Ownership: release the stream with its own `release`; it outlives session and store.
 * Threads: any; the stream may go to another thread and is used by one at a time.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_query_arrow(const struct clientela_session *session,
                                       const struct clientela_query *query,
                                       struct ArrowArrayStream *stream,
                                       struct clientela_error **err);

/**
 * Looks at a file and says what would come of it: every row is read and checked as its command would. Writes nothing.
 *
 * @param session [in] who imports; not NULL
 * @param kind [in] CLIENTELA_IMPORT_CSV or CLIENTELA_IMPORT_CARDS
 * @param bytes [in] the content of the file; not NULL
 * @param len [in] how many bytes it has
 * @param options [in] as JSON: {"target": "customer"} and what the file does not say by itself, such as "defaults": {"kind":
 *   "company", "country": "IT"}, "mapping", "words", "customer", "owner", "label", "chunk_rows"; targets are customer, vehicle, contact, consent;
 *   not NULL
 * @param import [out] the plan; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, also when every row is rejected; CLIENTELA_E_VALIDATION for a file that is no table or a mapping that does not
 *   fit; CLIENTELA_E_NOT_FOUND for a customer or position that is named and not there; CLIENTELA_E_LIMIT, CLIENTELA_E_STATE,
 *   CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT, CLIENTELA_E_UTF8
 * Ownership: free it with clientela_import_free.
 * Threads: any.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_import_plan(const struct clientela_session *session,
                                       int32_t kind,
                                       const void *bytes,
                                       size_t len,
                                       const char *options,
                                       struct clientela_import **import,
                                       struct clientela_error **err);

/**
 * How many rows would come in, or came in once there was a commit.
 *
 * @param import [in] the import; not NULL
 * @param counts [out] set up with CLIENTELA_INIT; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: one at a time per import.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_import_preview(const struct clientela_import *import,
                                          struct clientela_import_counts *counts,
                                          struct clientela_error **err);

/**
 * How many rows that are not taken are told one by one, by the plan or by the commit once there was one: the first 1,000. How many
 * there are is in the counts; clientela_import_rejected_table has all of them.
 *
 * @param import [in] the import; NULL, busy or not an import gives 0
 * @return the number
 * Threads: one at a time per import.
 * @since 0.1
 */
CLIENTELA_API
size_t clientela_import_rejected_count(const struct clientela_import *import);

/**
 * One row that is not taken.
 *
 * @param import [in] the import; not NULL
 * @param index [in] 0 to clientela_import_rejected_count - 1
 * @param row [out] set up with CLIENTELA_INIT; its texts are owned by `import`, valid until it is committed; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_RANGE, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: one at a time per import.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_import_rejected(const struct clientela_import *import,
                                           size_t index,
                                           struct clientela_rejected_row *row,
                                           struct clientela_error **err);

/**
 * The rows that are not in, as things stand, as a table: their cells as they stood, then line and reason; to be put right and imported
 * again. All rows are checked once more for it.
 *
 * @param import [in] the import; not NULL
 * @param text [out] the table; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Ownership: free it with clientela_text_free.
 * Threads: one at a time per import.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_import_rejected_table(const struct clientela_import *import,
                                                 struct clientela_text **text,
                                                 struct clientela_error **err);

/**
 * Brings the rows in, a chunk at a time, each chunk in one transaction. The function `progress` of the store hears of each and may
 * stop it; what was written stays, and committing again – also after a crash, also with the same file planned anew – goes on
 * where it stopped.
 *
 * @param import [in] the import; not NULL
 * @param counts [out] set up with CLIENTELA_INIT; not NULL
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, also when it was stopped: then `cancelled` is 1; CLIENTELA_E_STATE, CLIENTELA_E_RIGHTS, CLIENTELA_E_BUSY,
 *   CLIENTELA_E_STORAGE, CLIENTELA_E_IO, CLIENTELA_E_BUSY_HANDLE, CLIENTELA_E_HANDLE, CLIENTELA_E_ARGUMENT
 * Threads: one at a time per import.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_import_commit(struct clientela_import *import,
                                         struct clientela_import_counts *counts,
                                         struct clientela_error **err);

/**
 * Brings the rows of a data frame in: reads the whole stream, checks every row as its command would, and commits as
 * clientela_import_commit does. The same rows again, from the same user with the same options, are not brought in twice, so after
 * a failure the call is made again with a new stream. To look before, use clientela_import_plan with a table of text.
 *
 * Columns are found by their names, which are the fields' or any word known for them; others are passed over. They may be of text,
 * yes or no, numbers, days, moments, or dictionaries of these. Each batch is released before the next is asked for; the texts of all
 * are kept until the report is freed, beyond 16 MiB in a temporary file.
 *
 * @param session [in] who imports; not NULL
 * @param entity [in] what the rows become: "customer", "vehicle", "contact" or "consent"; not NULL
 * @param stream [in,out] the rows; taken over and released by the library, also when the call fails later. It is left as it was
 *   when one of the other arguments is not in order: then `release` is not NULL afterwards. Not NULL
 * @param options [in] as for clientela_import_plan, without "target"; may be NULL
 * @param report [out] what came of it: clientela_import_preview has the counts, clientela_import_rejected the rows that were not
 *   taken, by their number from 1; not NULL, NULL on failure
 * @param err [in,out] the error slot, may be NULL
 * @return CLIENTELA_OK, also when rows were rejected or it was stopped: then `cancelled` is 1, and clientela_import_commit goes on;
 *   CLIENTELA_E_ARGUMENT for another entity or options; CLIENTELA_E_VALIDATION for a column or mapping that does not fit;
 *   CLIENTELA_E_CALLBACK when the stream ends with an error; CLIENTELA_E_LIMIT, CLIENTELA_E_NOT_FOUND, CLIENTELA_E_STATE,
 *   CLIENTELA_E_RIGHTS, CLIENTELA_E_BUSY, CLIENTELA_E_STORAGE, CLIENTELA_E_IO, CLIENTELA_E_HANDLE, CLIENTELA_E_UTF8
 * Ownership: free the report with clientela_import_free.
 * Threads: any; the stream's functions are called on this one.
 * @since 0.1
 */
CLIENTELA_API
clientela_status clientela_import_arrow(const struct clientela_session *session,
                                        const char *entity,
                                        struct ArrowArrayStream *stream,
                                        const char *options,
                                        struct clientela_import **report,
                                        struct clientela_error **err);

/**
 * Frees an import. What was brought in stays.
 *
 * @param import [in] the import; nothing happens with NULL
 * Threads: any, once nobody uses it.
 * @since 0.1
 */
CLIENTELA_API void clientela_import_free(struct clientela_import *import);

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

/* An exact number: coef / 10^scale. Three is clientela_number(3, 0), 12.5 is clientela_number(125, 1). */
static inline clientela_decimal clientela_number(int64_t coef, int32_t scale)
{
    clientela_decimal made;
    made.coef = coef;
    made.scale = scale;
    made.reserved = 0;
    return made;
}

#endif /* CLIENTELA_H */
