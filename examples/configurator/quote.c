/* A quoting session without another tool: configure with live conflicts, price, discount, approval, issue, order, delivery.
 *
 * What has no function of its own is asked and done as JSON, with clientela_ask and clientela_execute. */
#include "configurator.h"
#include "text.h"

#include <stdarg.h>

static const char PRODUCT[] = "T480-4X2";

/* What a session works on. */
typedef struct quote {
    clientela_session *seller, *approver;
    char opportunity[CLIENTELA_ID_TEXT];
    char offer[64];
    char order[CLIENTELA_ID_TEXT];
    clientela_id offer_id;
} quote;

/* Does a command, or asks a question, whose JSON is made as printf would; gives what came back. The texts put in need no escapes:
 * they are codes and ids. */
static clientela_text *call(clientela_session *session, int changes, clientela_error **err, const char *format, va_list given)
{
    char json[2048];
    clientela_text *told = NULL;
    int length = vsnprintf(json, sizeof json, format, given);

    if (length < 0 || (size_t)length >= sizeof json) return NULL;
    if (changes) TRY(clientela_execute(session, NULL, json, &told, err));
    else TRY(clientela_ask(session, json, &told, err));
    return told;
failed:
    return NULL;
}

static clientela_text *ask(clientela_session *session, clientela_error **err, const char *format, ...)
{
    clientela_text *told;
    va_list given;

    va_start(given, format);
    told = call(session, 0, err, format, given);
    va_end(given);
    return told;
}

static clientela_text *execute(clientela_session *session, clientela_error **err, const char *format, ...)
{
    clientela_text *told;
    va_list given;

    va_start(given, format);
    told = call(session, 1, err, format, given);
    va_end(given);
    return told;
}

/* Does a command of which only success matters. */
#define DO(session, ...)                                                 \
    do {                                                                 \
        clientela_text *receipt_ = execute((session), err, __VA_ARGS__); \
        if (!receipt_) goto failed;                                      \
        clientela_text_free(receipt_);                                   \
    } while (0)

/* Shows each option as it stands after the choices. */
static void show_options(const char *answer)
{
    char path[64], option[64], state[32], by[64];
    int at;

    for (at = 0;; at++) {
        (void)snprintf(path, sizeof path, "options.%d.option", at);
        if (!json_copy(answer, path, option, sizeof option)[0]) return;
        (void)snprintf(path, sizeof path, "options.%d.state", at);
        json_copy(answer, path, state, sizeof state);
        (void)snprintf(path, sizeof path, "options.%d.by", at);
        json_copy(answer, path, by, sizeof by);
        printf("  %-16s %s%s%s\n", option, state, by[0] ? " by " : "", by);
    }
}

/* A choice that clashes is told with the rules that clash and the smallest change that mends it. */
static int configure(quote *state, clientela_error **err)
{
    clientela_text *told = NULL;
    char rule[200], reason[200], drop[64];
    const char *answer;
    int done = 0;

    told = ask(state->seller, err,
               "{\"question\":\"product.configure\",\"product\":\"%s\",\"market\":\"IT\",\"choices\":{\"chosen\":[\"OPT-RETARDER\"]}}", PRODUCT);
    if (!told) goto failed;
    show_options(clientela_text_get(told, NULL));
    clientela_text_free(told);
    told = ask(state->seller, err,
               "{\"question\":\"product.configure\",\"product\":\"%s\",\"market\":\"IT\","
               "\"choices\":{\"chosen\":[\"OPT-RETARDER\",\"OPT-MANUAL\"]}}",
               PRODUCT);
    if (!told) goto failed;
    answer = clientela_text_get(told, NULL);
    json_copy(answer, "conflict.rules.1.says", rule, sizeof rule);
    json_copy(answer, "conflict.rules.1.reason.en", reason, sizeof reason);
    json_copy(answer, "conflict.repairs.1.drop.0", drop, sizeof drop);
    printf("  OPT-MANUAL too: %s, for %s; without %s it goes\n", rule, reason, drop);
    done = strcmp(drop, "OPT-MANUAL") == 0;
failed:
    clientela_text_free(told);
    return done;
}

/* The configuration is completed as cheaply as can be, and offered. */
static int make_offer(quote *state, clientela_error **err)
{
    clientela_text *told = NULL, *receipt = NULL;
    char first[64], second[64], id[CLIENTELA_ID_TEXT];
    clientela_offer *offer = NULL;
    const char *answer;
    int done = 0;

    told = ask(state->seller, err,
               "{\"question\":\"product.complete\",\"of\":{\"product\":\"%s\",\"market\":\"IT\",\"choices\":{\"chosen\":[\"OPT-RETARDER\"]}},"
               "\"objective\":\"cheapest\"}",
               PRODUCT);
    if (!told) goto failed;
    answer = clientela_text_get(told, NULL);
    json_copy(answer, "options.0", first, sizeof first);
    json_copy(answer, "options.1", second, sizeof second);
    printf("  completed: %s, %s\n", first, second);
    receipt = execute(state->seller, err,
                      "{\"command\":\"offer.create\",\"opportunity\":\"%s\",\"title\":\"Two tractors\",\"items\":["
                      "{\"product\":\"%s\",\"quantity\":\"2\",\"options\":[\"%s\",\"%s\"]},{\"product\":\"TRANSPORT\",\"quantity\":\"2\"}]}",
                      state->opportunity, PRODUCT, first, second);
    if (!receipt) goto failed;
    json_copy(clientela_text_get(receipt, NULL), "records.0.id", id, sizeof id);
    TRY(clientela_offer_find(state->seller, id, &offer, err));
    TRY(clientela_offer_id(offer, &state->offer_id, err));
    (void)snprintf(state->offer, sizeof state->offer, "%s", clientela_offer_get(offer, "number", NULL));
    done = 1;
failed:
    clientela_offer_free(offer);
    clientela_text_free(told);
    clientela_text_free(receipt);
    return done;
}

