/* What can be wrong with a store's file, with the disk and with another process: each has a code of its own and a message for
   people, and what was there before is still there. Run it in the root of the repository. */
#include "network.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static clientela_error *err = NULL;

/* Refused with that code; the message is one line of at least ten letters, and printed for whoever reads the test. */
static void refused(clientela_status status, clientela_status expected, const char *code)
{
    const char *message = clientela_error_message(err);

    CHECK_TEXT(clientela_error_code(err), code);
    CHECK_NUMBER(status, expected);
    CHECK(strlen(message) > 10 && strchr(message, '\n') == NULL);
    printf("%s: %s\n", code, message);
}

/* While it is set, the disk has no room. The library's engine writes through these functions of the C library, which a program may
   have its own of. */
static int disk_is_full;

ssize_t write(int file, const void *bytes, size_t count)
{
    if (disk_is_full && file > 2) {
        errno = ENOSPC;
        return -1;
    }
    return (ssize_t)syscall(SYS_write, file, bytes, count);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off_t at);

ssize_t pwrite64(int file, const void *bytes, size_t count, off_t at)
{
    if (disk_is_full && file > 2) {
        errno = ENOSPC;
        return -1;
    }
    return (ssize_t)syscall(SYS_pwrite64, file, bytes, count, at);
}

static clientela_status open_at(const char *path, clientela_store **store)
{
    clientela_store_options options;

    CLIENTELA_INIT(&options);
    options.abi = CLIENTELA_ABI;
    options.path = clientela_s(path);
    return clientela_store_open(&options, store, &err);
}

static void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    CHECK(file != NULL);
    CHECK(fwrite(bytes, 1, length, file) == length);
    CHECK(fclose(file) == 0);
}

/* Files that are no store of this library, made of one that is. */
static void files(void)
{
    network_world world;
    clientela_store *store = network_new("files", &world), *opened = NULL;
    char *bytes, path[512];
    size_t length;

    DONE(clientela_store_close(store, &err));
    (void)strcpy(path, network_path("files"));
    bytes = network_read(path, &length);
    CHECK(bytes != NULL && length > 8192);

    refused(open_at("/tmp", &opened), CLIENTELA_E_ARGUMENT, "store.is_directory");
    refused(open_at("/nowhere/at/all.clientela", &opened), CLIENTELA_E_NOT_FOUND, "store.not_found");
    network_remove(path);
    write_file(path, bytes, length / 2);
    refused(open_at(path, &opened), CLIENTELA_E_CORRUPT, "store.damaged");
    network_remove(path);
    write_file(path, bytes, 100);
    refused(open_at(path, &opened), CLIENTELA_E_CORRUPT, "store.damaged");
    network_remove(path);
    write_file(path, "Dear customer, thank you for your letter of the third. We look forward to", 73);
    refused(open_at(path, &opened), CLIENTELA_E_CORRUPT, "store.not_a_store");
    network_remove(path);
    /* The number of the format, which a newer library would have written. */
    bytes[63] = 99;
    write_file(path, bytes, length);
    refused(open_at(path, &opened), CLIENTELA_E_VERSION, "store.newer");
    CHECK(opened == NULL);
    /* Nothing was changed by trying. */
    CHECK_NUMBER(clientela_live_handles(), 1);
    network_remove(path);
    free(bytes);
}

/* A full disk: what is written then is not there, all the rest is. */
static void full_disk(void)
{
    static const char command[] = "{\"command\": \"product.define\", \"code\": \"X\", \"name\": \"X\", \"kind\": \"option\"}";
    network_world world;
    clientela_store *store = network_new("full", &world);
    clientela_session *admin = network_session(store, "admin");
    clientela_text *receipt = NULL;
    clientela_status status;
    clientela_id id;

    DONE(clientela_new_id(admin, &id, &err));
    disk_is_full = 1;
    status = clientela_execute(admin, &id, command, &receipt, &err);
    disk_is_full = 0;
    refused(status, CLIENTELA_E_IO, "store.disk_full");
    CHECK(receipt == NULL);
    CHECK_NUMBER(clientela_receipt(admin, &id, &receipt, &err), CLIENTELA_E_NOT_FOUND);
    /* The same command under the same id, once there is room. */
    DONE(clientela_execute(admin, &id, command, &receipt, &err));
    clientela_text_free(receipt);
    clientela_session_free(admin);
    network_end(store, "full", &world);
}

