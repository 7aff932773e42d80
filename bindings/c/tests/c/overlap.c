/* Four threads at once: on one session all of them are served, on one draft one at a time, the others are told. Run it in the root
   of the repository. */
#include "network.h"

#include <pthread.h>

enum { THREADS = 4, ROUNDS = 40 };

/* What all threads work on. */
typedef struct shared {
    clientela_session *session;
    clientela_draft *draft;
    clientela_store *store;
} shared;

typedef struct outcome {
    const shared *on;
    long done, busy;
} outcome;

static void *work(void *user)
{
    outcome *mine = (outcome *)user;
    clientela_error *err = NULL;
    clientela_customer *customer;
    clientela_totals totals;
    clientela_status status;
    char net[CLIENTELA_MONEY_TEXT];
    int round;

    for (round = 0; round < ROUNDS; round++) {
        DONE(clientela_customer_find(mine->on->session, "number", "C-1", &customer, &err));
        CHECK_TEXT(clientela_customer_get(customer, "name", NULL), "Esempio");
        clientela_customer_free(customer);
        CLIENTELA_INIT(&totals);
        status = clientela_draft_price(mine->on->draft, &totals, &err);
        if (status == CLIENTELA_E_BUSY_HANDLE) {
            CHECK_NUMBER(clientela_error_retry(err), 1);
            mine->busy++;
            continue;
        }
        network_done(status, err, "price");
        DONE(clientela_money_format(&totals.net, net, sizeof net, &err));
        CHECK_TEXT(net, "2850.00 EUR");
        mine->done++;
    }
    clientela_error_free(&err);
    return NULL;
}

/* Reads until the store is closed under it. */
static void *read_on(void *user)
{
    const shared *on = (const shared *)user;
    clientela_error *err = NULL;
    clientela_customer *customer;
    clientela_status status;

    while ((status = clientela_customer_find(on->session, "number", "C-1", &customer, &err)) >= 0) clientela_customer_free(customer);
    CHECK_NUMBER(status, CLIENTELA_E_STATE);
    CHECK_TEXT(clientela_error_code(err), "store.closed");
    clientela_error_free(&err);
    return NULL;
}

int main(void)
{
    network_world world;
    shared on;
    outcome outcomes[THREADS];
    pthread_t threads[THREADS];
    clientela_opportunity_new opportunity;
    clientela_customer *customer = NULL;
    clientela_error *err = NULL;
    clientela_item item;
    clientela_id id;
    long done = 0, busy = 0;
    int at;

    on.store = network_new("overlap", &world);
    on.session = network_session(on.store, "u-rossi");
    network_run(on.session, "{\"command\": \"customer.create\", \"customer\": {\"kind\": \"company\", \"name\": \"Esempio\", "
        "\"country\": \"IT\", \"number\": \"C-1\"}}");
    DONE(clientela_customer_find(on.session, "number", "C-1", &customer, &err));
    CLIENTELA_INIT(&opportunity);
    DONE(clientela_customer_id(customer, &opportunity.customer, &err));
    clientela_customer_free(customer);
    opportunity.title = clientela_s("One");
    opportunity.method = clientela_s("with-configurator");
    opportunity.currency = clientela_s("EUR");
    DONE(clientela_opportunity_create(on.session, &opportunity, &id, &err));
    DONE(clientela_draft_new(on.session, &id, "D-1", NULL, &on.draft, &err));
    CLIENTELA_INIT(&item);
    item.product = clientela_s("TRANSPORT");
    item.quantity = clientela_number(3, 0);
    DONE(clientela_draft_add_item(on.draft, &item, NULL, &err));

    for (at = 0; at < THREADS; at++) {
        outcomes[at].on = &on;
        outcomes[at].done = outcomes[at].busy = 0;
        CHECK_NUMBER(pthread_create(&threads[at], NULL, work, &outcomes[at]), 0);
    }
    for (at = 0; at < THREADS; at++) {
        CHECK_NUMBER(pthread_join(threads[at], NULL), 0);
        done += outcomes[at].done;
        busy += outcomes[at].busy;
    }
    CHECK_NUMBER(done + busy, THREADS * ROUNDS);
    CHECK(done > 0);

    for (at = 0; at < THREADS; at++) CHECK_NUMBER(pthread_create(&threads[at], NULL, read_on, &on), 0);
    DONE(clientela_store_close(on.store, &err));
    for (at = 0; at < THREADS; at++) CHECK_NUMBER(pthread_join(threads[at], NULL), 0);
    CHECK_NUMBER(world.freed, 1);
    network_remove(network_path("overlap"));
    clientela_draft_free(on.draft);
    clientela_session_free(on.session);
    clientela_error_free(&err);
    CHECK_NUMBER(clientela_live_handles(), 0);
    printf("%ld priced, %ld told that the draft is busy\n", done, busy);
    return 0;
}
