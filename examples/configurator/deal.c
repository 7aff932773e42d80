/* The deal: what a seller does with the tool, step by step. */
#include "configurator.h"
#include "tool.h"

#include <stdlib.h>

/* An Italian company; the number passes its check. */
static const char VAT[] = "IT00743110157";

static clientela_status enter_customer(clientela_session *session, clientela_id *id, clientela_error **err)
{
    clientela_customer_new customer;

    CLIENTELA_INIT(&customer);
    customer.kind = clientela_s("company");
    customer.name = clientela_s("Autotrasporti Esempio S.r.l.");
    customer.vat_number = clientela_s(VAT);
    customer.street = clientela_s("Via dell'Industria 5");
    customer.postal_code = clientela_s("29122");
    customer.town = clientela_s("Piacenza");
    customer.region = clientela_s("PC");
    customer.country = clientela_s("IT");
    customer.email = clientela_s("flotta@esempio.example");
    return clientela_customer_create(session, &customer, id, err);
}

/* The customer with that VAT number, entered if there is none; nobody is entered twice. */
static clientela_customer *find_customer(clientela_session *session, clientela_error **err)
{
    clientela_customer *customer = NULL;
    char text[CLIENTELA_ID_TEXT];
    clientela_status status;
    clientela_id id;

    status = clientela_customer_find(session, "vat", VAT, &customer, err);
    if (status == CLIENTELA_E_NOT_FOUND) {
        TRY(enter_customer(session, &id, err));
        TRY(clientela_id_format(&id, text, sizeof text, err));
        TRY(clientela_customer_find(session, "id", text, &customer, err));
        printf("  entered as %s\n", clientela_customer_get(customer, "number", NULL));
    } else {
        TRY(status);
        printf("  found as %s\n", clientela_customer_get(customer, "number", NULL));
    }
    /* A second entry is refused, and the error names the customer that is there. */
    status = enter_customer(session, &id, err);
    if (status != CLIENTELA_E_EXISTS) goto failed;
    TRY(clientela_error_entity(*err, &id));
    TRY(clientela_id_format(&id, text, sizeof text, err));
    printf("  entering it again is refused (customer.duplicate): it is %s\n", text);
    return customer;
failed:
    clientela_customer_free(customer);
    return NULL;
}

/* The customer goes to the tool, which answers. */
static int transfer(tool *state, const char *customer, clientela_error **err)
{
    clientela_text *sent = NULL, *answer = NULL;
    buffer reply = { NULL, 0, 0, 0 };
    const char *message;
    int done = 0;

    TRY(clientela_quoting_customer(state->session, customer, NULL, &sent, err));
    message = clientela_text_get(sent, NULL);
    if (!tool_take_customer(state, message) || !tool_customer_ack(state, message, &reply, err)) goto failed;
    TRY(clientela_quoting_receive(state->session, reply.bytes, reply.length, NULL, 0, &answer, err));
    done = 1;
failed:
    clientela_text_free(sent);
    clientela_text_free(answer);
    buffer_free(&reply);
    return done;
}

/* The opportunity becomes an affair of the tool, which answers with its own key. */
static int make_affair(tool *state, const char *opportunity, clientela_error **err)
{
    clientela_text *sent = NULL, *answer = NULL;
    buffer reply = { NULL, 0, 0, 0 };
    const char *message;
    int done = 0;

    TRY(clientela_quoting_affair(state->session, opportunity, NULL, &sent, err));
    message = clientela_text_get(sent, NULL);
    if (!tool_take_affair(state, message) || !tool_affair_ack(state, message, &reply, err)) goto failed;
    TRY(clientela_quoting_receive(state->session, reply.bytes, reply.length, NULL, 0, &answer, err));
    printf("  %s is affair %s\n", opportunity, state->affair);
    done = 1;
failed:
    clientela_text_free(sent);
    clientela_text_free(answer);
    buffer_free(&reply);
    return done;
}

/* The tool is left: what the CRM does with each dossier must be as expected. Gives the numbers of the offers. */
static int leave(tool *state, const char *const expected[TOOL_DOSSIERS], char numbers[TOOL_DOSSIERS][64], clientela_error **err)
{
    char path[64], action[32], revision[16], status[32];
    clientela_text *answer = NULL;
    buffer message;
    const char *told;
    int done = 0, at;

    if (!tool_leave(state, &message, err)) goto failed;
    TRY(clientela_quoting_receive(state->session, message.bytes, message.length, state->file, strlen(state->file), &answer, err));
    told = clientela_text_get(answer, NULL);
    printf("  %s, file %s\n", json_copy(told, "body.status", status, sizeof status),
           json_copy(told, "body.file_action", action, sizeof action));
    for (at = 0; at < TOOL_DOSSIERS; at++) {
        (void)snprintf(path, sizeof path, "body.results.%d.action", at);
        json_copy(told, path, action, sizeof action);
        (void)snprintf(path, sizeof path, "body.results.%d.offer_id", at);
        json_copy(told, path, numbers[at], 64);
        (void)snprintf(path, sizeof path, "body.results.%d.offer_revision", at);
        json_copy(told, path, revision, sizeof revision);
        printf("  dossier %s: %s, offer %s version %s\n", state->dossiers[at].key, action, numbers[at], revision);
        if (strcmp(action, expected[at]) != 0) {
            fprintf(stderr, "expected: %s\n%s\n", expected[at], told);
            goto failed;
        }
    }
    done = 1;
failed:
    clientela_text_free(answer);
    buffer_free(&message);
    return done;
}