/* The other process: inside a transaction it says so, and stays there until it is told to go on. */
typedef struct other {
    network_world world;
    int inside, go_on;
} other;

static int32_t other_random(void *user, uint8_t *bytes, size_t count)
{
    other *process = (other *)user;
    char byte = 0;

    if (process->inside >= 0) {
        CHECK(syscall(SYS_write, process->inside, &byte, (size_t)1) == 1);
        CHECK(read(process->go_on, &byte, 1) == 1);
        process->inside = -1;
    }
    return network_random(&process->world, bytes, count);
}

static void work_in_other(const char *path, int inside, int go_on)
{
    clientela_store_options options;
    clientela_store *store = NULL;
    clientela_session *session;
    clientela_id id;
    other process;

    memset(&process, 0, sizeof process);
    process.world.now = NETWORK_NOW;
    process.world.seed = 99;
    process.inside = -1;
    CLIENTELA_INIT(&options);
    options.abi = CLIENTELA_ABI;
    options.path = clientela_s(path);
    options.user = &process;
    options.now = network_now;
    options.random = other_random;
    DONE(clientela_store_open(&options, &store, &err));
    session = network_session(store, "u-rossi");
    /* With an id of its own the first random bytes are asked for inside the transaction. */
    DONE(clientela_new_id(session, &id, &err));
    process.inside = inside;
    process.go_on = go_on;
    DONE(clientela_execute(session, &id, "{\"command\": \"customer.create\", \"customer\": {\"kind\": \"company\", "
        "\"name\": \"Theirs\", \"country\": \"IT\", \"number\": \"C-THEIRS\"}}", NULL, &err));
    clientela_session_free(session);
    DONE(clientela_store_close(store, &err));
    clientela_error_free(&err);
}

static void two_processes(void)
{
    static const char command[] = "{\"command\": \"customer.create\", \"customer\": {\"kind\": \"company\", \"name\": \"Ours\", "
        "\"country\": \"IT\", \"number\": \"C-OURS\"}}";
    network_world world;
    clientela_store *store = network_new("two", &world);
    clientela_session *session;
    clientela_customer *customer = NULL;
    clientela_status status;
    int inside[2], go_on[2], outcome;
    char byte = 0, path[512];
    pid_t child;

    (void)strcpy(path, network_path("two"));
    DONE(clientela_store_close(store, &err));
    clientela_error_free(&err);
    CHECK(pipe(inside) == 0 && pipe(go_on) == 0);
    (void)fflush(stdout);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        work_in_other(path, inside[1], go_on[0]);
        _exit(0);
    }
    CHECK(read(inside[0], &byte, 1) == 1);
    DONE(open_at(path, &store));
    session = network_session(store, "u-rossi");
    status = clientela_execute(session, NULL, command, NULL, &err);
    refused(status, CLIENTELA_E_BUSY, "store.busy");
    CHECK_NUMBER(clientela_error_retry(err), 1);
    CHECK(syscall(SYS_write, go_on[1], &byte, (size_t)1) == 1);
    CHECK(waitpid(child, &outcome, 0) == child && outcome == 0);
    DONE(clientela_execute(session, NULL, command, NULL, &err));
    DONE(clientela_customer_find(session, "number", "C-THEIRS", &customer, &err));
    clientela_customer_free(customer);
    DONE(clientela_customer_find(session, "number", "C-OURS", &customer, &err));
    clientela_customer_free(customer);
    clientela_session_free(session);
    DONE(clientela_store_close(store, &err));
    network_remove(path);
    (void)close(inside[0]);
    (void)close(inside[1]);
    (void)close(go_on[0]);
    (void)close(go_on[1]);
}

int main(void)
{
    files();
    full_disk();
    two_processes();
    clientela_error_free(&err);
    CHECK_NUMBER(clientela_live_handles(), 0);
    return 0;
}
