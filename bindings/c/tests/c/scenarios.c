/* The scenario files every language runs, and the published scenarios of the quoting tool where they lie beside the project.
   Run it in the root of the repository. */
#include "network.h"

#define VECTORS "../shared/vectors/exchange/examples/"

enum { LOGINS = 5, MESSAGES = 5 };

static clientela_error *err = NULL;

/* The session of a login, opened when it is first needed. */
static clientela_session *acting(clientela_store *store, char *login)
{
    static struct { char login[16]; clientela_session *session; } known[LOGINS];
    size_t at;

    for (at = 0; at < LOGINS; at++) {
        if (!store) {
            clientela_session_free(known[at].session);
            known[at].session = NULL;
            known[at].login[0] = '\0';
            continue;
        }
        if (strcmp(known[at].login, login) == 0) return known[at].session;
        if (known[at].login[0] == '\0') {
            CHECK(strlen(login) < sizeof known[at].login);
            strcpy(known[at].login, login);
            return known[at].session = network_session(store, login);
        }
    }
    CHECK(store == NULL);
    return NULL;
}

/* One step; gives the line that the file of receipts has for it. */
static char *step(clientela_store *store, char *login, const char *value, char *refused, unsigned number)
{
    clientela_session *session = acting(store, login);
    char *command = json_copy(value), *line, text[CLIENTELA_ID_TEXT];
    clientela_text *receipt = NULL, *again = NULL;
    clientela_status status;
    clientela_issue issue;
    clientela_id id;
    size_t length;

    CHECK(snprintf(text, sizeof text, "01950000-0000-7000-8000-%012u", number) == CLIENTELA_ID_TEXT - 1);
    DONE(clientela_id_parse(text, &id, &err));
    status = clientela_execute(session, &id, command, &receipt, &err);
    if (refused) {
        CHECK(status < 0);
        CHECK(receipt == NULL);
        if (strcmp(clientela_error_code(err), refused) != 0) {
            CLIENTELA_INIT(&issue);
            CHECK_NUMBER(clientela_error_issue(err, 0, &issue), CLIENTELA_OK);
            CHECK_TEXT(issue.code, refused);
        }
        CHECK_NUMBER(clientela_receipt(session, &id, &receipt, &err), CLIENTELA_E_NOT_FOUND);
        length = strlen(refused) + 3;
        line = (char *)malloc(length);
        CHECK(line != NULL);
        CHECK(snprintf(line, length, "\"%s\"", refused) > 0);
    } else {
        network_done(status, err, command);
        length = strlen(clientela_text_get(receipt, NULL)) + 1;
        line = (char *)malloc(length);
        CHECK(line != NULL);
        memcpy(line, clientela_text_get(receipt, NULL), length);
        DONE(clientela_execute(session, &id, command, &again, &err));
        CHECK_TEXT(clientela_text_get(again, NULL), line);
        clientela_text_free(again);
        DONE(clientela_receipt(session, &id, &again, &err));
        CHECK_TEXT(clientela_text_get(again, NULL), line);
        clientela_text_free(again);
        clientela_text_free(receipt);
    }
    free(command);
    return line;
}

/* The same commands give the same bytes as in every other language. */
static void deal(void)
{
    network_world world;
    clientela_store *store = network_found("deal", &world);
    char *setting_up = network_read("tests/scenarios/network.json", NULL);
    char *steps = network_read("tests/scenarios/deal.json", NULL);
    char *kept = network_read("tests/scenarios/deal.receipts.jsonl", NULL);
    char *expected = kept, *end, *login, *refused, *line;
    unsigned number = 0;
    const char *at;

    CHECK(setting_up && steps && kept);
    for (at = json_first(setting_up); at; at = json_next(at)) {
        line = step(store, (char *)"admin", at, NULL, ++number);
        CHECK((end = strchr(expected, '\n')) != NULL);
        *end = '\0';
        CHECK_TEXT(line, expected);
        expected = end + 1;
        free(line);
    }
    for (at = json_first(steps); at; at = json_next(at)) {
        login = json_string(json_member(at, "as"));
        refused = json_string(json_member(at, "refused"));
        line = step(store, login, json_member(at, "command"), refused, ++number);
        CHECK((end = strchr(expected, '\n')) != NULL);
        *end = '\0';
        CHECK_TEXT(line, expected);
        expected = end + 1;
        free(line);
        free(refused);
        free(login);
    }
    CHECK_TEXT(expected, "");
    printf("deal: %u commands gave the bytes on file\n", number);
    (void)acting(NULL, NULL);
    network_end(store, "deal", &world);
    free(setting_up);
    free(steps);
    free(kept);
}

