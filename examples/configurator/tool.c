#include "tool.h"

#include "sha256.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const int64_t TAX_PERCENT = 22;

/* Percent of an amount, to whole cents, half away from zero; neither is below zero. */
static int64_t percent_of(int64_t amount, int64_t percent)
{
    return (amount * percent + 50) / 100;
}

tool_sums tool_price(const tool_dossier *dossier)
{
    tool_sums sums;

    sums.base = dossier->list + dossier->option_price;
    sums.campaign = percent_of(sums.base, dossier->campaign_percent);
    sums.unit_net = sums.base - sums.campaign - dossier->discount;
    sums.line_net = sums.unit_net * dossier->quantity;
    sums.transport = dossier->transport * dossier->quantity;
    sums.net = sums.line_net + sums.transport;
    sums.tax = percent_of(sums.net, TAX_PERCENT);
    sums.gross = sums.net + sums.tax;
    return sums;
}

static void add_cents(buffer *to, const char *name, int64_t cents)
{
    buffer_add(to, "\"%s\":\"%lld.%02d\"", name, (long long)(cents / 100), (int)(cents % 100));
}

/* What every message begins with, and its id. */
static int begin(tool *state, const char *kind, const char *answers, buffer *to, clientela_error **err)
{
    char id[CLIENTELA_ID_TEXT], sent[CLIENTELA_TIME_TEXT], replied[CLIENTELA_ID_TEXT];
    clientela_id message;

    memset(to, 0, sizeof *to);
    if (clientela_new_id(state->session, &message, err) < 0) return 0;
    if (clientela_id_format(&message, id, sizeof id, err) < 0) return 0;
    if (clientela_time_format((clientela_time)time(NULL) * 1000000, sent, sizeof sent, err) < 0) return 0;
    buffer_add(to, "{\"contract\":\"quoting-exchange/1\",\"message\":\"%s\",\"message_id\":\"%s\",\"sent_at\":\"%s\",", kind, id, sent);
    buffer_add(to, "\"sender\":{\"system\":\"quoting\",\"version\":\"4.2\"},\"dealer_code\":");
    buffer_add_string(to, state->dealer);
    buffer_add(to, ",\"user\":");
    buffer_add_string(to, state->user);
    if (answers) buffer_add(to, ",\"in_reply_to\":\"%s\"", json_copy(answers, "message_id", replied, sizeof replied));
    buffer_add(to, ",\"body\":{");
    return 1;
}

static int end(buffer *to)
{
    buffer_add(to, "}}");
    return !to->failed;
}

int tool_take_customer(tool *state, const char *message)
{
    char name[200], town[100];

    json_copy(message, "dealer_code", state->dealer, sizeof state->dealer);
    json_copy(message, "user", state->user, sizeof state->user);
    json_copy(message, "body.customer.name", name, sizeof name);
    json_copy(message, "body.customer.addresses.0.locality", town, sizeof town);
    printf("  the tool has %s%s%s\n", name, town[0] ? " of " : "", town);
    return name[0] && state->dealer[0];
}

int tool_take_affair(tool *state, const char *message)
{
    static const tool_dossier wanted[TOOL_DOSSIERS] = {
        { "D-1", "Three tractors", "T480-4X2", "Tractor T 480 4x2", "OPT-SLEEPER-XL", 1, 3, 9850000, 625000, 4, 200000, 95000 },
        { "D-2", "One tractor with retarder", "T480-4X2", "Tractor T 480 4x2", "OPT-RETARDER", 1, 1, 9850000, 180000, 0, 150000, 95000 },
    };
    char day[CLIENTELA_DATE_TEXT];

    json_copy(message, "body.opportunity.crm_id", state->opportunity, sizeof state->opportunity);
    json_copy(message, "body.price_date", day, sizeof day);
    /* The tool's own key of the affair: the same opportunity is always the same affair. */
    (void)snprintf(state->affair, sizeof state->affair, "AFF-%s", state->opportunity);
    state->affair_revision = 1;
    memcpy(state->dossiers, wanted, sizeof wanted);
    return state->opportunity[0] && clientela_date_parse(day, &state->today, NULL) >= 0;
}

int tool_customer_ack(tool *state, const char *message, buffer *to, clientela_error **err)
{
    char key[64], revision[24];

    if (!begin(state, "customer.transfer.ack", message, to, err)) return 0;
    buffer_add(to, "\"status\":\"created\",\"tool_customer_id\":");
    buffer_add_string(to, json_copy(message, "body.customer.crm_id", key, sizeof key));
    buffer_add(to, ",\"applied_revision\":%s", json_copy(message, "body.customer.revision", revision, sizeof revision));
    return end(to);
}

int tool_affair_ack(tool *state, const char *message, buffer *to, clientela_error **err)
{
    if (!begin(state, "affair.create.ack", message, to, err)) return 0;
    buffer_add(to, "\"status\":\"created\",\"affair_id\":");
    buffer_add_string(to, state->affair);
    buffer_add(to, ",\"affair_revision\":%d", state->affair_revision);
    return end(to);
}

static void add_item(buffer *to, const char *place, const char *kind, const char *code, const char *label, int64_t quantity, int64_t list)
{
    buffer_add(to, "{\"item_id\":\"%s\",\"kind\":\"%s\",\"product_code\":\"%s\",\"label\":", place, kind, code);
    buffer_add_string(to, label);
    buffer_add(to, ",\"quantity\":\"%lld\",\"unit\":\"EA\",", (long long)quantity);
    add_cents(to, "unit_list", list);
}

