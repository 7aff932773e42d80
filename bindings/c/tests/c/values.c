/* Reading and writing values: tables of what goes in and what comes out. */
#include "check.h"

static clientela_error *err = NULL;

static void ids(void)
{
    static const char text[] = "01890a5d-ac96-774b-bcce-b302099a8057";
    static const char *const wrong[] = { "", "01890a5d", "01890a5d-ac96-774b-bcce-b302099a805g" };
    char written[CLIENTELA_ID_TEXT];
    clientela_id id;
    size_t at;

    CHECK_NUMBER(clientela_id_parse(text, &id, &err), CLIENTELA_OK);
    CHECK_NUMBER(id.bytes[0], 0x01);
    CHECK_NUMBER(id.bytes[15], 0x57);
    CHECK_NUMBER(clientela_id_format(&id, written, sizeof written, &err), CLIENTELA_OK);
    CHECK_TEXT(written, text);
    for (at = 0; at < sizeof wrong / sizeof *wrong; at++) {
        CHECK_NUMBER(clientela_id_parse(wrong[at], &id, &err), CLIENTELA_E_VALIDATION);
        CHECK_TEXT(clientela_error_code(err), "id.malformed");
        CHECK_TEXT(clientela_error_field(err), "text");
        CHECK_NUMBER(id.bytes[15], 0x57);
    }
}

static void days(void)
{
    static const struct { int32_t year, month, day; const char *text; clientela_date date; } good[] = {
        { 1970, 1, 1, "1970-01-01", 0 },      { 1969, 12, 31, "1969-12-31", -1 }, { 2000, 2, 29, "2000-02-29", 11016 },
        { 2026, 3, 31, "2026-03-31", 20543 }, { 1, 1, 1, "0001-01-01", -719162 }, { 9999, 12, 31, "9999-12-31", 2932896 },
    };
    static const struct { int32_t year, month, day; clientela_status status; } wrong[] = {
        { 2026, 2, 29, CLIENTELA_E_VALIDATION }, { 2026, 13, 1, CLIENTELA_E_VALIDATION }, { 2026, 0, 1, CLIENTELA_E_VALIDATION },
        { 2026, -1, 1, CLIENTELA_E_VALIDATION }, { 2026, 1, 32, CLIENTELA_E_VALIDATION }, { 0, 1, 1, CLIENTELA_E_RANGE },
        { 10000, 1, 1, CLIENTELA_E_RANGE },
    };
    static const char *const unread[] = { "", "2026-3-31", "2026-02-29", "31.03.2026", "2026-03-31 ", "+026-03-31" };
    char written[CLIENTELA_DATE_TEXT];
    clientela_date date = 7;
    int32_t year, month, day;
    size_t at;

    for (at = 0; at < sizeof good / sizeof *good; at++) {
        CHECK_NUMBER(clientela_date_from_ymd(good[at].year, good[at].month, good[at].day, &date, &err), CLIENTELA_OK);
        CHECK_NUMBER(date, good[at].date);
        CHECK_NUMBER(clientela_date_parse(good[at].text, &date, &err), CLIENTELA_OK);
        CHECK_NUMBER(date, good[at].date);
        CHECK_NUMBER(clientela_date_format(date, written, sizeof written, &err), CLIENTELA_OK);
        CHECK_TEXT(written, good[at].text);
        CHECK_NUMBER(clientela_date_to_ymd(date, &year, &month, &day, &err), CLIENTELA_OK);
        CHECK(year == good[at].year && month == good[at].month && day == good[at].day);
    }
    date = 7;
    for (at = 0; at < sizeof wrong / sizeof *wrong; at++) {
        CHECK_NUMBER(clientela_date_from_ymd(wrong[at].year, wrong[at].month, wrong[at].day, &date, &err), wrong[at].status);
        CHECK_NUMBER(date, 7);
    }
    for (at = 0; at < sizeof unread / sizeof *unread; at++) {
        CHECK_NUMBER(clientela_date_parse(unread[at], &date, &err), CLIENTELA_E_VALIDATION);
        CHECK_TEXT(clientela_error_code(err), "date.malformed");
    }
    CHECK_NUMBER(clientela_date_format(CLIENTELA_NO_DATE, written, sizeof written, &err), CLIENTELA_OK);
    CHECK_TEXT(written, "");
    CHECK_NUMBER(clientela_date_to_ymd(CLIENTELA_NO_DATE, &year, &month, &day, &err), CLIENTELA_E_VALIDATION);
    CHECK_NUMBER(clientela_date_format(INT32_MAX, written, sizeof written, &err), CLIENTELA_E_RANGE);
}