/* Every step of the price: what stood there, what came. */
static int show_prices(const quote *state, clientela_error **err)
{
    char amount[CLIENTELA_MONEY_TEXT], running[CLIENTELA_MONEY_TEXT], net[CLIENTELA_MONEY_TEXT], payable[CLIENTELA_MONEY_TEXT];
    clientela_offer *offer = NULL;
    clientela_price_step step;
    clientela_totals totals;
    size_t at;
    int done = 0;

    TRY(clientela_offer_find(state->seller, state->offer, &offer, err));
    for (at = 0; at < clientela_offer_step_count(offer); at++) {
        CLIENTELA_INIT(&step);
        TRY(clientela_offer_step(offer, at, &step, err));
        TRY(clientela_money_format(&step.amount, amount, sizeof amount, err));
        TRY(clientela_money_format(&step.running, running, sizeof running, err));
        printf("  %-14s %18s %18s\n", step.kind, amount, running);
    }
    CLIENTELA_INIT(&totals);
    TRY(clientela_offer_totals(offer, &totals, err));
    TRY(clientela_money_format(&totals.net, net, sizeof net, err));
    TRY(clientela_money_format(&totals.payable, payable, sizeof payable, err));
    printf("  %s: net %s, to be paid %s\n", state->offer, net, payable);
    done = 1;
failed:
    clientela_offer_free(offer);
    return done;
}

/* A discount beyond the seller's own: it is refused at issue, asked for, and given by another. */
static int approve(quote *state, clientela_error **err)
{
    clientela_discount discount;

    CLIENTELA_INIT(&discount);
    discount.percent = clientela_number(6, 0);
    discount.reason = clientela_s("two at once");
    TRY(clientela_offer_discount(state->seller, &state->offer_id, &discount, err));
    if (clientela_offer_issue(state->seller, &state->offer_id, err) != CLIENTELA_E_RULE) goto failed;
    printf("  not yet: %s\n", clientela_error_message(*err));
    DO(state->seller, "{\"command\":\"offer.request_approval\",\"offer\":\"%s\"}", state->offer);
    DO(state->approver, "{\"command\":\"approval.decide\",\"offer\":\"%s\",\"grant\":true,\"note\":\"a good customer\"}", state->offer);
    printf("  granted\n");
    TRY(clientela_offer_issue(state->seller, &state->offer_id, err));
    TRY(clientela_offer_accept(state->seller, &state->offer_id, err));
    return show_prices(state, err);
failed:
    return 0;
}

/* The accepted offer becomes an order; what is delivered joins the customer's fleet. */
static int order(quote *state, clientela_error **err)
{
    static const char *const milestones[] = { "confirmed", "built", "shipped" };
    clientela_text *receipt = NULL;
    size_t at;
    int done = 0;

    receipt = execute(state->seller, err, "{\"command\":\"order.create\",\"offer\":\"%s\"}", state->offer);
    if (!receipt) goto failed;
    json_copy(clientela_text_get(receipt, NULL), "records.0.id", state->order, sizeof state->order);
    for (at = 0; at < sizeof milestones / sizeof *milestones; at++) {
        DO(state->seller, "{\"command\":\"order.milestone\",\"order\":\"%s\",\"milestone\":\"%s\"}", state->order, milestones[at]);
        printf("  %s\n", milestones[at]);
    }
    DO(state->seller,
       "{\"command\":\"order.deliver\",\"order\":\"%s\",\"line\":\"1\",\"vehicles\":["
       "{\"vin\":\"VF6BA00A000000001\",\"make\":\"Marca\"},{\"vin\":\"VF6BA00A000000002\",\"make\":\"Marca\"}]}",
       state->order);
    printf("  two vehicles delivered\n");
    done = 1;
failed:
    clientela_text_free(receipt);
    return done;
}

static int open_opportunity(quote *state, clientela_error **err)
{
    clientela_customer_new customer;
    clientela_opportunity_new opportunity;
    clientela_id id;

    CLIENTELA_INIT(&customer);
    customer.kind = clientela_s("company");
    customer.name = clientela_s("Trasporti Padani S.p.A.");
    customer.country = clientela_s("IT");
    CLIENTELA_INIT(&opportunity);
    TRY(clientela_customer_create(state->seller, &customer, &opportunity.customer, err));
    opportunity.title = clientela_s("Two tractors");
    opportunity.method = clientela_s("with-configurator");
    opportunity.currency = clientela_s("EUR");
    opportunity.vehicles = 2;
    TRY(clientela_opportunity_create(state->seller, &opportunity, &id, err));
    TRY(clientela_id_format(&id, state->opportunity, sizeof state->opportunity, err));
    return 1;
failed:
    return 0;
}

int quoting_session(clientela_session *seller, clientela_session *approver, clientela_error **err)
{
    quote state;

    memset(&state, 0, sizeof state);
    state.seller = seller;
    state.approver = approver;
    printf("an opportunity\n");
    if (!open_opportunity(&state, err)) return 0;
    printf("a vehicle is configured\n");
    if (!configure(&state, err) || !make_offer(&state, err)) return 0;
    printf("its price, step by step\n");
    if (!show_prices(&state, err)) return 0;
    printf("a discount of 6 %%\n");
    if (!approve(&state, err)) return 0;
    printf("ordered\n");
    return order(&state, err);
}
