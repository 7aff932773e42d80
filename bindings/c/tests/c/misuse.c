/* Calls that nobody should make. Each has a defined answer and harms nothing. */
#include "check.h"

/* An error slot serves many calls; success empties it; freeing it twice does nothing. */
static void error_slots(void)
{
    clientela_error *err = NULL, *stale, *first;
    clientela_id id;

    CHECK_NUMBER(clientela_id_parse("01890a5d-ac96-774b-bcce-b302099a8057", &id, &err), CLIENTELA_OK);
    CHECK(err == NULL);
    CHECK_NUMBER(clientela_id_parse("nonsense", &id, &err), CLIENTELA_E_VALIDATION);
    first = err;
    CHECK_NUMBER(clientela_error_status(err), CLIENTELA_E_VALIDATION);
    CHECK_TEXT(clientela_error_message(err),
               "id is not a UUID; expected 36 characters such as 01890a5d-ac96-774b-bcce-b302099a8057");
    CHECK_TEXT(clientela_error_hint(err), "36 characters such as 01890a5d-ac96-774b-bcce-b302099a8057");
    CHECK_NUMBER(clientela_id_parse(NULL, &id, &err), CLIENTELA_E_ARGUMENT);
    CHECK(err == first);
    CHECK_TEXT(clientela_error_code(err), "argument.null");
    CHECK_NUMBER(clientela_live_handles(), 1);
    CHECK_NUMBER(clientela_id_parse("01890a5d-ac96-774b-bcce-b302099a8057", &id, &err), CLIENTELA_OK);
    CHECK_NUMBER(clientela_error_status(err), CLIENTELA_OK);
    CHECK_TEXT(clientela_error_code(err), "");

    stale = err;
    clientela_error_free(&err);
    CHECK(err == NULL);
    clientela_error_free(&err);
    clientela_error_free(NULL);
    CHECK_NUMBER(clientela_error_status(stale), CLIENTELA_E_HANDLE);
    CHECK_TEXT(clientela_error_message(stale), "");
    clientela_error_free(&stale);
    CHECK_NUMBER(clientela_live_handles(), 0);
    CHECK_NUMBER(clientela_id_parse("nonsense", &id, NULL), CLIENTELA_E_VALIDATION);
    CHECK_NUMBER(clientela_live_handles(), 0);
}

/* A slot variable that was never set to NULL gets a slot of its own, whatever stood in it. */
static void forgotten_null(void)
{
    int local = 7;
    void *const junk[] = { &local, (void *)1, (void *)(uintptr_t)-1, (void *)(uintptr_t)0x100000001 };
    clientela_error *err;
    clientela_id id;
    size_t at;

    for (at = 0; at < sizeof junk / sizeof *junk; at++) {
        err = (clientela_error *)junk[at];
        CHECK_NUMBER(clientela_id_parse("nonsense", &id, &err), CLIENTELA_E_VALIDATION);
        CHECK_TEXT(clientela_error_code(err), "id.malformed");
        clientela_error_free(&err);
        CHECK(err == NULL);
    }
    CHECK_NUMBER(local, 7);
    CHECK_NUMBER(clientela_live_handles(), 0);
}

/* A handle of one type is not one of another. */
static void wrong_type(void)
{
    clientela_error *err = NULL;
    clientela_id id;
    size_t length = 7;

    CHECK_NUMBER(clientela_id_parse("nonsense", &id, &err), CLIENTELA_E_VALIDATION);
    CHECK(clientela_text_get((const clientela_text *)err, &length) == NULL);
    CHECK_NUMBER(length, 7);
    clientela_text_free((clientela_text *)err);
    CHECK_TEXT(clientela_error_code(err), "id.malformed");
    CHECK(clientela_text_get((const clientela_text *)&id, NULL) == NULL);
    clientela_text_free(NULL);
    clientela_text_free((clientela_text *)&id);
    clientela_error_free(&err);
    CHECK_NUMBER(clientela_live_handles(), 0);
}

static void texts(void)
{
    static const struct { const char *text; const char *code; } wrong[] = {
        { NULL, "argument.null" }, { "\xff\xfe", "text.utf8" }, { "caf\xe9", "text.utf8" }, { "\xed\xa0\x80", "text.utf8" },
    };
    clientela_error *err = NULL;
    clientela_money amount;
    char *endless;
    size_t at;

    for (at = 0; at < sizeof wrong / sizeof *wrong; at++) {
        CHECK(clientela_money_parse("1", wrong[at].text, &amount, &err) < 0);
        CHECK_TEXT(clientela_error_code(err), wrong[at].code);
        CHECK_TEXT(clientela_error_field(err), "currency_code");
    }
    endless = (char *)malloc((1 << 20) + 2);
    CHECK(endless != NULL);
    memset(endless, '1', (1 << 20) + 1);
    endless[(1 << 20) + 1] = '\0';
    CHECK_NUMBER(clientela_money_parse(endless, "EUR", &amount, &err), CLIENTELA_E_LIMIT);
    CHECK_TEXT(clientela_error_code(err), "text.too_long");
    free(endless);
    clientela_error_free(&err);
}

/* Structures shorter and longer than the library's, and sizes that cannot be. */
static void struct_sizes(void)
{
    struct { clientela_issue issue; uint64_t later; } longer;
    clientela_error *err = NULL;
    clientela_issue issue;
    clientela_id id;

    CHECK_NUMBER(clientela_id_parse("nonsense", &id, &err), CLIENTELA_E_VALIDATION);
    CHECK_NUMBER(clientela_error_issue_count(err), 0);
    CLIENTELA_INIT(&issue);
    CHECK_NUMBER(clientela_error_issue(err, 0, &issue), CLIENTELA_E_RANGE);
    CHECK_NUMBER(clientela_error_issue(NULL, 0, &issue), CLIENTELA_E_HANDLE);
    memset(&longer, 0, sizeof longer);
    CHECK_NUMBER(clientela_error_issue(err, (size_t)-1, &longer.issue), CLIENTELA_E_RANGE);
    clientela_error_free(&err);
}

/* Pointers that are not where a value can be. */
static void misplaced(void)
{
    union { int64_t align; char bytes[32]; } room;
    clientela_error *err = NULL;

    CHECK_NUMBER(clientela_time_parse("1970-01-01T00:00:00Z", (clientela_time *)(void *)(room.bytes + 1), &err),
                 CLIENTELA_E_ARGUMENT);
    CHECK_TEXT(clientela_error_code(err), "argument.unaligned");
    CHECK_NUMBER(clientela_time_parse("1970-01-01T00:00:00Z", (clientela_time *)(void *)room.bytes, &err), CLIENTELA_OK);
    clientela_error_free(&err);
}

int main(void)
{
    error_slots();
    forgotten_null();
    wrong_type();
    texts();
    struct_sizes();
    misplaced();
    CHECK_NUMBER(clientela_live_handles(), 0);
    return 0;
}
