/* The quoting tool: what it knows of its affair, and the messages it sends. It computes its own prices, in whole cents. */
#ifndef TOOL_H
#define TOOL_H

#include "text.h"

#include <clientela.h>

enum { TOOL_DOSSIERS = 2 };

/* One configured vehicle, as often as it is wanted, with an option inside its price, a campaign, a discount and the transport. */
typedef struct tool_dossier {
    const char *key, *title, *model, *label, *option;
    int revision;
    int64_t quantity, list, option_price, campaign_percent, discount, transport;
} tool_dossier;

/* What is left of a dossier when everything is added up. */
typedef struct tool_sums {
    int64_t base, campaign, unit_net, line_net, transport, net, tax, gross;
} tool_sums;

typedef struct tool {
    clientela_session *session;
    char dealer[64], user[64], affair[96];
    int affair_revision;
    char opportunity[64];
    /* The file as it is now, and the digest of what it was made from; "" for none. */
    char file[256], digest[72], base[72];
    tool_dossier dossiers[TOOL_DOSSIERS];
    clientela_date today;
} tool;

/* Adds a dossier up. */
tool_sums tool_price(const tool_dossier *dossier);

/* Takes over the customer the CRM sends, and prints it. 0 when the message lacks what is needed. */
int tool_take_customer(tool *state, const char *message);

/* Takes over the opportunity the CRM sends as a new affair. 0 when the message lacks what is needed. */
int tool_take_affair(tool *state, const char *message);

/* The answers to the two, and what is returned when the tool is left. The text is made anew; free it. 0 when that failed. */
int tool_customer_ack(tool *state, const char *message, buffer *to, clientela_error **err);
int tool_affair_ack(tool *state, const char *message, buffer *to, clientela_error **err);
int tool_leave(tool *state, buffer *to, clientela_error **err);

#endif