/* Rows of an entity that the session sees. */
static long long rows(clientela_session *session, const char *entity)
{
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    clientela_query query;
    long long count = 0;

    CLIENTELA_INIT(&query);
    query.entity = clientela_s(entity);
    DONE(clientela_query_arrow(session, &query, &stream, &err));
    for (;;) {
        CHECK_NUMBER(stream.get_next(&stream, &array), 0);
        if (!array.release) break;
        count += array.length;
        array.release(&array);
    }
    stream.release(&stream);
    return count;
}

static char *message(const char *name, size_t *length)
{
    char path[128];

    CHECK(snprintf(path, sizeof path, VECTORS "%s.json", name) < (int)sizeof path);
    return network_read(path, length);
}

/* Gives the tool's message, and the answer to it. */
static clientela_text *receive(clientela_session *session, const char *name)
{
    clientela_text *answer = NULL;
    size_t length;
    char *bytes = message(name, &length);

    if (!bytes) {
        fprintf(stderr, "%s is not there\n", name);
        abort();
    }
    DONE(clientela_quoting_receive(session, bytes, length, NULL, 0, &answer, &err));
    free(bytes);
    return answer;
}

/* A published scenario: what the tool sends, and what the CRM must be like afterwards. */
typedef struct published {
    const char *name;
    const char *sent[MESSAGES];
    /* Of Q-7001 and Q-7002; 0 when it is not said. */
    int revisions[2];
    /* Below zero when it is not said. */
    int offers, files, affairs;
    const char *withdrawn;
    /* What stands in the last answer. */
    const char *said[2];
    /* The last two answers are the same, byte for byte. */
    int repeated;
} published;

#define FIRST "01_customer_transfer", "03_affair_create"
#define RETURN "06_offer_return_first"
#define REVISED "10_offer_return_revised"

static const published SCENARIOS[] = {
    { "leave the tool twice without a change", { FIRST, RETURN, "08_offer_return_same_content", NULL }, { 1, 1 }, 2, 1, -1, "",
      { "\"unchanged\"", NULL }, 0 },
    { "same message delivered twice (crash before the ack)", { FIRST, RETURN, RETURN, NULL }, { 1, 1 }, 2, -1, -1, "",
      { "\"created\"", NULL }, 1 },
    { "affair created twice", { FIRST, "03_affair_create", NULL, NULL }, { 0, 0 }, -1, -1, 1, NULL, { NULL, NULL }, 0 },
    { "revision", { FIRST, RETURN, REVISED, NULL }, { 2, 1 }, 2, 2, -1, "", { "\"revised\"", NULL }, 0 },
    { "stale return from another workstation", { FIRST, RETURN, REVISED, "12_offer_return_stale" }, { 2, 0 }, -1, 3, -1, "",
      { "DOSSIER_REVISION_STALE", "FILE_DIVERGED" }, 0 },
    { "dossier removed in the tool", { FIRST, RETURN, REVISED, "14_offer_return_dossier_gone" }, { 2, 0 }, 2, -1, -1, "Q-7002",
      { "\"withdrawn\"", NULL }, 0 },
    { "user leaves without saving", { FIRST, RETURN, "16_offer_return_discarded", NULL }, { 1, 1 }, 2, -1, -1, "",
      { NULL, NULL }, 0 },
    { "return before the customer is known", { RETURN, NULL, NULL, NULL, NULL }, { 0, 0 }, 0, -1, -1, NULL,
      { "UNKNOWN_OPPORTUNITY", NULL }, 0 },
};

static void set_up(clientela_session *session)
{
    network_run(session, "{\"command\": \"customer.create\", \"customer\": {\"kind\": \"company\", \"name\": \"Autotrasporti "
        "Esempio S.r.l.\", \"country\": \"IT\", \"vat_number\": \"IT00743110157\", \"street\": \"Via dell'Industria 5\", "
        "\"postal_code\": \"29122\", \"locality\": \"Piacenza\", \"region\": \"PC\", \"number\": \"C-1001\"}}");
    network_run(session, "{\"command\": \"opportunity.open\", \"customer\": \"C-1001\", \"title\": \"Fleet renewal 2025\", "
        "\"method\": \"with-configurator\", \"currency\": \"EUR\", \"number\": \"O-3001\", \"vehicles\": 3}");
}

