/* The network of tests/scenarios, as every language makes it: a clock that stands still, seeded random bytes, the same commands. */
#ifndef NETWORK_H
#define NETWORK_H

#include "check.h"
#include "json.h"

/* 2026-03-04T09:00:00Z. */
#define NETWORK_NOW INT64_C(1772614800000000)

/* What the callbacks of a store work with. */
typedef struct network_world {
    clientela_time now;
    uint64_t seed;
    int freed;
    int lines;
} network_world;

static inline clientela_time network_now(void *user)
{
    return ((network_world *)user)->now;
}

/* splitmix64, each word low byte first. */
static inline int32_t network_random(void *user, uint8_t *bytes, size_t count)
{
    network_world *world = (network_world *)user;
    size_t at, bit = 64;
    uint64_t word = 0;

    for (at = 0; at < count; at++, bit += 8) {
        if (bit == 64) {
            bit = 0;
            world->seed += UINT64_C(0x9e3779b97f4a7c15);
            word = world->seed;
            word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
            word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
            word ^= word >> 31;
        }
        bytes[at] = (uint8_t)(word >> bit);
    }
    return 0;
}

static inline void network_log(void *user, int32_t level, const char *message)
{
    CHECK(level == CLIENTELA_LOG_INFO || level == CLIENTELA_LOG_WARNING);
    CHECK(message[0] != '\0');
    ((network_world *)user)->lines++;
}

static inline void network_free(void *user)
{
    ((network_world *)user)->freed++;
}

/* Says what failed and ends the test. */
static inline void network_done(clientela_status status, clientela_error *err, const char *doing)
{
    if (status >= 0) return;
    fprintf(stderr, "%s: %ld %s at %s: %s\n%s\n", doing, (long)status, clientela_error_code(err), clientela_error_field(err),
            clientela_error_message(err), clientela_error_why(err));
    abort();
}

#define DONE(call) network_done((call), err, #call)

/* The whole of a file, with a NUL after it; NULL when there is none. */
static inline char *network_read(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    char *text;
    long size;

    if (!file) return NULL;
    CHECK(fseek(file, 0, SEEK_END) == 0);
    size = ftell(file);
    CHECK(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
    text = (char *)malloc((size_t)size + 1);
    CHECK(text != NULL);
    CHECK(fread(text, 1, (size_t)size, file) == (size_t)size);
    text[size] = '\0';
    if (len) *len = (size_t)size;
    CHECK(fclose(file) == 0);
    return text;
}

/* Where a test keeps its store. */
static inline const char *network_path(const char *name)
{
    static char path[512];
    const char *folder = getenv("TMPDIR");

    CHECK(snprintf(path, sizeof path, "%s/clientela-c-%s.clientela", folder ? folder : "/tmp", name) < (int)sizeof path);
    return path;
}

static inline void network_remove(const char *path)
{
    static const char *const parts[] = { "", "-wal", "-shm", "-lock", "-open" };
    char file[600];
    size_t at;

    for (at = 0; at < sizeof parts / sizeof *parts; at++) {
        CHECK(snprintf(file, sizeof file, "%s%s", path, parts[at]) < (int)sizeof file);
        (void)remove(file);
    }
}

/* A new store with its first unit and administrator. */
static inline clientela_store *network_found(const char *name, network_world *world)
{
    clientela_store_options options;
    clientela_founding founding;
    clientela_store *store = NULL;
    clientela_error *err = NULL;
    const char *path = network_path(name);

    network_remove(path);
    memset(world, 0, sizeof *world);
    world->now = NETWORK_NOW;
    world->seed = 7;
    CLIENTELA_INIT(&options);
    options.abi = CLIENTELA_ABI;
    options.path = clientela_s(path);
    options.flags = CLIENTELA_STORE_CREATE;
    options.user = world;
    options.now = network_now;
    options.random = network_random;
    options.log = network_log;
    options.user_free = network_free;
    DONE(clientela_store_open(&options, &store, &err));
    CLIENTELA_INIT(&founding);
    founding.unit_code = clientela_s("HQ");
    founding.unit_name = clientela_s("Headquarters");
    founding.country = clientela_s("IT");
    founding.login = clientela_s("admin");
    founding.user_name = clientela_s("Ada Bianchi");
    DONE(clientela_store_found(store, &founding, NULL, &err));
    clientela_error_free(&err);
    return store;
}

static inline clientela_session *network_session(clientela_store *store, const char *login)
{
    clientela_session *session = NULL;
    clientela_error *err = NULL;

    DONE(clientela_session_open(store, login, NULL, &session, &err));
    clientela_error_free(&err);
    return session;
}

/* Carries out one command under a new id. */
static inline void network_run(clientela_session *session, const char *json)
{
    clientela_error *err = NULL;

    network_done(clientela_execute(session, NULL, json, NULL, &err), err, json);
    clientela_error_free(&err);
}

/* A new store set up by the commands of tests/scenarios/network.json. */
static inline clientela_store *network_new(const char *name, network_world *world)
{
    clientela_store *store = network_found(name, world);
    clientela_session *admin = network_session(store, "admin");
    char *text = network_read("tests/scenarios/network.json", NULL), *command;
    const char *at;

    CHECK(text != NULL);
    for (at = json_first(text); at; at = json_next(at)) {
        command = json_copy(at);
        network_run(admin, command);
        free(command);
    }
    free(text);
    clientela_session_free(admin);
    return store;
}

/* Closes and forgets a store; checks that it is in order and that nothing of it is left. */
static inline void network_end(clientela_store *store, const char *name, network_world *world)
{
    clientela_check_result result;
    clientela_error *err = NULL;

    CLIENTELA_INIT(&result);
    DONE(clientela_store_check(store, &result, NULL, &err));
    CHECK_NUMBER(result.in_order, 1);
    DONE(clientela_store_close(store, &err));
    clientela_error_free(&err);
    CHECK_NUMBER(world->freed, 1);
    CHECK(world->lines > 0);
    network_remove(network_path(name));
}

#endif
