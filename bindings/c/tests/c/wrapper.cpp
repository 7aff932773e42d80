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

int main()
{
    using namespace clientela;
    CHECK(abi_matches());
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
