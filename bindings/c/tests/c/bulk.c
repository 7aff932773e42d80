/* What goes in and out in numbers: a list page by page, a data frame from one store into another, the files of drafts. Run it in the
   root of the repository. */
#include "network.h"

static clientela_error *err = NULL;

#define REFUSED(call, expected_status, expected_code)                     \
    do {                                                                  \
        CHECK_NUMBER((call), (expected_status));                          \
        CHECK_TEXT(clientela_error_code(err), (expected_code));           \
    } while (0)

enum { CUSTOMERS = 7 };

static void enter(clientela_session *session)
{
    static const char *const numbers[] = { "IT00743110157", "IT00159560366" };
    clientela_customer_new customer;
    char number[16];
    int at;

    for (at = 0; at < CUSTOMERS; at++) {
        CHECK(snprintf(number, sizeof number, "C-%d", at) > 0);
        CLIENTELA_INIT(&customer);
        customer.kind = clientela_s("company");
        customer.name = clientela_s(at % 2 ? "Esempio S.r.l." : "Müller & Söhne");
        customer.country = clientela_s("IT");
        customer.number = clientela_s(number);
        if (at < 2) customer.vat_number = clientela_s(numbers[at]);
        DONE(clientela_customer_create(session, &customer, NULL, &err));
    }
}

/* Pages of three: all customers once, in order, and an end. */
static void pages(clientela_session *session)
{
    clientela_customer_search search;
    clientela_list *list = NULL, *next = NULL;
    clientela_status status;
    clientela_id before, id;
    size_t at, seen = 0;

    memset(&before, 0, sizeof before);
    CLIENTELA_INIT(&search);
    search.country = clientela_s("IT");
    search.limit = 3;
    DONE(clientela_customer_list(session, &search, &list, &err));
    for (;;) {
        for (at = 0; at < clientela_list_count(list); at++, seen++) {
            DONE(clientela_list_id(list, at, &id, &err));
            CHECK(memcmp(&before, &id, sizeof id) < 0);
            before = id;
        }
        status = clientela_list_next(session, list, &next, &err);
        network_done(status, err, "next");
        clientela_list_free(list);
        if (status == CLIENTELA_END) break;
        list = next;
    }
    CHECK(next == NULL);
    CHECK_NUMBER(seen, CUSTOMERS);
    CHECK_NUMBER(clientela_list_next(session, list, &next, &err), CLIENTELA_E_HANDLE);
}

static void customers_of(clientela_session *session, struct ArrowArrayStream *stream)
{
    clientela_query query;

    CLIENTELA_INIT(&query);
    query.entity = clientela_s("customer");
    DONE(clientela_query_arrow(session, &query, stream, &err));
}

/* Out of one store as a data frame, and into another. */
static void frames(clientela_session *from, clientela_session *to)
{
    struct ArrowArrayStream stream;
    clientela_import *report = NULL;
    clientela_import_counts counts;
    clientela_rejected_row row;
    clientela_customer *customer = NULL;
    clientela_text *table = NULL;

    customers_of(from, &stream);
    /* The other arguments are looked at first: the stream is still the caller's. */
    REFUSED(clientela_import_arrow(to, "offer", &stream, NULL, &report, &err), CLIENTELA_E_ARGUMENT, "name.unknown");
    CHECK_TEXT(clientela_error_field(err), "entity");
    REFUSED(clientela_import_arrow(to, "customer", &stream, "{\"target\": \"vehicle\"}", &report, &err), CLIENTELA_E_ARGUMENT,
            "import.options");
    REFUSED(clientela_import_arrow(to, "customer", &stream, "{\"defaults\": 1}", &report, &err), CLIENTELA_E_ARGUMENT,
            "import.options");
    REFUSED(clientela_import_arrow(NULL, "customer", &stream, NULL, &report, &err), CLIENTELA_E_HANDLE, "handle.null");
    CHECK(stream.release != NULL);
    DONE(clientela_import_arrow(to, "customer", &stream, "{\"label\": \"from the other\"}", &report, &err));
    CHECK(stream.release == NULL);
    CLIENTELA_INIT(&counts);
    DONE(clientela_import_preview(report, &counts, &err));
    CHECK_NUMBER(counts.read, CUSTOMERS);
    CHECK_NUMBER(counts.added, CUSTOMERS);
    CHECK_NUMBER(counts.rejected, 0);
    clientela_import_free(report);
    REFUSED(clientela_import_arrow(to, "customer", &stream, NULL, &report, &err), CLIENTELA_E_STATE, "arrow.released");
    DONE(clientela_customer_find(to, "vat", "IT00743110157", &customer, &err));
    CHECK_TEXT(clientela_customer_get(customer, "name", NULL), "Müller & Söhne");
    CHECK_TEXT(clientela_customer_get(customer, "number", NULL), "C-0");
    clientela_customer_free(customer);

    /* The same rows with the same options are the same import. */
    customers_of(from, &stream);
    DONE(clientela_import_arrow(to, "customer", &stream, "{\"label\": \"from the other\"}", &report, &err));
    DONE(clientela_import_preview(report, &counts, &err));
    CHECK_NUMBER(counts.added_before, CUSTOMERS);
    clientela_import_free(report);
    /* With others it is another one, and every row is there already. */
    customers_of(from, &stream);
    DONE(clientela_import_arrow(to, "customer", &stream, NULL, &report, &err));
    DONE(clientela_import_preview(report, &counts, &err));
    CHECK_NUMBER(counts.added, 0);
    CHECK_NUMBER(counts.rejected, CUSTOMERS);
    CHECK_NUMBER(clientela_import_rejected_count(report), CUSTOMERS);
    CLIENTELA_INIT(&row);
    DONE(clientela_import_rejected(report, 6, &row, &err));
    CHECK_NUMBER(row.line, 7);
    CHECK_TEXT(row.code, "key.taken");
    CHECK_TEXT(row.field, "number");
    DONE(clientela_import_rejected_table(report, &table, &err));
    CHECK(strstr(clientela_text_get(table, NULL), "Müller & Söhne") != NULL);
    clientela_text_free(table);
    clientela_import_free(report);
}