static void moments(void)
{
    static const struct { const char *text; const char *written; clientela_time time; } good[] = {
        { "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z", 0 },
        { "2026-03-31T14:30:00+02:00", "2026-03-31T12:30:00.000000Z", INT64_C(1774960200000000) },
        { "2026-03-31T12:30:00.1234567Z", "2026-03-31T12:30:00.123456Z", INT64_C(1774960200123456) },
        { "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z", -1 },
    };
    static const char *const unread[] = { "", "2026-03-31", "2026-03-31T12:30:00", "2026-03-31T25:00:00Z" };
    char written[CLIENTELA_TIME_TEXT];
    clientela_time time = 7;
    size_t at;

    for (at = 0; at < sizeof good / sizeof *good; at++) {
        CHECK_NUMBER(clientela_time_parse(good[at].text, &time, &err), CLIENTELA_OK);
        CHECK_NUMBER(time, good[at].time);
        CHECK_NUMBER(clientela_time_format(time, written, sizeof written, &err), CLIENTELA_OK);
        CHECK_TEXT(written, good[at].written);
    }
    for (at = 0; at < sizeof unread / sizeof *unread; at++) {
        CHECK_NUMBER(clientela_time_parse(unread[at], &time, &err), CLIENTELA_E_VALIDATION);
        CHECK_TEXT(clientela_error_code(err), "time.malformed");
    }
    CHECK_NUMBER(clientela_time_format(CLIENTELA_NO_TIME, written, sizeof written, &err), CLIENTELA_OK);
    CHECK_TEXT(written, "");
    CHECK_NUMBER(clientela_time_format(INT64_MAX, written, sizeof written, &err), CLIENTELA_E_RANGE);
}

static void numbers(void)
{
    static const struct { const char *text; int64_t coef; int32_t scale; } good[] = {
        { "12.50", 1250, 2 }, { "-0.01", -1, 2 }, { "7", 7, 0 }, { "-9223372036854775808", INT64_MIN, 0 },
        { "-0.000000000000000001", -1, 18 },
    };
    static const struct { const char *text; clientela_status status; } wrong[] = {
        { "", CLIENTELA_E_VALIDATION },     { "1,5", CLIENTELA_E_VALIDATION }, { "1e3", CLIENTELA_E_VALIDATION },
        { " 1", CLIENTELA_E_VALIDATION },   { "9223372036854775808", CLIENTELA_E_RANGE },
    };
    char written[CLIENTELA_DECIMAL_TEXT];
    clientela_decimal number;
    size_t at;

    for (at = 0; at < sizeof good / sizeof *good; at++) {
        CHECK_NUMBER(clientela_decimal_parse(good[at].text, &number, &err), CLIENTELA_OK);
        CHECK_NUMBER(number.coef, good[at].coef);
        CHECK_NUMBER(number.scale, good[at].scale);
        CHECK_NUMBER(clientela_decimal_format(&number, written, sizeof written, &err), CLIENTELA_OK);
        CHECK_TEXT(written, good[at].text);
    }
    for (at = 0; at < sizeof wrong / sizeof *wrong; at++)
        CHECK_NUMBER(clientela_decimal_parse(wrong[at].text, &number, &err), wrong[at].status);
    number.scale = 19;
    CHECK_NUMBER(clientela_decimal_format(&number, written, sizeof written, &err), CLIENTELA_E_RANGE);
    CHECK_TEXT(clientela_error_field(err), "number.scale");
    number.scale = 0;
    number.reserved = 1;
    CHECK_NUMBER(clientela_decimal_format(&number, written, sizeof written, &err), CLIENTELA_E_VERSION);
}

