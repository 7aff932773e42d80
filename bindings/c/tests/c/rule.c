/* Rules that a host writes: checked, asked of one record, of all, condition by condition, and what a rule set says. Run it in the
   root of the repository. */
#include "network.h"

static clientela_error *err = NULL;

#define REFUSED(call, expected_status, expected_code)                     \
    do {                                                                  \
        CHECK_NUMBER((call), (expected_status));                          \
        CHECK_TEXT(clientela_error_code(err), (expected_code));           \
    } while (0)

enum { CUSTOMERS = 6 };

/* Towns of five, four and three letters and three unknown; two vehicles, one, none, one, none, none. */
static void enter(clientela_session *session)
{
    static const char *const commands[] = {
        "{\"command\": \"customer.change\", \"customer\": \"C-0\", \"change\": {\"locality\": \"Parma\"}}",
        "{\"command\": \"customer.change\", \"customer\": \"C-1\", \"change\": {\"locality\": \"Lodi\"}}",
        "{\"command\": \"customer.change\", \"customer\": \"C-2\", \"change\": {\"locality\": \"Bra\"}}",
        "{\"command\": \"vehicle.add\", \"customer\": \"C-0\", \"vehicle\": {\"make\": \"Marca\"}}",
        "{\"command\": \"vehicle.add\", \"customer\": \"C-0\", \"vehicle\": {\"make\": \"Orsa\"}}",
        "{\"command\": \"vehicle.add\", \"customer\": \"C-1\", \"vehicle\": {\"make\": \"Marca\"}}",
        "{\"command\": \"vehicle.add\", \"customer\": \"C-3\", \"vehicle\": {\"make\": \"Orsa\"}}",
        "{\"command\": \"opportunity.open\", \"customer\": \"C-0\", \"title\": \"Three\", \"method\": \"with-configurator\", "
            "\"currency\": \"EUR\", \"number\": \"O-1\"}",
    };
    char command[160];
    size_t at;

    for (at = 0; at < CUSTOMERS; at++) {
        CHECK(snprintf(command, sizeof command, "{\"command\": \"customer.create\", \"customer\": {\"kind\": \"company\", "
            "\"name\": \"Esempio %u\", \"country\": \"IT\", \"number\": \"C-%u\"}}", (unsigned)at, (unsigned)at) > 0);
        network_run(session, command);
    }
    for (at = 0; at < sizeof commands / sizeof *commands; at++) network_run(session, commands[at]);
}

static clientela_rule *compiled(clientela_session *session, const char *about, const char *source)
{
    clientela_rule *rule = NULL;

    DONE(clientela_rule_compile(session, about, source, &rule, &err));
    return rule;
}

/* A misspelt field: its place, a caret under it, the nearest name. */
static void misspelt(clientela_session *session)
{
    static const char source[] = "customer.country == 'IT' &&\n  customer.flet.size() > 2 && customer.contry != 'FR'";
    clientela_rule *rule = NULL;
    clientela_rule_findings *findings = NULL;
    clientela_rule_finding finding;
    clientela_issue issue;

    REFUSED(clientela_rule_compile(session, "customer", source, &rule, &err), CLIENTELA_E_RULE, "rule.invalid");
    CHECK(rule == NULL);
    CHECK_NUMBER(clientela_error_issue_count(err), 2);
    CLIENTELA_INIT(&issue);
    CHECK_NUMBER(clientela_error_issue(err, 0, &issue), CLIENTELA_OK);
    CHECK_TEXT(issue.code, "rule.unknown_field");
    CHECK_TEXT(issue.field, "2:12");
    CHECK(strstr(issue.message, "fleet") != NULL);
    CHECK_NUMBER(clientela_error_issue(err, 1, &issue), CLIENTELA_OK);
    CHECK(strstr(issue.message, "country") != NULL);
    CHECK(strstr(clientela_error_hint(err), "fleet") != NULL);

    DONE(clientela_rule_check(session, "customer", source, &findings, &err));
    CHECK_NUMBER(clientela_rule_findings_count(findings), 2);
    CLIENTELA_INIT(&finding);
    DONE(clientela_rule_findings_at(findings, 0, &finding, &err));
    CHECK_NUMBER(finding.line, 2);
    CHECK_NUMBER(finding.column, 12);
    CHECK_TEXT(finding.code, "rule.unknown_field");
    CHECK(strstr(finding.message, "flet") != NULL);
    CHECK(finding.hint != NULL && strstr(finding.hint, "fleet") != NULL);
    CHECK_TEXT(finding.snippet, "  customer.flet.size() > 2 && customer.contry != 'FR'\n           ^^^^");
    REFUSED(clientela_rule_findings_at(findings, 2, &finding, &err), CLIENTELA_E_RANGE, "value.range");
    clientela_rule_findings_free(findings);
    DONE(clientela_rule_check(session, "customer", "customer.country == 'IT'", &findings, &err));
    CHECK_NUMBER(clientela_rule_findings_count(findings), 0);
    clientela_rule_findings_free(findings);
}

