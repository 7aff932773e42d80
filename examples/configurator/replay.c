/* Published scenarios: the messages of a folder go to the CRM one after the other. */
#include "configurator.h"
#include "text.h"

#include <stdlib.h>

enum { PATH_ROOM = 1024 };

static char *example(const char *folder, const char *name, size_t *length)
{
    char path[PATH_ROOM];

    if (snprintf(path, sizeof path, "%s/examples/%s.json", folder, name) >= (int)sizeof path) return NULL;
    return text_of_file(path, length);
}

/* Sends one file's message and prints what comes back. */
static int send_file(clientela_session *session, const char *folder, const char *name, clientela_error **err)
{
    char kind[40], status[40], path[64], action[40], number[64], code[64];
    clientela_text *answer = NULL;
    size_t length = 0;
    char *bytes = example(folder, name, &length);
    const char *told;
    int done = 0, at;

    if (!bytes) {
        fprintf(stderr, "%s/examples/%s.json cannot be read\n", folder, name);
        return 0;
    }
    TRY(clientela_quoting_receive(session, bytes, length, NULL, 0, &answer, err));
    told = clientela_text_get(answer, NULL);
    if (told[0] == '\0') {
        printf("  %s: noted\n", name);
    } else {
        printf("  %s: %s %s %s\n", name, json_copy(told, "message", kind, sizeof kind),
               json_copy(told, "body.status", status, sizeof status), json_copy(told, "body.problem.code", code, sizeof code));
    }
    for (at = 0; told[0]; at++) {
        (void)snprintf(path, sizeof path, "body.results.%d.action", at);
        if (!json_at(told, path)) break;
        json_copy(told, path, action, sizeof action);
        (void)snprintf(path, sizeof path, "body.results.%d.offer_id", at);
        json_copy(told, path, number, sizeof number);
        (void)snprintf(path, sizeof path, "body.results.%d.problem.code", at);
        printf("    %s %s %s\n", action, number, json_copy(told, path, code, sizeof code));
    }
    done = 1;
failed:
    clientela_text_free(answer);
    free(bytes);
    return done;
}

/* A message of the CRM: it is made anew, and the tool's answer comes from the file with the next number. */
static int ask(clientela_session *session, const char *folder, const char *name, int again, clientela_error **err)
{
    clientela_text *sent = NULL;
    char *bytes = example(folder, name, NULL), key[64];
    int customer = strstr(name, "customer_transfer") != NULL, done = 0;

    if (!bytes) {
        fprintf(stderr, "%s/examples/%s.json cannot be read\n", folder, name);
        return 0;
    }
    if (customer) {
        json_copy(bytes, "body.customer.crm_id", key, sizeof key);
        TRY(clientela_quoting_customer(session, key, NULL, &sent, err));
    } else {
        json_copy(bytes, "body.opportunity.crm_id", key, sizeof key);
        TRY(clientela_quoting_affair(session, key, NULL, &sent, err));
    }
    printf("  %s: sent for %s\n", name, key);
    done = send_file(session, folder, customer ? "02_customer_transfer_ack" : again ? "05_affair_create_again_ack" : "04_affair_create_ack",
                     err);
failed:
    clientela_text_free(sent);
    free(bytes);
    return done;
}

int replay(clientela_session *session, const char *name, const char *folder, clientela_error **err)
{
    char path[PATH_ROOM], found[200], place[64], sent[100];
    char *scenarios = NULL;
    int done = 0, at, step, affairs = 0;

    if (snprintf(path, sizeof path, "%s/scenarios.json", folder) < (int)sizeof path) scenarios = text_of_file(path, NULL);
    if (!scenarios) {
        fprintf(stderr, "%s/scenarios.json cannot be read\n", folder);
        return 0;
    }
    for (at = 0;; at++) {
        (void)snprintf(place, sizeof place, "scenarios.%d.name", at);
        if (!json_at(scenarios, place)) {
            fprintf(stderr, "there is no scenario \"%s\"\n", name);
            goto failed;
        }
        if (strcmp(json_copy(scenarios, place, found, sizeof found), name) == 0) break;
    }
    printf("%s\n", name);
    for (step = 0;; step++) {
        (void)snprintf(place, sizeof place, "scenarios.%d.send.%d", at, step);
        if (!json_at(scenarios, place)) break;
        json_copy(scenarios, place, sent, sizeof sent);
        if (strstr(sent, "offer_return")) {
            if (!send_file(session, folder, sent, err)) goto failed;
        } else {
            int affair = strstr(sent, "affair_create") != NULL;
            if (!ask(session, folder, sent, affair && affairs, err)) goto failed;
            affairs += affair;
        }
    }
    done = 1;
failed:
    free(scenarios);
    return done;
}