/* What the CRM is like when a scenario is over. */
static void compare(clientela_session *session, const published *expected)
{
    static const char *const numbers[] = { "Q-7001", "Q-7002" };
    clientela_opportunity *opportunity = NULL;
    clientela_list *offers = NULL;
    const char *number, *state;
    char revision[8];
    clientela_id id;
    size_t at, place, count = 0;

    if (strcmp(expected->sent[0], RETURN) != 0) {
        DONE(clientela_opportunity_find(session, "O-3001", &opportunity, &err));
        DONE(clientela_opportunity_id(opportunity, &id, &err));
        DONE(clientela_offer_list(session, &id, &offers, &err));
        clientela_opportunity_free(opportunity);
        count = clientela_list_count(offers);
    }
    if (expected->offers >= 0) {
        CHECK_NUMBER(count, expected->offers);
        CHECK_NUMBER(rows(session, "offer"), expected->offers);
    }
    for (at = 0; at < count; at++) {
        number = clientela_list_get(offers, at, "number", NULL);
        for (place = 0; place < 2; place++) {
            if (strcmp(number, numbers[place]) != 0 || expected->revisions[place] == 0) continue;
            CHECK(snprintf(revision, sizeof revision, "%d", expected->revisions[place]) > 0);
            CHECK_TEXT(clientela_list_get(offers, at, "revision", NULL), revision);
        }
        state = clientela_list_get(offers, at, "state", NULL);
        if (expected->withdrawn) CHECK_NUMBER(strcmp(state, "withdrawn") == 0, strcmp(number, expected->withdrawn) == 0);
    }
    if (expected->files >= 0) CHECK_NUMBER(rows(session, "attachment"), expected->files);
    if (expected->affairs >= 0) CHECK_NUMBER(rows(session, "affair"), expected->affairs);
    /* What was superseded is kept. */
    if (expected->revisions[0] == 2 && expected->revisions[1] == 1) CHECK_NUMBER(rows(session, "offer_revision"), 3);
    clientela_list_free(offers);
}

static void play(const published *scenario)
{
    network_world world;
    clientela_store *store = network_new("published", &world);
    clientela_session *session = network_session(store, "u-rossi");
    clientela_text *last = NULL, *before = NULL, *sent = NULL;
    size_t at, affairs = 0;

    if (strcmp(scenario->sent[0], RETURN) != 0) set_up(session);
    for (at = 0; at < MESSAGES && scenario->sent[at]; at++) {
        clientela_text_free(before);
        before = last;
        if (strncmp(scenario->sent[at], "01", 2) == 0) {
            DONE(clientela_quoting_customer(session, "C-1001", NULL, &sent, &err));
            CHECK(strstr(clientela_text_get(sent, NULL), "\"C-1001\"") != NULL);
            last = receive(session, "02_customer_transfer_ack");
        } else if (strncmp(scenario->sent[at], "03", 2) == 0) {
            DONE(clientela_quoting_affair(session, "O-3001", NULL, &sent, &err));
            CHECK(strstr(clientela_text_get(sent, NULL), "\"O-3001\"") != NULL);
            last = receive(session, affairs++ ? "05_affair_create_again_ack" : "04_affair_create_ack");
        } else {
            last = receive(session, scenario->sent[at]);
            continue;
        }
        clientela_text_free(sent);
        sent = NULL;
        /* An answer needs none. */
        CHECK_TEXT(clientela_text_get(last, NULL), "");
    }
    for (at = 0; at < 2; at++) {
        if (!scenario->said[at] || strstr(clientela_text_get(last, NULL), scenario->said[at])) continue;
        fprintf(stderr, "%s: %s is not in %s\n", scenario->name, scenario->said[at], clientela_text_get(last, NULL));
        abort();
    }
    if (scenario->repeated) CHECK_TEXT(clientela_text_get(last, NULL), clientela_text_get(before, NULL));
    compare(session, scenario);
    clientela_text_free(before);
    clientela_text_free(last);
    clientela_session_free(session);
    network_end(store, "published", &world);
    printf("passed: %s\n", scenario->name);
}

int main(void)
{
    char *there = message(RETURN, NULL);
    size_t at;

    deal();
    for (at = 0; there && at < sizeof SCENARIOS / sizeof *SCENARIOS; at++) play(&SCENARIOS[at]);
    if (!there) printf("skipped: the published scenarios are not beside the project\n");
    free(there);
    clientela_error_free(&err);
    CHECK_NUMBER(clientela_live_handles(), 0);
    return 0;
}