static void add_net(buffer *to, int64_t unit, int64_t line)
{
    buffer_add(to, ",");
    add_cents(to, "unit_net", unit);
    buffer_add(to, ",");
    add_cents(to, "line_net", line);
    buffer_add(to, ",\"vat\":{\"category\":\"S\",\"rate\":\"%d\"}}", (int)TAX_PERCENT);
}

static void add_items(buffer *to, const tool_dossier *dossier, const tool_sums *sums)
{
    int order = 1;

    add_item(to, "1", "vehicle", dossier->model, dossier->label, dossier->quantity, dossier->list);
    buffer_add(to, ",\"adjustments\":[");
    if (dossier->campaign_percent) {
        buffer_add(to, "{\"code\":\"SPRING\",\"kind\":\"campaign\",\"order\":%d,", order++);
        add_cents(to, "amount", sums->campaign);
        buffer_add(to, ",\"percent\":\"%d\",\"basis\":\"running\",\"authority\":\"manufacturer\",\"approval\":\"not_needed\"},",
                 (int)dossier->campaign_percent);
    }
    buffer_add(to, "{\"code\":\"DLR\",\"kind\":\"manual\",\"order\":%d,", order);
    add_cents(to, "amount", dossier->discount);
    buffer_add(to, ",\"authority\":\"salesperson\",\"approval\":\"not_needed\"}]");
    add_net(to, sums->unit_net, sums->line_net);
    buffer_add(to, ",");
    /* An option stands inside the price of its vehicle: nothing is added for it. */
    add_item(to, "1.1", "option", dossier->option, dossier->option, dossier->quantity, dossier->option_price);
    buffer_add(to, ",\"parent_item_id\":\"1\",\"included_in_parent_price\":true");
    add_net(to, 0, 0);
    buffer_add(to, ",");
    add_item(to, "2", "transport", "TRANSPORT", "Transport to the dealer", dossier->quantity, dossier->transport);
    add_net(to, dossier->transport, sums->transport);
}

static int add_dossier(buffer *to, const tool_dossier *dossier, clientela_date today, clientela_error **err)
{
    tool_sums sums = tool_price(dossier);
    char from[CLIENTELA_DATE_TEXT], until[CLIENTELA_DATE_TEXT];

    if (clientela_date_format(today, from, sizeof from, err) < 0) return 0;
    if (clientela_date_format(today + 30, until, sizeof until, err) < 0) return 0;
    buffer_add(to, "{\"dossier_id\":\"%s\",\"dossier_revision\":%d,\"status\":\"complete\",\"title\":", dossier->key, dossier->revision);
    buffer_add_string(to, dossier->title);
    buffer_add(to, ",\"vehicle\":{\"model_code\":\"%s\",\"quantity\":%d},\"items\":[", dossier->model, (int)dossier->quantity);
    add_items(to, dossier, &sums);
    buffer_add(to, "],\"totals\":{");
    add_cents(to, "net", sums.net);
    buffer_add(to, ",");
    add_cents(to, "vat", sums.tax);
    buffer_add(to, ",");
    add_cents(to, "gross", sums.gross);
    buffer_add(to, ",");
    add_cents(to, "payable", sums.gross);
    buffer_add(to, "},\"price_date\":\"%s\",\"valid_until\":\"%s\"}", from, until);
    return 1;
}

int tool_leave(tool *state, buffer *to, clientela_error **err)
{
    size_t at;

    /* The tool's own file: the CRM keeps it and never opens it. */
    memcpy(state->base, state->digest, sizeof state->base);
    (void)snprintf(state->file, sizeof state->file, "affair %s: %s/%d, %s/%d\n", state->affair, state->dossiers[0].key,
                   state->dossiers[0].revision, state->dossiers[1].key, state->dossiers[1].revision);
    sha256_text(state->file, strlen(state->file), state->digest);
    if (!begin(state, "offer.return", NULL, to, err)) return 0;
    buffer_add(to, "\"exit\":\"saved\",\"affair_id\":");
    buffer_add_string(to, state->affair);
    buffer_add(to, ",\"affair_revision\":%d,\"opportunity_crm_id\":", ++state->affair_revision);
    buffer_add_string(to, state->opportunity);
    buffer_add(to, ",\"currency\":\"EUR\",\"rounding\":\"line\",\"file\":{\"filename\":\"%s.rvi\",", state->affair);
    buffer_add(to, "\"media_type\":\"application/octet-stream\",\"size\":%lu,", (unsigned long)strlen(state->file));
    buffer_add(to, "\"digest\":\"%s\",\"produced_by\":\"quoting 4.2\",\"transport\":\"buffer\"},", state->digest);
    if (state->base[0]) buffer_add(to, "\"base_file_digest\":\"%s\",", state->base);
    buffer_add(to, "\"dossiers_complete\":true,\"dossiers\":[");
    for (at = 0; at < TOOL_DOSSIERS; at++) {
        if (at) buffer_add(to, ",");
        if (!add_dossier(to, &state->dossiers[at], state->today, err)) return 0;
    }
    buffer_add(to, "]");
    return end(to);
}
