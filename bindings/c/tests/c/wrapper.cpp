// The C++ header: values, errors as exceptions, nothing left behind.
#include <clientela.hpp>

#include <cstdio>
#include <cstdlib>
#include <utility>

#define CHECK(condition)                                                        \
    do {                                                                        \
        if (!(condition)) {                                                     \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                       \
        }                                                                       \
    } while (0)

// Defined in wrapper_second.cpp: the header may stand in several files of one program.
std::string second_file();

// A store, a session and a customer, in structures that set themselves up and handles that free themselves.
static void store()
{
    using namespace clientela;
    const std::string path = std::string(std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "/tmp") + "/clientela-wrapper.clientela";
    const char *const parts[] = { "", "-wal", "-shm", "-lock", "-open" };
    for (const char *part : parts) std::remove((path + part).c_str());
    Slot slot;
    Store store;
    Session session;
    Customer customer;
    {
        Struct<clientela_store_options> options;
        options.abi = CLIENTELA_ABI;
        options.path = clientela_s(path.c_str());
        options.flags = CLIENTELA_STORE_CREATE;
        slot.check(clientela_store_open(&options, store.out(), slot));
    }
    Struct<clientela_founding> founding;
    founding.unit_code = founding.unit_name = clientela_s("HQ");
    founding.login = founding.user_name = clientela_s("admin");
    slot.check(clientela_store_found(store.get(), &founding, nullptr, slot));
    slot.check(clientela_session_open(store.get(), "admin", nullptr, session.out(), slot));
    Struct<clientela_customer_new> entered;
    entered.kind = clientela_s("person");
    entered.name = clientela_s("Rossi");
    entered.country = clientela_s("IT");
    entered.number = clientela_s("C-1");
    slot.check(clientela_customer_create(session.get(), &entered, nullptr, slot));
    slot.check(clientela_customer_find(session.get(), "number", "C-1", customer.out(), slot));
    Rule rule;
    clientela_rule_outcome outcome = CLIENTELA_RULE_UNKNOWN;
    slot.check(clientela_rule_compile(session.get(), "customer", "customer.kind == 'person'", rule.out(), slot));
    slot.check(clientela_rule_evaluate(session.get(), rule.get(), "C-1", &outcome, slot));
    CHECK(outcome == CLIENTELA_RULE_YES);
    store.close();
    CHECK(!store && std::string(clientela_customer_get(customer.get(), "name", nullptr)) == "Rossi");
    for (const char *part : parts) std::remove((path + part).c_str());
}

int main()
{
    using namespace clientela;
    CHECK(abi_matches());
    store();
    CHECK(second_file() == "98500.50 EUR");

    const Id id = Id::parse("01890a5d-ac96-774b-bcce-b302099a8057");
    CHECK(id.text() == "01890a5d-ac96-774b-bcce-b302099a8057");
    CHECK(!id.is_none() && Id().is_none() && id == Id(id.raw()));

    const Money price = Money::parse("98500.00", "EUR"), half = Money::parse("0.5", "EUR");
    CHECK((price + half).text() == "98500.50 EUR");
    CHECK((price + half - half) == price && half < price);
    CHECK(price != Money::parse("98500.00", "CHF"));
    CHECK(date("2026-03-31") == 20543 && date_text(20543) == "2026-03-31");
    CHECK(time("1970-01-01T00:00:00Z") == 0 && time_text(0) == "1970-01-01T00:00:00.000000Z");
    CHECK(Decimal::parse("12.50").text() == "12.50");

    bool thrown = false;
    try {
        price + Money::parse("1", "CHF");
    } catch (const Error &error) {
        thrown = true;
        CHECK(error.status() == CLIENTELA_E_VALIDATION);
        CHECK(error.code() == "money.currency");
        CHECK(!std::string(error.what()).empty() && !error.retry() && error.issues().empty());
    }
    CHECK(thrown);

    Text none;
    Text moved(std::move(none));
    CHECK(!moved && moved.text().empty());
    CHECK(clientela_live_handles() == 0);
    return 0;
}