/* The CRM keeps the tool's file as it is. */
static int file_is_kept(const tool *state, clientela_error **err)
{
    clientela_blob *file = NULL;
    const void *bytes;
    size_t length = 0;
    int same = 0;

    TRY(clientela_file(state->session, state->digest + strlen("sha256:"), &file, err));
    bytes = clientela_blob_get(file, &length);
    same = length == strlen(state->file) && memcmp(bytes, state->file, length) == 0;
    printf("  its file of %lu bytes is kept%s\n", (unsigned long)length, same ? "" : ", but not as it was");
failed:
    clientela_blob_free(file);
    return same;
}

/* Reads an offer and prints what it comes to; gives its id. */
static int show_offer(clientela_session *session, const char *number, clientela_id *id, clientela_error **err)
{
    clientela_offer *offer = NULL;
    clientela_totals totals;
    char net[CLIENTELA_MONEY_TEXT], payable[CLIENTELA_MONEY_TEXT];
    int done = 0;

    CLIENTELA_INIT(&totals);
    TRY(clientela_offer_find(session, number, &offer, err));
    TRY(clientela_offer_id(offer, id, err));
    TRY(clientela_offer_totals(offer, &totals, err));
    TRY(clientela_money_format(&totals.net, net, sizeof net, err));
    TRY(clientela_money_format(&totals.payable, payable, sizeof payable, err));
    printf("  %s version %s, %s: net %s, to be paid %s\n", number, clientela_offer_get(offer, "revision", NULL),
           clientela_offer_get(offer, "state", NULL), net, payable);
    done = 1;
failed:
    clientela_offer_free(offer);
    return done;
}

/* A discount, then the offer is handed out and accepted; the other one is not wanted. */
static int decide(clientela_session *session, char numbers[TOOL_DOSSIERS][64], clientela_error **err)
{
    clientela_discount discount;
    clientela_id offer, other;

    if (!show_offer(session, numbers[0], &offer, err)) return 0;
    CLIENTELA_INIT(&discount);
    discount.percent = clientela_number(1, 0);
    discount.reason = clientela_s("three at once");
    TRY(clientela_offer_discount(session, &offer, &discount, err));
    TRY(clientela_offer_issue(session, &offer, err));
    TRY(clientela_offer_accept(session, &offer, err));
    if (!show_offer(session, numbers[0], &offer, err)) return 0;
    if (!show_offer(session, numbers[1], &other, err)) return 0;
    TRY(clientela_offer_withdraw(session, &other, err));
    return show_offer(session, numbers[1], &other, err);
failed:
    return 0;
}

static int open_opportunity(clientela_session *session, const clientela_customer *customer, clientela_id *id,
                            clientela_opportunity **read, clientela_error **err)
{
    clientela_opportunity_new opportunity;
    char text[CLIENTELA_ID_TEXT];

    CLIENTELA_INIT(&opportunity);
    TRY(clientela_customer_id(customer, &opportunity.customer, err));
    opportunity.title = clientela_s("Fleet renewal");
    opportunity.method = clientela_s("with-configurator");
    opportunity.currency = clientela_s("EUR");
    opportunity.vehicles = 3;
    TRY(clientela_opportunity_create(session, &opportunity, id, err));
    TRY(clientela_id_format(id, text, sizeof text, err));
    TRY(clientela_opportunity_find(session, text, read, err));
    return 1;
failed:
    return 0;
}

int deal(clientela_session *session, clientela_error **err)
{
    static const char *const created[TOOL_DOSSIERS] = { "created", "created" };
    static const char *const unchanged[TOOL_DOSSIERS] = { "unchanged", "unchanged" };
    static const char *const revised[TOOL_DOSSIERS] = { "revised", "unchanged" };
    clientela_opportunity *opportunity = NULL;
    clientela_customer *customer = NULL;
    char numbers[TOOL_DOSSIERS][64];
    clientela_id id;
    tool state;
    int done = 0;

    memset(&state, 0, sizeof state);
    state.session = session;
    printf("the customer with VAT number %s\n", VAT);
    customer = find_customer(session, err);
    if (!customer) goto failed;
    printf("the customer is taken over\n");
    if (!transfer(&state, clientela_customer_get(customer, "number", NULL), err)) goto failed;
    printf("an opportunity, and its affair\n");
    if (!open_opportunity(session, customer, &id, &opportunity, err)) goto failed;
    if (!make_affair(&state, clientela_opportunity_get(opportunity, "number", NULL), err)) goto failed;
    printf("two dossiers are configured and the tool is left\n");
    if (!leave(&state, created, numbers, err)) goto failed;
    printf("the tool is entered and left without a change\n");
    if (!leave(&state, unchanged, numbers, err)) goto failed;
    printf("a dossier is changed and the tool is left\n");
    state.dossiers[0].revision++;
    state.dossiers[0].discount += 50000;
    if (!leave(&state, revised, numbers, err) || !file_is_kept(&state, err)) goto failed;
    printf("the offer is decided\n");
    TRY(clientela_opportunity_advance(session, &id, "offer", "two offers made", err));
    if (!decide(session, numbers, err)) goto failed;
    TRY(clientela_opportunity_win(session, &id, "price and delivery time", err));
    printf("won\n");
    done = 1;
failed:
    clientela_opportunity_free(opportunity);
    clientela_customer_free(customer);
    return done;
}
