/*
 * A deal as a quoting tool makes it: open a store, read a customer with contacts and fleet, price an offer of ten items, save it,
 * close. Prints what each step took, in microseconds, one line each; whoever started it knows what the whole process took.
 *
 *   deal <store> <login> <customer number> <opportunity number>
 *
 * `cargo xtask bench deal` prepares the store, runs this some times and prints medians and shares.
 */
#define _POSIX_C_SOURCE 200809L

#include "clientela.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ITEMS 10

static clientela_error *err = NULL;

/* Says what failed and ends the program. */
static void done(clientela_status status, const char *doing)
{
    if (status >= 0) return;
    fprintf(stderr, "%s: %s\n", doing, clientela_error_message(err));
    clientela_error_free(&err);
    exit(EXIT_FAILURE);
}

static int64_t now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

/* Prints what passed since the last step. */
static void step(const char *name)
{
    static int64_t last = 0;
    int64_t at = now();

    if (name != NULL) printf("%s %lld\n", name, (long long)(at - last));
    last = now();
}

static void read_customer(const clientela_session *session, const char *number)
{
    clientela_customer *customer = NULL;
    clientela_contact contact;
    clientela_vehicle vehicle;
    size_t index;

    done(clientela_customer_find(session, "number", number, &customer, &err), "reading the customer");
    CLIENTELA_INIT(&contact);
    for (index = 0; index < clientela_customer_contact_count(customer); index++)
        done(clientela_customer_contact(customer, index, &contact, &err), "reading a contact");
    CLIENTELA_INIT(&vehicle);
    for (index = 0; index < clientela_customer_vehicle_count(customer); index++)
        done(clientela_customer_vehicle(customer, index, &vehicle, &err), "reading a vehicle");
    if (clientela_customer_get(customer, "name", NULL) == NULL || clientela_customer_contact_count(customer) == 0 ||
        clientela_customer_vehicle_count(customer) == 0) {
        fprintf(stderr, "the customer has no name, contact or vehicle\n");
        exit(EXIT_FAILURE);
    }
    clientela_customer_free(customer);
}

static clientela_draft *price(const clientela_session *session, const char *number)
{
    const clientela_str options[] = { clientela_s("OPT-SLEEPER-XL"), clientela_s("OPT-RETARDER") };
    clientela_opportunity *opportunity = NULL;
    clientela_draft *draft = NULL;
    clientela_totals totals;
    clientela_item item;
    clientela_id id;
    int count;

    done(clientela_opportunity_find(session, number, &opportunity, &err), "reading the opportunity");
    done(clientela_opportunity_id(opportunity, &id, &err), "reading the opportunity");
    clientela_opportunity_free(opportunity);
    done(clientela_draft_new(session, &id, NULL, "EUR", &draft, &err), "beginning the offer");
    for (count = 0; count < ITEMS; count++) {
        CLIENTELA_INIT(&item);
        item.quantity.coefficient = count + 1;
        if (count % 2 == 0) {
            item.product = clientela_s("T480-4X2");
            item.options = options;
            item.option_count = 2;
            item.discount_bp = 250;
        } else {
            item.product = clientela_s("TRANSPORT");
        }
        done(clientela_draft_add_item(draft, &item, NULL, &err), "adding an item");
    }
    CLIENTELA_INIT(&totals);
    done(clientela_draft_price(draft, &totals, &err), "pricing the offer");
    return draft;
}

int main(int count, char **words)
{
    clientela_store_options options;
    clientela_commit_result result;
    clientela_session *session = NULL;
    clientela_store *store = NULL;
    clientela_draft *draft;

    if (count != 5) {
        fprintf(stderr, "usage: deal <store> <login> <customer number> <opportunity number>\n");
        return EXIT_FAILURE;
    }
    step(NULL);
    CLIENTELA_INIT(&options);
    options.abi = CLIENTELA_ABI;
    options.path = clientela_s(words[1]);
    done(clientela_store_open(&options, &store, &err), "opening the store");
    done(clientela_session_open(store, words[2], NULL, &session, &err), "signing in");
    step("open");
    read_customer(session, words[3]);
    step("customer");
    draft = price(session, words[4]);
    step("price");
    CLIENTELA_INIT(&result);
    done(clientela_draft_commit(draft, NULL, &result, &err), "saving the offer");
    step("save");
    clientela_draft_free(draft);
    clientela_session_free(session);
    done(clientela_store_close(store, &err), "closing the store");
    step("close");
    clientela_error_free(&err);
    return EXIT_SUCCESS;
}