/* A producer of its own: one column of text whose bytes are no text, or an error instead of a batch. */
static int producer_fails;

static void no_release_schema(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static void no_release_array(struct ArrowArray *array)
{
    array->release = NULL;
}

static int give_schema(struct ArrowArrayStream *from, struct ArrowSchema *schema)
{
    static struct ArrowSchema column, *columns[1];

    (void)from;
    memset(&column, 0, sizeof column);
    memset(schema, 0, sizeof *schema);
    column.format = "u";
    column.name = "name";
    column.release = no_release_schema;
    columns[0] = &column;
    schema->format = "+s";
    schema->name = "";
    schema->n_children = 1;
    schema->children = columns;
    schema->release = no_release_schema;
    return 0;
}

static int give_batch(struct ArrowArrayStream *from, struct ArrowArray *batch)
{
    static const int32_t offsets[2] = { 0, 4 };
    static const char bytes[4] = { 'c', 'a', 'f', '\xe9' };
    static const void *buffers[3] = { NULL, offsets, bytes }, *none[1] = { NULL };
    static struct ArrowArray column, *columns[1];

    (void)from;
    if (producer_fails) return 5;
    memset(&column, 0, sizeof column);
    memset(batch, 0, sizeof *batch);
    column.length = 1;
    column.n_buffers = 3;
    column.buffers = buffers;
    column.release = no_release_array;
    columns[0] = &column;
    batch->length = 1;
    batch->n_buffers = 1;
    batch->buffers = none;
    batch->n_children = 1;
    batch->children = columns;
    batch->release = no_release_array;
    return 0;
}

static const char *give_error(struct ArrowArrayStream *from)
{
    (void)from;
    return "the secret of Mr Rossi";
}

static void end_stream(struct ArrowArrayStream *stream)
{
    stream->release = NULL;
}

static void bad_streams(clientela_session *session)
{
    static const char options[] = "{\"defaults\": {\"kind\": \"company\", \"country\": \"IT\"}}";
    struct ArrowArrayStream stream;
    clientela_import *report = NULL;
    int at;

    REFUSED(clientela_import_arrow(session, "customer", NULL, NULL, &report, &err), CLIENTELA_E_ARGUMENT, "arrow.null");
    for (at = 0; at < 2; at++) {
        producer_fails = at;
        stream.get_schema = give_schema;
        stream.get_next = give_batch;
        stream.get_last_error = give_error;
        stream.release = end_stream;
        stream.private_data = NULL;
        REFUSED(clientela_import_arrow(session, "customer", &stream, options, &report, &err), CLIENTELA_E_CALLBACK, "import.stream");
        CHECK(stream.release == NULL);
        CHECK(report == NULL);
        CHECK(strstr(clientela_error_message(err), "Rossi") == NULL);
        printf("%s: %s\n", clientela_error_code(err), clientela_error_message(err));
    }
}

/* Files of a draft: kept with the commit, under their digest, once. */
static void files(clientela_session *session, clientela_session *rival)
{
    static const char digest[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    clientela_opportunity_new opportunity;
    clientela_customer *customer = NULL;
    clientela_draft *draft = NULL;
    clientela_commit_result result;
    clientela_blob *content = NULL;
    clientela_list *list = NULL;
    clientela_item item;
    clientela_id deal;
    size_t length = 0;
    const void *bytes;

    DONE(clientela_customer_find(session, "number", "C-1", &customer, &err));
    CLIENTELA_INIT(&opportunity);
    DONE(clientela_customer_id(customer, &opportunity.customer, &err));
    clientela_customer_free(customer);
    opportunity.title = clientela_s("One");
    opportunity.method = clientela_s("with-configurator");
    opportunity.currency = clientela_s("EUR");
    DONE(clientela_opportunity_create(session, &opportunity, &deal, &err));
    DONE(clientela_draft_new(session, &deal, "D-1", NULL, &draft, &err));
    CLIENTELA_INIT(&item);
    item.product = clientela_s("TRANSPORT");
    item.quantity = clientela_number(1, 0);
    DONE(clientela_draft_add_item(draft, &item, NULL, &err));
    REFUSED(clientela_draft_attach(draft, "../affair.rvi", "abc", 3, &err), CLIENTELA_E_VALIDATION, "quoting.filename");
    CHECK_TEXT(clientela_error_field(err), "name");
    REFUSED(clientela_draft_attach(draft, "affair.rvi", NULL, 3, &err), CLIENTELA_E_ARGUMENT, "argument.null");
    DONE(clientela_draft_attach(draft, "affair.rvi", "first", 5, &err));
    DONE(clientela_draft_attach(draft, "affair.rvi", "abc", 3, &err));

    /* Nothing is written before the commit. */
    REFUSED(clientela_file(session, digest, &content, &err), CLIENTELA_E_NOT_FOUND, "record.not_found");
    CLIENTELA_INIT(&result);
    DONE(clientela_draft_commit(draft, NULL, &result, &err));
    CHECK_NUMBER(result.outcome, CLIENTELA_COMMIT_CREATED);
    DONE(clientela_draft_commit(draft, NULL, &result, &err));
    CHECK_NUMBER(result.outcome, CLIENTELA_COMMIT_UNCHANGED);
    DONE(clientela_attachment_list(session, &deal, &list, &err));
    CHECK_NUMBER(clientela_list_count(list), 1);
    CHECK_TEXT(clientela_list_get(list, 0, "file_name", NULL), "affair.rvi");
    CHECK_TEXT(clientela_list_get(list, 0, "digest", NULL), digest);
    CHECK_TEXT(clientela_list_get(list, 0, "size", NULL), "3");
    clientela_list_free(list);
    DONE(clientela_file(session, digest, &content, &err));
    bytes = clientela_blob_get(content, &length);
    CHECK(length == 3 && memcmp(bytes, "abc", 3) == 0);
    clientela_blob_free(content);
    REFUSED(clientela_file(rival, digest, &content, &err), CLIENTELA_E_NOT_FOUND, "record.not_found");
    /* Whatever is passed as a key, a message stays one line. */
    REFUSED(clientela_file(session, "no\ndigest", &content, &err), CLIENTELA_E_NOT_FOUND, "record.not_found");
    CHECK(strchr(clientela_error_message(err), '\n') == NULL);

    /* Another file with the same offer: the offer stays, the file is kept. */
    DONE(clientela_draft_attach(draft, "affair.rvi", "abcd", 4, &err));
    DONE(clientela_draft_commit(draft, NULL, &result, &err));
    CHECK_NUMBER(result.outcome, CLIENTELA_COMMIT_UNCHANGED);
    DONE(clientela_attachment_list(session, &deal, &list, &err));
    CHECK_NUMBER(clientela_list_count(list), 2);
    clientela_list_free(list);
    clientela_draft_free(draft);
}

int main(void)
{
    network_world world, other_world;
    clientela_store *store = network_new("bulk", &world), *other = network_new("bulk-other", &other_world);
    clientela_session *seller = network_session(store, "u-rossi"), *rival = network_session(store, "u-neri");
    clientela_session *elsewhere = network_session(other, "u-rossi");

    enter(seller);
    pages(seller);
    frames(seller, elsewhere);
    bad_streams(elsewhere);
    files(seller, rival);
    clientela_session_free(elsewhere);
    clientela_session_free(rival);
    clientela_session_free(seller);
    network_end(other, "bulk-other", &other_world);
    network_end(store, "bulk", &world);
    clientela_error_free(&err);
    CHECK_NUMBER(clientela_live_handles(), 0);
    return 0;
}