/* What a rule says of itself, and when it was made. */
static void described(clientela_session *session)
{
    clientela_rule *rule = compiled(session, "customer", "customer.country == 'IT' && customer.fleet.size() > 1");
    clientela_rule_path path;
    size_t len = 0;

    CHECK_TEXT(clientela_rule_source(rule, &len), "customer.country == 'IT' && customer.fleet.size() > 1");
    CHECK_NUMBER(len, strlen(clientela_rule_source(rule, NULL)));
    CHECK_TEXT(clientela_rule_about(rule, NULL), "customer");
    CHECK_TEXT(clientela_rule_result_type(rule, NULL), "yes or no");
    CHECK_NUMBER(clientela_rule_conjunct_count(rule), 2);
    CHECK_TEXT(clientela_rule_conjunct(rule, 1, NULL), "customer.fleet.size() > 1");
    CHECK(clientela_rule_conjunct(rule, 2, NULL) == NULL);
    CHECK_NUMBER(clientela_rule_reads_count(rule), 2);
    CLIENTELA_INIT(&path);
    DONE(clientela_rule_reads_at(rule, 0, &path, &err));
    CHECK_TEXT(path.field, "customer.country");
    CHECK_NUMBER(path.confidential, 0);
    REFUSED(clientela_rule_reads_at(rule, 2, &path, &err), CLIENTELA_E_RANGE, "value.range");
    clientela_rule_free(rule);
}

/* Yes, no, cannot be told; and what may not be seen is not there. */
static void one(clientela_session *session, clientela_session *rival)
{
    static const struct { const char *key; clientela_rule_outcome outcome; const char *reason; } asked[] = {
        { "C-0", CLIENTELA_RULE_YES, "rule.true" },
        { "C-2", CLIENTELA_RULE_NO, "rule.false" },
        { "C-3", CLIENTELA_RULE_UNKNOWN, "rule.unknown" },
    };
    clientela_rule *rule = compiled(session, "customer", "size(customer.locality) > 3");
    clientela_rule_outcome outcome = 7;
    clientela_text *why = NULL;
    size_t at;

    for (at = 0; at < sizeof asked / sizeof *asked; at++) {
        DONE(clientela_rule_evaluate(session, rule, asked[at].key, &outcome, &err));
        CHECK_NUMBER(outcome, asked[at].outcome);
        DONE(clientela_rule_explain(session, rule, asked[at].key, &why, &err));
        CHECK(strncmp(clientela_text_get(why, NULL), asked[at].reason, strlen(asked[at].reason)) == 0);
        CHECK(strstr(clientela_text_get(why, NULL), "size(customer.locality) > 3") != NULL);
        clientela_text_free(why);
    }
    outcome = 7;
    REFUSED(clientela_rule_evaluate(rival, rule, "C-0", &outcome, &err), CLIENTELA_E_NOT_FOUND, "record.not_found");
    CHECK_NUMBER(outcome, 7);
    REFUSED(clientela_rule_explain(rival, rule, "C-0", &why, &err), CLIENTELA_E_NOT_FOUND, "record.not_found");
    CHECK(why == NULL);
    clientela_rule_free(rule);

    rule = compiled(session, "opportunity", "opportunity.state == 'open' && customer.fleet.size() > 1");
    DONE(clientela_rule_evaluate(session, rule, "O-1", &outcome, &err));
    CHECK_NUMBER(outcome, CLIENTELA_RULE_YES);
    clientela_rule_free(rule);
}

