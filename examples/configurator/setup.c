/* A new store, set up by commands: lists of them in files, carried out by its administrator. */
#include "configurator.h"
#include "text.h"

#include <stdlib.h>

static int run_all(clientela_session *admin, char *commands, clientela_error **err);

/* The commands of a file. */
static int run_file(clientela_session *admin, const char *file, clientela_error **err)
{
    char *commands = text_of_file(file, NULL);
    int done = 0;

    if (commands) done = run_all(admin, commands, err);
    else fprintf(stderr, "%s cannot be read\n", file);
    free(commands);
    return done;
}

static int run_all(clientela_session *admin, char *commands, clientela_error **err)
{
    char place[24];
    const char *at;
    char *end, kept;
    int index;

    for (index = 0;; index++) {
        (void)snprintf(place, sizeof place, "%d", index);
        at = json_at(commands, place);
        if (!at) break;
        end = commands + (json_after(at) - commands);
        kept = *end;
        *end = '\0';
        if (clientela_execute(admin, NULL, at, NULL, err) < 0) {
            fprintf(stderr, "command %d: %s\n", index + 1, at);
            return 0;
        }
        *end = kept;
    }
    printf("%d commands carried out\n", index);
    return index > 0;
}

int set_up(const char *path, char *const *files, int count, clientela_error **err)
{
    clientela_store_options options;
    clientela_founding founding;
    clientela_store *store = NULL;
    clientela_session *admin = NULL;
    int done = 0, at;

    CLIENTELA_INIT(&options);
    options.abi = CLIENTELA_ABI;
    options.path = clientela_s(path);
    options.flags = CLIENTELA_STORE_CREATE;
    TRY(clientela_store_open(&options, &store, err));
    CLIENTELA_INIT(&founding);
    founding.unit_code = clientela_s("HQ");
    founding.unit_name = clientela_s("Headquarters");
    founding.country = clientela_s("IT");
    founding.login = clientela_s("admin");
    founding.user_name = clientela_s("Administrator");
    TRY(clientela_store_found(store, &founding, NULL, err));
    TRY(clientela_session_open(store, "admin", NULL, &admin, err));
    for (at = 0; at < count; at++) {
        if (!run_file(admin, files[at], err)) goto failed;
    }
    done = count > 0;
failed:
    clientela_session_free(admin);
    /* What went wrong first is what is told. */
    if (clientela_store_close(store, done ? err : NULL) < 0) done = 0;
    return done;
}
