/* A configurator with clientela inside: it plays a truck maker's quoting tool through a whole deal.
 *
 *     cc -std=c99 *.c -o configurator $(pkg-config --cflags --libs clientela)
 *
 * or with CMake: cmake -B build && cmake --build build.
 *
 *     configurator --setup network.clientela ../../tests/scenarios/network.json catalogue.json   makes a store to play with
 *     configurator network.clientela u-rossi                                the quoting tool's whole deal
 *     configurator network.clientela u-rossi --quote u-verdi                a quoting session without another tool; the second approves
 *     configurator network.clientela u-rossi --scenario NAME FOLDER         the messages of a published scenario
 *
 * It ends with 0 when all went well; otherwise the error's code, field and message are printed. Prices are computed twice, here in
 * whole cents and by the library: where the two differ, the offer is disputed and cannot be handed out.
 */
#include "configurator.h"

static int usage(void)
{
    fprintf(stderr, "usage: configurator STORE LOGIN [--quote APPROVER | --scenario NAME FOLDER]\n"
                    "       configurator --setup STORE COMMANDS.json...\n");
    return 2;
}

/* The quoting session, with the approver signed in beside the seller. */
static int quote_with(clientela_store *store, clientela_session *seller, const char *approver, clientela_error **err)
{
    clientela_session *other = NULL;
    int done = 0;

    TRY(clientela_session_open(store, approver, NULL, &other, err));
    done = quoting_session(seller, other, err);
failed:
    clientela_session_free(other);
    return done;
}

/* Opens the store, signs in, and does the work. */
static int work(int count, char **given, clientela_error **err)
{
    clientela_store_options options;
    clientela_store *store = NULL;
    clientela_session *session = NULL;
    int done = 0;

    CLIENTELA_INIT(&options);
    options.abi = CLIENTELA_ABI;
    options.path = clientela_s(given[1]);
    TRY(clientela_store_open(&options, &store, err));
    TRY(clientela_session_open(store, given[2], NULL, &session, err));
    if (count == 3) done = deal(session, err);
    else if (count == 5) done = quote_with(store, session, given[4], err);
    else done = replay(session, given[4], given[5], err);
failed:
    clientela_session_free(session);
    /* What went wrong first is what is told. */
    if (clientela_store_close(store, done ? err : NULL) < 0) done = 0;
    return done;
}

int main(int count, char **given)
{
    clientela_error *err = NULL;
    int done;

    if (count >= 4 && strcmp(given[1], "--setup") == 0) {
        done = set_up(given[2], given + 3, count - 3, &err);
    } else if (count == 3 || (count == 5 && strcmp(given[3], "--quote") == 0) || (count == 6 && strcmp(given[3], "--scenario") == 0)) {
        done = work(count, given, &err);
    } else {
        return usage();
    }
    if (clientela_error_status(err) < 0) {
        fprintf(stderr, "%s", clientela_error_code(err));
        if (*clientela_error_field(err)) fprintf(stderr, " at %s", clientela_error_field(err));
        fprintf(stderr, ": %s\n", clientela_error_message(err));
        if (*clientela_error_why(err)) fprintf(stderr, "%s\n", clientela_error_why(err));
    }
    clientela_error_free(&err);
    if (clientela_live_handles() != 0) {
        fprintf(stderr, "%lu handles were not freed\n", (unsigned long)clientela_live_handles());
        done = 0;
    }
    return done ? 0 : 1;
}
