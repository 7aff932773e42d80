/* Sequences of calls made of bytes: any function after any other, handles mixed up, freed and invented on purpose, structures of
   every size, texts that are none. Whatever is called, the library must answer as its header says.

   The calls are made from the header by `cargo xtask fuzz`, so no function can be forgotten. Run it in the root of the repository. */
#include "../tests/c/network.h"

enum { HANDLES = 96, CALLS = 48, TEXTS = 16, TEXT_BYTES = 48, INPUTS_PER_STORE = 64, EXTRA = 64 };

/* The bytes a sequence is made of; zeros when they are used up. */
typedef struct input {
    const uint8_t *at;
    size_t left;
} input;

static uint8_t take(input *in)
{
    if (in->left == 0) return 0;
    in->left--;
    return *in->at++;
}

static uint64_t take_number(input *in)
{
    uint64_t number = 0;
    int at;

    switch (take(in) % 8) {
    case 0: return 0;
    case 1: return 1;
    case 2: return UINT64_MAX;
    case 3: return INT64_MAX;
    case 4: return UINT64_C(0x80000000);
    case 5: for (at = 0; at < 8; at++) number = number << 8 | take(in); return number;
    default: return take(in);
    }
}

static const char *const WORDS[] = {
    "", "C-1001", "IT00743110157", "IT00743110158", "company", "Esempio", "IT", "EUR", "USD", "EURO", "O-3001", "Q-7001",
    "with-configurator", "T480-4X2", "OPT-RETARDER", "TRANSPORT", "D-1", "offer", "vat", "number", "id", "email", "customer",
    "vehicle", "opportunity", "relationship", "party", "offer_item", "attachment", "u-rossi", "admin", "u-nobody", "2026-03-04",
    "2026-03-04T10:00:00Z", "12.50", "-1", "98500.50", "01890a5d-ac96-774b-bcce-b302099a8057", "title", "note", "rounding", "line",
    "document", "price_date", "valid_until", "manual", "campaign", "salesperson", "list", "running", "trade_in", "1", "1.1",
    "SPRING", "Trucks 2026", "name", "state", "status == 'customer'", "name.startsWith('A')", "1 +", "{", "affair.rvi", "a/b",
    "customer.fleet.size() > 0", "customer.flet == 1", "opportunity.state == 'open' && customer.country == 'IT'", "visit_interval",
    "{\"target\": \"customer\"}", "{\"defaults\": {\"kind\": \"company\", \"country\": \"IT\"}}", "caf\xe9", "\xed\xa0\x80",
};