static void counted(clientela_selection *selection, unsigned found, unsigned asked, unsigned unknown)
{
    clientela_selection_counts counts;
    size_t count = 99;

    CLIENTELA_INIT(&counts);
    DONE(clientela_selection_info(selection, &counts, &err));
    CHECK_NUMBER(counts.found, found);
    CHECK_NUMBER(counts.asked, asked);
    CHECK_NUMBER(counts.unknown, unknown);
    CHECK(counts.version > 0);
    CHECK(clientela_selection_ids(selection, &count) != NULL);
    CHECK_NUMBER(count, found);
}

/* All records at once: the same from one thread and from several, and each session's own. */
static void all(clientela_session *session, clientela_session *rival)
{
    clientela_rule *rule = compiled(session, "customer", "size(customer.locality) > 3");
    clientela_rule *won = compiled(session, "opportunity", "opportunity.state == 'won'");
    clientela_selection *selection = NULL, *again = NULL;
    clientela_rule_options options;
    clientela_customer *customer = NULL;
    const clientela_id *ids;
    clientela_id id;

    DONE(clientela_rule_select(session, rule, NULL, &selection, &err));
    counted(selection, 2, CUSTOMERS, 3);
    ids = clientela_selection_ids(selection, NULL);
    CHECK(memcmp(&ids[0], &ids[1], sizeof *ids) < 0);
    DONE(clientela_customer_find(session, "number", "C-0", &customer, &err));
    DONE(clientela_customer_id(customer, &id, &err));
    CHECK(memcmp(&ids[0], &id, sizeof id) == 0 || memcmp(&ids[1], &id, sizeof id) == 0);
    clientela_customer_free(customer);
    CLIENTELA_INIT(&options);
    options.workers = CLIENTELA_ALL_CORES;
    DONE(clientela_rule_select(session, rule, &options, &again, &err));
    counted(again, 2, CUSTOMERS, 3);
    CHECK(memcmp(ids, clientela_selection_ids(again, NULL), 2 * sizeof *ids) == 0);
    clientela_selection_free(again);
    clientela_selection_free(selection);
    DONE(clientela_rule_select(rival, rule, NULL, &selection, &err));
    counted(selection, 0, 0, 0);
    clientela_selection_free(selection);
    DONE(clientela_rule_select(session, won, NULL, &selection, &err));
    counted(selection, 0, 1, 0);
    clientela_selection_free(selection);
    clientela_rule_free(won);
    clientela_rule_free(rule);
}

static void steps(clientela_session *session)
{
    static const struct { const char *condition; unsigned alone, removed, unknown, left; } expected[] = {
        { "customer.fleet.size() >= 1", 3, 3, 0, 3 },
        { "size(customer.locality) > 3", 2, 1, 1, 2 },
    };
    clientela_rule *rule = compiled(session, "customer", "customer.fleet.size() >= 1 && size(customer.locality) > 3");
    clientela_rule_steps *found = NULL;
    clientela_rule_step step;
    size_t at;

    DONE(clientela_rule_funnel(session, rule, NULL, &found, &err));
    CHECK_NUMBER(clientela_rule_steps_asked(found), CUSTOMERS);
    CHECK_NUMBER(clientela_rule_steps_count(found), 2);
    CLIENTELA_INIT(&step);
    for (at = 0; at < 2; at++) {
        DONE(clientela_rule_steps_at(found, at, &step, &err));
        CHECK_NUMBER(step.place, at + 1);
        CHECK_TEXT(step.condition, expected[at].condition);
        CHECK_NUMBER(step.alone, expected[at].alone);
        CHECK_NUMBER(step.removed, expected[at].removed);
        CHECK_NUMBER(step.unknown, expected[at].unknown);
        CHECK_NUMBER(step.left, expected[at].left);
    }
    REFUSED(clientela_rule_steps_at(found, 2, &step, &err), CLIENTELA_E_RANGE, "value.range");
    clientela_rule_steps_free(found);
    clientela_rule_free(rule);
}