static void amounts(void)
{
    clientela_money truck = clientela_amount(9850000, 2, "EUR"), trailer, sum;
    clientela_money franc = clientela_amount(1, 0, "CHF"), huge = clientela_amount(INT64_MAX, 0, "EUR");
    char written[CLIENTELA_MONEY_TEXT];
    int32_t order = 7;

    CHECK_NUMBER(clientela_money_parse("0.5", "EUR", &trailer, &err), CLIENTELA_OK);
    CHECK_NUMBER(clientela_money_add(&truck, &trailer, &sum, &err), CLIENTELA_OK);
    CHECK_NUMBER(sum.coef, 9850050);
    CHECK_NUMBER(sum.scale, 2);
    CHECK_NUMBER(clientela_money_format(&sum, written, sizeof written, &err), CLIENTELA_OK);
    CHECK_TEXT(written, "98500.50 EUR");
    CHECK_NUMBER(clientela_money_subtract(&sum, &trailer, &sum, &err), CLIENTELA_OK);
    CHECK_NUMBER(clientela_money_compare(&sum, &truck, &order, &err), CLIENTELA_OK);
    CHECK_NUMBER(order, 0);
    CHECK_NUMBER(clientela_money_compare(&trailer, &truck, &order, &err), CLIENTELA_OK);
    CHECK_NUMBER(order, -1);
    CHECK_NUMBER(clientela_money_compare(&truck, &franc, &order, &err), CLIENTELA_E_VALIDATION);
    CHECK_NUMBER(clientela_money_add(&truck, &franc, &sum, &err), CLIENTELA_E_VALIDATION);
    CHECK_TEXT(clientela_error_code(err), "money.currency");
    CHECK_TEXT(clientela_error_message(err), "EUR and CHF cannot be combined; convert one of them with a rate table");
    CHECK_NUMBER(clientela_money_add(&huge, &huge, &sum, &err), CLIENTELA_E_RANGE);
    CHECK_TEXT(clientela_error_field(err), "sum");
    CHECK_NUMBER(clientela_money_parse("1", "EURO", &sum, &err), CLIENTELA_E_VALIDATION);
    CHECK_TEXT(clientela_error_field(err), "currency_code");
    franc.currency[3] = 'X';
    CHECK_NUMBER(clientela_money_format(&franc, written, sizeof written, &err), CLIENTELA_E_VALIDATION);
    CHECK_TEXT(clientela_error_field(err), "amount.currency");
    CHECK_NUMBER(sum.coef, 9850000);
}

/* Every text fits the size the header gives for it, and a buffer one byte shorter is not touched. */
static void buffers(void)
{
    clientela_decimal number = { INT64_MIN, 18, 0 };
    clientela_money amount = clientela_amount(INT64_MIN, 18, "EUR");
    char written[64];
    size_t length;

    CHECK_NUMBER(clientela_decimal_format(&number, written, CLIENTELA_DECIMAL_TEXT, &err), CLIENTELA_OK);
    CHECK_TEXT(written, "-9.223372036854775808");
    CHECK_NUMBER(clientela_money_format(&amount, written, CLIENTELA_MONEY_TEXT, &err), CLIENTELA_OK);
    length = strlen(written);
    memset(written, 'x', sizeof written);
    CHECK_NUMBER(clientela_money_format(&amount, written, length, &err), CLIENTELA_E_BUFFER);
    CHECK(written[0] == 'x' && written[length] == 'x');
    CHECK_NUMBER(clientela_money_format(&amount, written, length + 1, &err), CLIENTELA_OK);
    CHECK_NUMBER(written[length + 1], 'x');
    CHECK_NUMBER(clientela_date_format(0, written, 0, &err), CLIENTELA_E_BUFFER);
}

int main(void)
{
    ids();
    days();
    moments();
    numbers();
    amounts();
    buffers();
    clientela_error_free(&err);
    CHECK_NUMBER(clientela_live_handles(), 0);
    return 0;
}