static const char *const COMMANDS[] = {
    "{}", "[", "{\"command\": \"offer.issue\", \"offer\": \"Q-7001\"}", "{\"command\": \"campaign.close\", \"campaign\": \"X\"}",
    "{\"command\": \"customer.create\", \"customer\": {\"kind\": \"company\", \"name\": \"Esempio\", \"country\": \"IT\", "
        "\"number\": \"C-1001\", \"vat_number\": \"IT00743110157\"}}",
    "{\"command\": \"opportunity.open\", \"customer\": \"C-1001\", \"title\": \"Three\", \"method\": \"with-configurator\", "
        "\"currency\": \"EUR\", \"number\": \"O-3001\"}",
    "{\"command\": \"offer.create\", \"opportunity\": \"O-3001\", \"dossier\": \"D-1\", \"items\": [{\"product\": \"T480-4X2\", "
        "\"quantity\": \"3\"}], \"files\": [{\"name\": \"a\", \"size\": 3, \"digest\": "
        "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}]}",
    "{\"command\": \"vehicle.add\", \"customer\": \"C-1001\", \"vehicle\": {\"make\": \"Marca\", \"vin\": \"VF6BA00A000000001\"}}",
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *take_text(input *in)
{
    static char made[TEXTS][TEXT_BYTES];
    static size_t next;
    uint8_t which = take(in);
    char *text;
    size_t at, length;

    if (which < COUNT(WORDS)) return WORDS[which];
    if (which == 255) return NULL;
    if (which >= 128) return WORDS[which % COUNT(WORDS)];
    text = made[next++ % TEXTS];
    length = take(in) % TEXT_BYTES;
    for (at = 0; at < length; at++) text[at] = (char)take(in);
    text[length] = '\0';
    return text;
}

static const char *take_command(input *in)
{
    uint8_t which = take(in);

    return which < 224 ? COMMANDS[which % COUNT(COMMANDS)] : take_text(in);
}

/* Only files of this test: a path must not come from the bytes. */
static const char *take_path(input *in)
{
    static char path[600];
    uint8_t which = take(in);

    if (which % 8 == 0) return "/nowhere/at/all.clientela";
    if (which % 8 == 1) return "/tmp";
    (void)strcpy(path, network_path(which % 8 < 5 ? "fuzz" : "fuzz-other"));
    return path;
}

static clientela_str take_str(input *in)
{
    clientela_str text = clientela_s(take_text(in));
    uint8_t shape = take(in);

    if (text.ptr && shape < 64) text.len = shape % (strlen(text.ptr) + 1);
    return text;
}

static clientela_money take_money(input *in)
{
    uint8_t shape = take(in);
    clientela_money made = clientela_amount((int64_t)take_number(in), shape % 20, shape < 200 ? "EUR" : shape < 230 ? "" : "USD");

    if (shape == 255) made.currency[3] = 'X';
    return made;
}

static clientela_decimal take_decimal(input *in)
{
    uint8_t shape = take(in);

    return clientela_number(shape < 200 ? shape % 32 : (int64_t)take_number(in), shape % 4 ? 0 : shape % 20);
}

/* Ids that calls have given, to be used in others. */
static clientela_id ids[8];

static clientela_id *take_id(input *in)
{
    uint8_t which = take(in);

    return which == 255 ? NULL : &ids[which % COUNT(ids)];
}

/* Where values are given that are of no interest. */
static char text_room[64];
static int64_t room[8];

static const void *bytes_given;
static size_t bytes_length;

static const void *take_bytes(input *in)
{
    bytes_given = take_text(in);
    bytes_length = bytes_given ? strlen((const char *)bytes_given) : 0;
    return bytes_given;
}

typedef struct handle {
    int kind;
    void *value;
} handle;

static handle handles[HANDLES];
static size_t handle_count;

/* Mostly the newest of its kind, sometimes any other, freed ones included, and sometimes one that never was. */
static void *take_handle(input *in, int kind)
{
    uint8_t which = take(in);
    size_t at;

    if (which >= 240) {
        static int local;
        void *junk[] = { NULL, &local, (void *)1, (void *)(uintptr_t)UINT64_C(0x100000001) };
        return junk[which % 4];
    }
    if (which < 200)
        for (at = handle_count; at > 0; at--)
            if (handles[at - 1].kind == kind && handles[at - 1].value) return handles[at - 1].value;
    return handle_count ? handles[which % handle_count].value : NULL;
}

/* Room for a handle that a call gives. */
static void **new_handle(input *in, int kind)
{
    if (handle_count == HANDLES || take(in) == 255) return NULL;
    handles[handle_count].kind = kind;
    handles[handle_count].value = NULL;
    return &handles[handle_count++].value;
}

static struct ArrowArrayStream stream;

static struct ArrowArrayStream *take_stream(input *in, int filled_by_call)
{
    if (take(in) == 255) return NULL;
    if (filled_by_call && stream.release) stream.release(&stream);
    return &stream;
}

static clientela_error *slot;

static clientela_error **take_slot(input *in)
{
    return take(in) % 8 == 7 ? NULL : &slot;
}

/* What every answer must be like, whatever was asked. */
static void answered(const char *function, clientela_status status, clientela_error *const *err)
{
    if (status == CLIENTELA_E_PANIC || status > CLIENTELA_END || status < CLIENTELA_E_UNSUPPORTED) {
        fprintf(stderr, "%s gave %ld: %s\n", function, (long)status, err ? clientela_error_message(*err) : "");
        abort();
    }
    if (!err) return;
    if (status >= 0) {
        CHECK_NUMBER(clientela_error_status(*err), CLIENTELA_OK);
        CHECK_TEXT(clientela_error_message(*err), "");
        return;
    }
    CHECK_NUMBER(clientela_error_status(*err), status);
    if (*clientela_error_code(*err) && *clientela_error_message(*err) && !strchr(clientela_error_message(*err), '\n')) return;
    fprintf(stderr, "%s gave %ld with code \"%s\" and message \"%s\"\n", function, (long)status, clientela_error_code(*err),
            clientela_error_message(*err));
    abort();
}

/* A text that was given can be read to its end. */
size_t letters;

static void look_text(const char *text)
{
    if (text) letters += strlen(text);
}

static void call(input *in);
static void end_handle(int kind, void *value);

#include "calls.h"

/* The store all sequences work on, made anew now and then, so that it stays small. */
static clientela_store *store;
static network_world world;

static void open_store(void)
{
    clientela_store_options options;
    clientela_error *err = NULL;

    CLIENTELA_INIT(&options);
    options.abi = CLIENTELA_ABI;
    options.path = clientela_s(network_path("fuzz"));
    options.user = &world;
    options.now = network_now;
    options.random = network_random;
    DONE(clientela_store_open(&options, &store, &err));
    clientela_error_free(&err);
}

static void fresh_store(void)
{
    static char *made;
    static size_t length;
    FILE *file;

    if (store) CHECK(clientela_store_close(store, NULL) >= 0);
    if (!made) {
        store = network_new("fuzz", &world);
        CHECK(clientela_store_close(store, NULL) >= 0);
        made = network_read(network_path("fuzz"), &length);
        CHECK(made != NULL);
    }
    network_remove(network_path("fuzz-other"));
    network_remove(network_path("fuzz"));
    file = fopen(network_path("fuzz"), "wb");
    CHECK(file != NULL);
    CHECK(fwrite(made, 1, length, file) == length);
    CHECK(fclose(file) == 0);
    world.seed = 7;
    open_store();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static size_t inputs;
    clientela_store_facts facts;
    input in;
    size_t calls;

    in.at = data;
    in.left = size;
    if (inputs++ % INPUTS_PER_STORE == 0) fresh_store();
    handle_count = 2;
    handles[0].kind = KIND_clientela_session;
    handles[0].value = network_session(store, "u-rossi");
    handles[1].kind = KIND_clientela_store;
    handles[1].value = store;
    for (calls = 0; calls < CALLS && in.left; calls++) call(&in);

    if (stream.release) stream.release(&stream);
    clientela_error_free(&slot);
    while (handle_count > 0) {
        handle_count--;
        if (handles[handle_count].value != store) end_handle(handles[handle_count].kind, handles[handle_count].value);
    }
    CLIENTELA_INIT(&facts);
    if (clientela_store_info(store, &facts, NULL) < 0) {
        /* A sequence closed it. */
        (void)clientela_store_close(store, NULL);
        store = NULL;
        CHECK_NUMBER(clientela_live_handles(), 0);
        open_store();
    }
    CHECK_NUMBER(clientela_live_handles(), 1);
    return 0;
}