static void rule_sets(clientela_session *admin, clientela_session *session)
{
    clientela_rule_set_answer *answer = NULL;

    network_run(admin, "{\"command\": \"rule_set.save\", \"document\": \"name: visit_interval\\nversion: 1\\n"
        "valid_from: 2026-01-01\\nenvironment: customer\\nrule:\\n  match:\\n    - condition: customer.fleet.size() > 1\\n"
        "      value: 30\\n  otherwise: {value: 180}\\n\"}");
    DONE(clientela_rule_set_evaluate(session, "visit_interval", "customer", "C-0", CLIENTELA_NO_DATE, &answer, &err));
    CHECK_NUMBER(clientela_rule_set_answer_unknown(answer), 0);
    CHECK_NUMBER(clientela_rule_set_answer_count(answer), 1);
    CHECK_TEXT(clientela_rule_set_answer_value(answer, 0, NULL), "30");
    CHECK(clientela_rule_set_answer_value(answer, 1, NULL) == NULL);
    CHECK_TEXT(clientela_rule_set_answer_version(answer, NULL), "visit_interval/1");
    CHECK(strstr(clientela_rule_set_answer_why(answer, NULL), "rule_set.row") != NULL);
    clientela_rule_set_answer_free(answer);
    DONE(clientela_rule_set_evaluate(session, "visit_interval", "opportunity", "O-1", CLIENTELA_NO_DATE, &answer, &err));
    CHECK_TEXT(clientela_rule_set_answer_value(answer, 0, NULL), "30");
    clientela_rule_set_answer_free(answer);
    DONE(clientela_rule_set_evaluate(session, "visit_interval", "customer", "C-4", CLIENTELA_NO_DATE, &answer, &err));
    CHECK_TEXT(clientela_rule_set_answer_value(answer, 0, NULL), "180");
    clientela_rule_set_answer_free(answer);
    REFUSED(clientela_rule_set_evaluate(session, "visits", "customer", "C-0", CLIENTELA_NO_DATE, &answer, &err),
            CLIENTELA_E_NOT_FOUND, "record.not_found");
    REFUSED(clientela_rule_set_evaluate(session, "visit_interval", "vehicle", "C-0", CLIENTELA_NO_DATE, &answer, &err),
            CLIENTELA_E_VALIDATION, "word.unknown");
    CHECK_TEXT(clientela_error_field(err), "about");
}

/* A command's reason is in the history. */
static void reasons(clientela_session *session)
{
    clientela_customer *customer = NULL;
    clientela_changes *changes = NULL;
    clientela_change change;
    clientela_id id;

    network_run(session, "{\"command\": \"customer.change\", \"customer\": \"C-5\", \"change\": {\"source\": \"fair\"}, "
        "\"reason\": \"told at the fair\"}");
    DONE(clientela_customer_find(session, "number", "C-5", &customer, &err));
    DONE(clientela_customer_id(customer, &id, &err));
    clientela_customer_free(customer);
    DONE(clientela_history(session, "relationship", &id, &changes, &err));
    CLIENTELA_INIT(&change);
    DONE(clientela_changes_at(changes, clientela_changes_count(changes) - 1, &change, &err));
    CHECK_TEXT(change.command, "customer.change");
    CHECK_TEXT(change.field, "source");
    CHECK_TEXT(change.why, "told at the fair");
    clientela_changes_free(changes);
}

/* An anchor kept elsewhere shows whether the past is still what it was. */
static void anchors(clientela_store *store, clientela_session *session)
{
    clientela_check_result result;
    clientela_text *anchor = NULL, *findings = NULL;
    char other[160];
    size_t len = 0;

    DONE(clientela_store_anchor(store, &anchor, &err));
    CHECK(clientela_text_get(anchor, &len) != NULL && len < sizeof other);
    memcpy(other, clientela_text_get(anchor, NULL), len + 1);
    network_run(session, "{\"command\": \"vehicle.add\", \"customer\": \"C-5\", \"vehicle\": {\"make\": \"Orsa\"}}");
    CLIENTELA_INIT(&result);
    DONE(clientela_store_check_since(store, clientela_text_get(anchor, NULL), &result, NULL, &err));
    CHECK_NUMBER(result.in_order, 1);
    CHECK_NUMBER(result.findings, 0);
    other[len - 1] = other[len - 1] == '0' ? '1' : '0';
    DONE(clientela_store_check_since(store, other, &result, &findings, &err));
    CHECK_NUMBER(result.in_order, 0);
    CHECK(result.findings > 0 && strstr(clientela_text_get(findings, NULL), ": ") != NULL);
    clientela_text_free(findings);
    clientela_text_free(anchor);
    REFUSED(clientela_store_check_since(store, "7", &result, NULL, &err), CLIENTELA_E_ARGUMENT, "store.anchor");
    CHECK_TEXT(clientela_error_field(err), "anchor");
}

static void misuse(clientela_session *session)
{
    clientela_rule *rule = compiled(session, "customer", "customer.fleet.size() > 1"), *none = NULL;
    clientela_selection *selection = NULL;
    clientela_rule_options options;
    clientela_rule_outcome outcome;
    clientela_rule_path path;

    REFUSED(clientela_rule_compile(session, "customers", "true", &none, &err), CLIENTELA_E_VALIDATION, "word.unknown");
    CHECK_TEXT(clientela_error_field(err), "about");
    REFUSED(clientela_rule_compile(session, "customer", "customer.name == '\xff'", &none, &err), CLIENTELA_E_UTF8, "text.utf8");
    REFUSED(clientela_rule_compile(session, "customer", "opportunity.state == 'open'", &none, &err), CLIENTELA_E_RULE, "rule.invalid");
    REFUSED(clientela_rule_compile(session, "customer", "true", NULL, &err), CLIENTELA_E_ARGUMENT, "argument.null");
    REFUSED(clientela_rule_evaluate(session, rule, "C-77", &outcome, &err), CLIENTELA_E_NOT_FOUND, "record.not_found");
    REFUSED(clientela_rule_evaluate(session, rule, "C-0", NULL, &err), CLIENTELA_E_ARGUMENT, "argument.null");
    REFUSED(clientela_rule_evaluate(session, (clientela_rule *)(void *)session, "C-0", &outcome, &err), CLIENTELA_E_HANDLE,
            "handle.kind");
    REFUSED(clientela_rule_select(NULL, rule, NULL, &selection, &err), CLIENTELA_E_HANDLE, "handle.null");
    memset(&options, 0, sizeof options);
    REFUSED(clientela_rule_select(session, rule, &options, &selection, &err), CLIENTELA_E_ARGUMENT, "struct.size");
    CHECK(selection == NULL && clientela_selection_ids(selection, NULL) == NULL);
    clientela_rule_free(rule);
    CLIENTELA_INIT(&path);
    REFUSED(clientela_rule_reads_at(rule, 0, &path, &err), CLIENTELA_E_HANDLE, "handle.unknown");
    CHECK(clientela_rule_source(rule, NULL) == NULL);
    clientela_rule_free(rule);
}

/* A rule outlives the session and the store it was made in; asking a closed store does not. */
static void outlived(clientela_session *session, const clientela_rule *rule)
{
    clientela_selection *selection = NULL;
    clientela_rule_outcome outcome;

    REFUSED(clientela_rule_evaluate(session, rule, "C-0", &outcome, &err), CLIENTELA_E_STATE, "store.closed");
    REFUSED(clientela_rule_select(session, rule, NULL, &selection, &err), CLIENTELA_E_STATE, "store.closed");
    CHECK_TEXT(clientela_rule_conjunct(rule, 0, NULL), "customer.fleet.size() > 1");
}

int main(void)
{
    network_world world;
    clientela_store *store = network_new("rule", &world);
    clientela_session *admin = network_session(store, "admin"), *seller = network_session(store, "u-rossi");
    clientela_session *rival = network_session(store, "u-neri");
    clientela_rule *rule;

    enter(seller);
    misspelt(seller);
    described(seller);
    one(seller, rival);
    all(seller, rival);
    steps(seller);
    rule_sets(admin, seller);
    reasons(seller);
    anchors(store, seller);
    misuse(seller);
    rule = compiled(seller, "customer", "customer.fleet.size() > 1");
    network_end(store, "rule", &world);
    outlived(seller, rule);
    clientela_rule_free(rule);
    clientela_session_free(rival);
    clientela_session_free(seller);
    clientela_session_free(admin);
    clientela_error_free(&err);
    CHECK_NUMBER(clientela_live_handles(), 0);
    return 0;
}
