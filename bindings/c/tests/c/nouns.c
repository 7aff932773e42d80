/* Customers, opportunities, drafts, offers, quotas, campaigns and data frames through their own functions. Run it in the root of
   the repository. */
#include "network.h"

static clientela_error *err = NULL;

#define REFUSED(call, expected_status, expected_code)                     \
    do {                                                                  \
        CHECK_NUMBER((call), (expected_status));                          \
        CHECK_TEXT(clientela_error_code(err), (expected_code));           \
    } while (0)

#define SAME_ID(one, other) CHECK(memcmp(&(one), &(other), sizeof(clientela_id)) == 0)

static void amount_is(const clientela_money *amount, const char *expected)
{
    char text[CLIENTELA_MONEY_TEXT];

    DONE(clientela_money_format(amount, text, sizeof text, &err));
    CHECK_TEXT(text, expected);
}

static void number_is(const clientela_decimal *number, const char *expected)
{
    char text[CLIENTELA_DECIMAL_TEXT];

    DONE(clientela_decimal_format(number, text, sizeof text, &err));
    CHECK_TEXT(text, expected);
}

static clientela_id customers(clientela_session *seller, clientela_session *colleague)
{
    clientela_customer_new customer;
    clientela_customer_search search;
    clientela_customer *found = NULL;
    clientela_list *list = NULL, *page = NULL;
    clientela_contact contact;
    clientela_vehicle vehicle;
    clientela_id id, other, again;
    char text[CLIENTELA_ID_TEXT];
    size_t length = 0, rossi;

    CLIENTELA_INIT(&customer);
    customer.kind = clientela_s("company");
    customer.name = clientela_s("Autotrasporti Esempio S.r.l.");
    customer.country = clientela_s("IT");
    customer.vat_number = clientela_s("00743110158");
    customer.town = clientela_s("Piacenza");
    customer.postal_code = clientela_s("2912");
    customer.number = clientela_s("C-1001");
    CHECK_NUMBER(clientela_customer_create(seller, &customer, &id, &err), CLIENTELA_E_VALIDATION);
    CHECK_NUMBER(clientela_error_issue_count(err), 2);
    customer.vat_number = clientela_s("00743110157");
    customer.postal_code = clientela_s("29122");
    DONE(clientela_new_id(seller, &customer.command_id, &err));
    DONE(clientela_customer_create(seller, &customer, &id, &err));
    DONE(clientela_customer_create(seller, &customer, &again, &err));
    SAME_ID(id, again);

    memset(&customer.command_id, 0, sizeof customer.command_id);
    customer.number = clientela_s(NULL);
    REFUSED(clientela_customer_create(seller, &customer, &other, &err), CLIENTELA_E_EXISTS, "customer.duplicate");
    DONE(clientela_error_entity(err, &other));
    SAME_ID(id, other);
    REFUSED(clientela_customer_create(colleague, &customer, &other, &err), CLIENTELA_E_EXISTS, "customer.duplicate_at_dealer");
    customer.vat_number = clientela_s(NULL);
    customer.name = clientela_s("Bertoli");
    DONE(clientela_customer_create(seller, &customer, NULL, &err));

    network_run(seller, "{\"command\": \"contact.add\", \"customer\": \"C-1001\", \"contact\": {\"given_name\": \"Mario\", "
        "\"family_name\": \"Rossi\", \"role\": \"fleet_manager\", \"mobile\": \"347 0000000\"}}");
    network_run(seller, "{\"command\": \"contact.add\", \"customer\": \"C-1001\", \"contact\": {\"given_name\": \"Anna\", "
        "\"family_name\": \"Verdi\", \"number\": \"P-2\", \"influence\": \"decides\"}}");
    network_run(seller, "{\"command\": \"contact.leave\", \"contact\": \"P-2\", \"on\": \"2026-03-01\"}");
    network_run(seller, "{\"command\": \"vehicle.add\", \"customer\": \"C-1001\", \"vehicle\": {\"make\": \"Marca\", "
        "\"vin\": \"VF6BA00A000000001\", \"first_registration\": \"2016-05-10\", \"mileage_km\": 812000}}");
    network_run(seller, "{\"command\": \"consent.record\", \"customer\": \"C-1001\", \"consent\": {\"purpose\": \"marketing\", "
        "\"channel\": \"email\", \"decision\": \"granted\", \"basis\": \"consent\"}}");

    DONE(clientela_customer_find(seller, "vat", "IT 00743110157", &found, &err));
    DONE(clientela_customer_id(found, &other, &err));
    SAME_ID(id, other);
    CHECK(clientela_customer_version(found) > 0);
    CHECK_TEXT(clientela_customer_get(found, "name", &length), "Autotrasporti Esempio S.r.l.");
    CHECK_NUMBER(length, 28);
    CHECK_TEXT(clientela_customer_get(found, "address.town", NULL), "Piacenza");
    CHECK_TEXT(clientela_customer_get(found, "vat", NULL), "IT00743110157");
    CHECK(clientela_customer_get(found, "email", NULL) == NULL);
    CHECK(clientela_customer_get(found, "nonsense", NULL) == NULL);
    CHECK(clientela_customer_get(found, NULL, NULL) == NULL);
    CHECK_NUMBER(clientela_customer_contact_count(found), 2);
    CLIENTELA_INIT(&contact);
    DONE(clientela_customer_contact(found, 0, &contact, &err));
    rossi = strcmp(contact.family_name, "Rossi") == 0 ? 0 : 1;
    DONE(clientela_customer_contact(found, 1 - rossi, &contact, &err));
    CHECK_TEXT(contact.family_name, "Verdi");
    CHECK_TEXT(contact.influence, "decides");
    CHECK_NUMBER(contact.left_on, 20513);
    DONE(clientela_customer_contact(found, rossi, &contact, &err));
    CHECK_TEXT(contact.family_name, "Rossi");
    CHECK(contact.influence == NULL);
    CHECK_NUMBER(contact.left_on, CLIENTELA_NO_DATE);
    CHECK_TEXT(contact.role, "fleet_manager");
    CHECK_TEXT(contact.mobile, "+393470000000");
    CHECK(contact.email == NULL);
    REFUSED(clientela_customer_contact(found, 2, &contact, &err), CLIENTELA_E_RANGE, "value.range");
    CHECK_NUMBER(clientela_customer_vehicle_count(found), 1);
    CLIENTELA_INIT(&vehicle);
    DONE(clientela_customer_vehicle(found, 0, &vehicle, &err));
    CHECK_TEXT(vehicle.vin, "VF6BA00A000000001");
    CHECK_NUMBER(vehicle.mileage_km, 812000);
    CHECK_NUMBER(vehicle.disposed, CLIENTELA_NO_DATE);
    CHECK_NUMBER(vehicle.first_registration, 16931);
    clientela_customer_free(found);

    DONE(clientela_id_format(&id, text, sizeof text, &err));
    DONE(clientela_customer_find(seller, "id", text, &found, &err));
    CHECK_TEXT(clientela_customer_get(found, "number", NULL), "C-1001");
    clientela_customer_free(found);
    REFUSED(clientela_customer_find(seller, "vat", "IT00743110158", &found, &err), CLIENTELA_E_VALIDATION,
            "vat_number.check_digit");
    CHECK_TEXT(clientela_error_field(err), "value");
    CHECK(found == NULL);
    REFUSED(clientela_customer_find(seller, "shoe size", "43", &found, &err), CLIENTELA_E_ARGUMENT, "name.unknown");
    REFUSED(clientela_customer_find(colleague, "number", "C-1001", &found, &err), CLIENTELA_E_NOT_FOUND, "record.not_found");
    REFUSED(clientela_customer_find(colleague, "vat", "IT00743110157", &found, &err), CLIENTELA_E_NOT_FOUND, "record.not_found");

    CLIENTELA_INIT(&search);
    search.country = clientela_s("IT");
    search.limit = 1;
    DONE(clientela_customer_list(seller, &search, &list, &err));
    CHECK_NUMBER(clientela_list_count(list), 1);
    CHECK_NUMBER(clientela_list_more(list), 1);
    CHECK_TEXT(clientela_list_get(list, 0, "number", NULL), "C-1001");
    CHECK(clientela_list_get(list, 1, "number", NULL) == NULL);
    DONE(clientela_list_id(list, 0, &search.after, &err));
    SAME_ID(id, search.after);
    DONE(clientela_customer_list(seller, &search, &page, &err));
    CHECK_NUMBER(clientela_list_count(page), 1);
    CHECK_NUMBER(clientela_list_more(page), 0);
    CHECK_TEXT(clientela_list_get(page, 0, "name", NULL), "Bertoli");
    clientela_list_free(page);
    clientela_list_free(list);
    return id;
}

static clientela_id opportunities(clientela_session *seller, const clientela_id *customer)
{
    clientela_opportunity_new opportunity;
    clientela_opportunity *read = NULL;
    clientela_list *list = NULL;
    clientela_id id;
    clientela_date close;

    CLIENTELA_INIT(&opportunity);
    opportunity.customer = *customer;
    opportunity.title = clientela_s("Three tractors");
    opportunity.method = clientela_s("with-configurator");
    opportunity.currency = clientela_s("EURO");
    REFUSED(clientela_opportunity_create(seller, &opportunity, &id, &err), CLIENTELA_E_VALIDATION, "currency.unknown");
    CHECK_TEXT(clientela_error_field(err), "currency");
    opportunity.currency = clientela_s("EUR");
    opportunity.amount = clientela_amount(32250000, 2, "EUR");
    DONE(clientela_date_parse("2026-05-30", &close, &err));
    opportunity.expected_close = close;
    DONE(clientela_opportunity_create(seller, &opportunity, &id, &err));
    DONE(clientela_opportunity_list(seller, customer, &list, &err));
    CHECK_NUMBER(clientela_list_count(list), 1);
    DONE(clientela_opportunity_find(seller, clientela_list_get(list, 0, "number", NULL), &read, &err));
    CHECK_TEXT(clientela_opportunity_get(read, "title", NULL), "Three tractors");
    CHECK_TEXT(clientela_opportunity_get(read, "amount", NULL), "322500.00 EUR");
    CHECK_TEXT(clientela_opportunity_get(read, "expected_close", NULL), "2026-05-30");
    CHECK_TEXT(clientela_opportunity_get(read, "state", NULL), "open");
    clientela_opportunity_free(read);
    clientela_list_free(list);

    DONE(clientela_opportunity_advance(seller, &id, NULL, "wants three", &err));
    /* The stage asks for vehicles, and there are none yet. */
    CHECK(clientela_opportunity_advance(seller, &id, "negotiation", NULL, &err) < 0);
    CHECK_NUMBER(clientela_error_status(err), CLIENTELA_E_RULE);
    CHECK(strstr(clientela_error_why(err), "vehicles") != NULL);
    CHECK(clientela_opportunity_lose(seller, &id, NULL, NULL, &err) < 0);
    return id;
}

static void item_of(clientela_item *item, const char *product, int64_t quantity)
{
    CLIENTELA_INIT(item);
    item->product = clientela_s(product);
    item->quantity = clientela_number(quantity, 0);
}

static clientela_id drafts(clientela_session *seller, const clientela_id *opportunity)
{
    clientela_str options[2];
    clientela_adjustment campaign[2];
    clientela_commit_result result;
    clientela_settlement taken;
    clientela_price_step step;
    clientela_draft *draft = NULL, *none = NULL;
    clientela_totals totals;
    clientela_text *why = NULL;
    clientela_line line;
    clientela_item item;
    clientela_id offer, command;
    size_t index = 9;

    REFUSED(clientela_draft_new(seller, opportunity, "D-1", "CHF", &none, &err), CLIENTELA_E_VALIDATION, "offer.currency");
    CHECK(none == NULL);
    DONE(clientela_draft_new(seller, opportunity, "D-1", "EUR", &draft, &err));
    CLIENTELA_INIT(&totals);
    CLIENTELA_INIT(&result);
    CLIENTELA_INIT(&line);
    CLIENTELA_INIT(&step);

    item_of(&item, "T480-4X2", 3);
    options[0] = clientela_s("OPT-SLEEPER-XL");
    options[1] = clientela_s("OPT-RETARDER");
    item.options = options;
    item.option_count = 2;
    CLIENTELA_INIT(&campaign[0]);
    campaign[0].kind = clientela_s("campaign");
    campaign[0].code = clientela_s("CAMP-2026-Q1");
    campaign[0].authority = clientela_s("manufacturer");
    campaign[0].percent = clientela_number(-4, 0);
    CLIENTELA_INIT(&campaign[1]);
    campaign[1].kind = clientela_s("manual");
    campaign[1].code = clientela_s("DLR");
    campaign[1].authority = clientela_s("salesman");
    campaign[1].amount = clientela_amount(-200000, 2, "EUR");
    item.adjustments = campaign;
    item.adjustment_count = 2;
    REFUSED(clientela_draft_add_item(draft, &item, &index, &err), CLIENTELA_E_VALIDATION, "word.unknown");
    CHECK_TEXT(clientela_error_field(err), "adjustments[1].authority");
    CHECK_NUMBER(index, 9);
    campaign[1].authority = clientela_s("salesperson");
    DONE(clientela_draft_add_item(draft, &item, &index, &err));
    CHECK_NUMBER(index, 0);
    item_of(&item, "NO-SUCH", 3);
    DONE(clientela_draft_add_item(draft, &item, NULL, &err));
    REFUSED(clientela_draft_price(draft, &totals, &err), CLIENTELA_E_NOT_FOUND, "record.not_found");
    item_of(&item, "TRANSPORT", 3);
    DONE(clientela_draft_set_item(draft, 1, &item, &err));
    CHECK_NUMBER(clientela_draft_set_item(draft, 2, &item, &err), CLIENTELA_E_ARGUMENT);

    /* (98500 + 6250 + 1800) less 4 percent less 2000 = 100288; with transport, times 3. */
    DONE(clientela_draft_price(draft, &totals, &err));
    amount_is(&totals.net, "303714.00 EUR");
    amount_is(&totals.tax, "66817.08 EUR");
    amount_is(&totals.payable, "370531.08 EUR");
    CHECK_NUMBER(totals.lines, 4);
    CHECK_NUMBER(clientela_draft_line_count(draft), 4);
    DONE(clientela_draft_line(draft, 1, &line, &err));
    CHECK_TEXT(line.code, "OPT-SLEEPER-XL");
    CHECK_TEXT(line.parent_line, "1");
    CHECK_NUMBER(line.included, 1);
    DONE(clientela_draft_step(draft, 2, &step, &err));
    CHECK_TEXT(step.kind, "campaign");
    CHECK_TEXT(step.code, "CAMP-2026-Q1");
    CHECK_NUMBER(step.has_percent, 1);
    number_is(&step.percent, "-4");
    amount_is(&step.amount, "-4262.00 EUR");
    amount_is(&step.running, "102288.00 EUR");
    DONE(clientela_draft_step(draft, clientela_draft_step_count(draft) - 1, &step, &err));
    CHECK_TEXT(step.kind, "tax");
    CHECK(step.line == NULL);
    DONE(clientela_draft_why(draft, &why, &err));
    CHECK(strstr(clientela_text_get(why, NULL), "price.campaign (code: CAMP-2026-Q1") != NULL);
    clientela_text_free(why);

    DONE(clientela_draft_set_text(draft, "title", "Three tractors", &err));
    REFUSED(clientela_draft_set_text(draft, "valid_until", "tomorrow", &err), CLIENTELA_E_VALIDATION, "date.malformed");
    REFUSED(clientela_draft_set_text(draft, "colour", "red", &err), CLIENTELA_E_ARGUMENT, "name.unknown");
    DONE(clientela_new_id(seller, &command, &err));
    DONE(clientela_draft_commit(draft, &command, &result, &err));
    CHECK_NUMBER(result.outcome, CLIENTELA_COMMIT_CREATED);
    CHECK_NUMBER(result.version, 1);
    CHECK_TEXT(result.number, "Q-7001");
    offer = result.offer;
    DONE(clientela_draft_commit(draft, &command, &result, &err));
    CHECK_NUMBER(result.outcome, CLIENTELA_COMMIT_CREATED);
    DONE(clientela_draft_commit(draft, NULL, &result, &err));
    CHECK_NUMBER(result.outcome, CLIENTELA_COMMIT_UNCHANGED);

    CLIENTELA_INIT(&taken);
    taken.kind = clientela_s("trade_in");
    taken.code = clientela_s("OLD-1");
    taken.amount = clientela_amount(2000000, 2, "EUR");
    DONE(clientela_draft_add_settlement(draft, &taken, &err));
    item_of(&item, "TRANSPORT", 2);
    item.discount_bp = 1000;
    DONE(clientela_draft_set_item(draft, 1, &item, &err));
    DONE(clientela_draft_price(draft, &totals, &err));
    /* 3 x 100288 and 2 x 855; the trade-in is no discount. */
    amount_is(&totals.net, "302574.00 EUR");
    amount_is(&totals.settled, "20000.00 EUR");
    amount_is(&totals.payable, "349140.28 EUR");
    DONE(clientela_draft_commit(draft, NULL, &result, &err));
    CHECK_NUMBER(result.outcome, CLIENTELA_COMMIT_REVISED);
    CHECK_NUMBER(result.version, 2);
    SAME_ID(result.offer, offer);
    DONE(clientela_draft_remove_item(draft, 1, &err));
    CHECK_NUMBER(clientela_draft_remove_item(draft, 1, &err), CLIENTELA_E_ARGUMENT);
    clientela_draft_free(draft);
    return offer;
}

static void offers(clientela_session *seller, const clientela_id *opportunity, const clientela_id *id)
{
    clientela_discount discount;
    clientela_offer *offer = NULL, *before = NULL;
    clientela_list *list = NULL;
    clientela_totals totals;
    clientela_price_step step;
    clientela_line line;
    clientela_id read;

    DONE(clientela_offer_find(seller, "Q-7001", &before, &err));
    CHECK_NUMBER(clientela_offer_accept(seller, id, &err), CLIENTELA_E_RULE);
    CHECK_TEXT(clientela_error_code(err), "offer.illegal_passage");
    CLIENTELA_INIT(&discount);
    discount.percent = clientela_number(2, 0);
    discount.amount = clientela_amount(0, 0, "");
    REFUSED(clientela_offer_discount(seller, id, &discount, &err), CLIENTELA_E_ARGUMENT, "argument.null");
    discount.reason = clientela_s("three at once");
    discount.line = clientela_s("1");
    DONE(clientela_offer_discount(seller, id, &discount, &err));
    DONE(clientela_offer_issue(seller, id, &err));
    DONE(clientela_offer_accept(seller, id, &err));
    DONE(clientela_offer_find(seller, "Q-7001", &offer, &err));
    DONE(clientela_offer_id(offer, &read, &err));
    SAME_ID(read, *id);
    CHECK_TEXT(clientela_offer_get(offer, "state", NULL), "accepted");
    CHECK_TEXT(clientela_offer_get(offer, "revision", NULL), "3");
    CHECK_TEXT(clientela_offer_get(offer, "dossier", NULL), "D-1");
    CHECK_TEXT(clientela_offer_get(before, "state", NULL), "draft");
    CLIENTELA_INIT(&totals);
    DONE(clientela_offer_totals(offer, &totals, &err));
    /* Two percent less of 100288 each. */
    amount_is(&totals.net, "296556.72 EUR");
    CHECK_NUMBER(clientela_offer_line_count(offer), 4);
    CLIENTELA_INIT(&line);
    DONE(clientela_offer_line(offer, 0, &line, &err));
    CHECK_TEXT(line.code, "T480-4X2");
    amount_is(&line.unit_net, "98282.24 EUR");
    number_is(&line.quantity, "3");
    CLIENTELA_INIT(&step);
    CHECK(clientela_offer_step_count(offer) > 5);
    DONE(clientela_offer_step(offer, 4, &step, &err));
    CHECK_TEXT(step.kind, "manual");
    CHECK_TEXT(step.label, "three at once");
    clientela_offer_free(before);
    clientela_offer_free(offer);
    CHECK_NUMBER(clientela_offer_withdraw(seller, id, &err), CLIENTELA_E_RULE);
    CHECK_NUMBER(clientela_offer_refuse(seller, id, &err), CLIENTELA_E_RULE);
    DONE(clientela_offer_list(seller, opportunity, &list, &err));
    CHECK_NUMBER(clientela_list_count(list), 1);
    clientela_list_free(list);
    DONE(clientela_opportunity_win(seller, opportunity, "price and delivery time", &err));
    CHECK_NUMBER(clientela_opportunity_win(seller, opportunity, NULL, &err), CLIENTELA_E_RULE);
}

static void figures(clientela_session *seller, clientela_session *manager, const clientela_id *opportunity)
{
    static const char *const outlook[] = { "\"reached\":\"3\"", "\"projection_low\":", "\"working_days_left\":", "\"gap_in_days\":",
        "\"opportunities_needed\":" };
    clientela_attainments *nodes = NULL;
    clientela_target_plan *plan = NULL;
    clientela_changes *changes = NULL;
    clientela_attainment node;
    clientela_target target;
    clientela_change change;
    clientela_text *why = NULL;
    size_t at, won = 0;

    DONE(clientela_quota_attainment(seller, "Trucks 2026", CLIENTELA_NO_DATE, &nodes, &err));
    CHECK_NUMBER(clientela_attainments_count(nodes), 1);
    CLIENTELA_INIT(&node);
    DONE(clientela_attainments_at(nodes, 0, &node, &err));
    number_is(&node.reached, "3");
    CHECK_NUMBER(node.has_percent, 1);
    CHECK(strlen(node.why) > 0);
    CHECK_TEXT(node.measure, "units");
    clientela_attainments_free(nodes);
    CHECK_NUMBER(clientela_quota_attainment(seller, "Trucks 1926", CLIENTELA_NO_DATE, &nodes, &err), CLIENTELA_E_NOT_FOUND);

    /* What is still to be done has no function of its own: a question tells it. */
    DONE(clientela_ask(seller, "{\"question\": \"quota_plan.outlook\", \"plan\": \"Trucks 2026\"}", &why, &err));
    for (at = 0; at < sizeof outlook / sizeof *outlook; at++) CHECK(strstr(clientela_text_get(why, NULL), outlook[at]) != NULL);
    clientela_text_free(why);
    why = NULL;
    CHECK_NUMBER(clientela_ask(seller, "{\"question\": \"quota_plan.outlook\", \"plan\": \"Trucks 1926\"}", &why, &err),
        CLIENTELA_E_NOT_FOUND);

    network_run(manager, "{\"command\": \"campaign.define\", \"campaign\": {\"code\": \"SPRING\", \"name\": \"Spring service\", "
        "\"purpose\": \"marketing\", \"channel\": \"email\", \"first_day\": \"2026-01-01\", \"last_day\": \"2026-12-31\", "
        "\"rule\": \"customer.fleet.exists(v, v.first_registration < today - years(5))\"}}");
    DONE(clientela_campaign_target(manager, "SPRING", &plan, &err));
    CHECK_NUMBER(clientela_target_plan_size(plan), 1);
    CHECK_NUMBER(clientela_target_plan_count(plan), 2);
    CLIENTELA_INIT(&target);
    DONE(clientela_target_plan_at(plan, 0, &target, &err));
    CHECK_NUMBER(target.selected, 1);
    CHECK_TEXT(target.reason, "campaign.selected");
    clientela_target_plan_free(plan);
    DONE(clientela_campaign_explain(manager, "SPRING", "C-1001", &why, &err));
    CHECK(strstr(clientela_text_get(why, NULL), "campaign.selected") != NULL);
    clientela_text_free(why);

    DONE(clientela_history(seller, "opportunity", opportunity, &changes, &err));
    CLIENTELA_INIT(&change);
    for (at = 0; at < clientela_changes_count(changes); at++) {
        DONE(clientela_changes_at(changes, at, &change, &err));
        if (strcmp(change.command, "opportunity.win") != 0 || strcmp(change.field, "state") != 0) continue;
        CHECK_TEXT(change.before, "open");
        CHECK_TEXT(change.after, "won");
        CHECK_TEXT(change.why, "price and delivery time");
        CHECK_NUMBER(change.at, NETWORK_NOW);
        won++;
    }
    CHECK_NUMBER(won, 1);
    clientela_changes_free(changes);
}

/* A data frame: its columns, its rows, and that a filter and another's sight leave rows out. */
static void frames(clientela_session *seller, clientela_session *rival)
{
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array;
    clientela_str columns[2];
    clientela_query query;
    clientela_session *asks[2];
    long long counts[2] = { 0, 0 };
    size_t at;

    asks[0] = seller;
    asks[1] = rival;
    CLIENTELA_INIT(&query);
    query.entity = clientela_s("customer");
    columns[0] = clientela_s("id");
    columns[1] = clientela_s("name");
    query.columns = columns;
    query.column_count = 2;
    query.filter = clientela_s("name.startsWith('Auto')");
    for (at = 0; at < 2; at++) {
        DONE(clientela_query_arrow(asks[at], &query, &stream, &err));
        CHECK_NUMBER(stream.get_schema(&stream, &schema), 0);
        CHECK_NUMBER(schema.n_children, 2);
        CHECK_TEXT(schema.children[0]->format, "w:16");
        CHECK_TEXT(schema.children[1]->name, "name");
        schema.release(&schema);
        for (;;) {
            CHECK_NUMBER(stream.get_next(&stream, &array), 0);
            if (!array.release) break;
            counts[at] += array.length;
            array.release(&array);
        }
        stream.release(&stream);
    }
    CHECK_NUMBER(counts[0], 1);
    CHECK_NUMBER(counts[1], 0);
    query.filter = clientela_s("nam == 'x'");
    CHECK(clientela_query_arrow(seller, &query, &stream, &err) < 0);
    CHECK_TEXT(clientela_error_code(err), "rule.invalid");
    query.filter = clientela_s(NULL);
    columns[1] = clientela_s("shoe_size");
    REFUSED(clientela_query_arrow(seller, &query, &stream, &err), CLIENTELA_E_ARGUMENT, "name.unknown");
    query.entity = clientela_s("shoe");
    REFUSED(clientela_query_arrow(seller, &query, &stream, &err), CLIENTELA_E_ARGUMENT, "name.unknown");
}

/* A spreadsheet: looked at, brought in, and not brought in twice. */
static void imports(clientela_session *seller)
{
    static const char table[] = "Ragione sociale;Partita IVA;CAP;Citta\n"
                                "Bianchi Trasporti;IT00159560366;41100;Modena\n"
                                "Verdi Autolinee;IT00159560367;41100;Modena\n"
                                "Neri Logistica;;20100;Milano\n";
    static const char options[] = "{\"target\": \"customer\", \"defaults\": {\"kind\": \"company\", \"country\": \"IT\"}}";
    clientela_import *import = NULL;
    clientela_import_counts counts;
    clientela_rejected_row row;
    clientela_text *rejected = NULL;

    REFUSED(clientela_import_plan(seller, CLIENTELA_IMPORT_CSV, table, strlen(table), "{\"goal\": 1}", &import, &err),
            CLIENTELA_E_ARGUMENT, "import.options");
    REFUSED(clientela_import_plan(seller, 7, table, strlen(table), options, &import, &err), CLIENTELA_E_ARGUMENT, "name.unknown");
    CHECK(import == NULL);
    DONE(clientela_import_plan(seller, CLIENTELA_IMPORT_CSV, table, strlen(table), options, &import, &err));
    CLIENTELA_INIT(&counts);
    DONE(clientela_import_preview(import, &counts, &err));
    CHECK_NUMBER(counts.read, 3);
    CHECK_NUMBER(counts.added, 2);
    CHECK_NUMBER(counts.rejected, 1);
    CHECK_NUMBER(clientela_import_rejected_count(import), 1);
    CLIENTELA_INIT(&row);
    DONE(clientela_import_rejected(import, 0, &row, &err));
    CHECK_NUMBER(row.line, 3);
    CHECK_TEXT(row.code, "vat_number.check_digit");
    CHECK_TEXT(row.field, "vat_number");
    REFUSED(clientela_import_rejected(import, 1, &row, &err), CLIENTELA_E_RANGE, "value.range");
    DONE(clientela_import_rejected_table(import, &rejected, &err));
    CHECK(strstr(clientela_text_get(rejected, NULL), "Verdi Autolinee") != NULL);
    clientela_text_free(rejected);
    DONE(clientela_import_commit(import, &counts, &err));
    CHECK_NUMBER(counts.added, 2);
    CHECK_NUMBER(counts.added_before, 0);
    DONE(clientela_import_commit(import, &counts, &err));
    CHECK_NUMBER(counts.added_before, 2);
    clientela_import_free(import);
}

/* A closed store: its sessions and drafts say so, snapshots stay. */
static void closing(void)
{
    network_world world;
    clientela_store *store = network_new("closing", &world), *second = NULL;
    clientela_session *seller = network_session(store, "u-rossi"), *late = NULL;
    clientela_store_options options;
    clientela_store_facts facts;
    clientela_customer_new customer;
    clientela_opportunity_new opportunity;
    clientela_customer *read = NULL, *unread = NULL;
    clientela_draft *draft = NULL;
    clientela_totals totals;
    clientela_item item;
    clientela_id id, deal;
    const char *backup = "/tmp/clientela-c-backup.clientela";

    CLIENTELA_INIT(&facts);
    DONE(clientela_store_info(store, &facts, &err));
    CHECK(facts.version > 0 && facts.size > 0 && facts.read_only == 0);
    network_remove(backup);
    DONE(clientela_store_backup(store, backup, &err));
    REFUSED(clientela_store_backup(store, backup, &err), CLIENTELA_E_EXISTS, "store.target_exists");
    CLIENTELA_INIT(&options);
    options.path = clientela_s(backup);
    REFUSED(clientela_store_open(&options, &second, &err), CLIENTELA_E_VERSION, "library.abi");
    options.abi = CLIENTELA_ABI;
    options.flags = CLIENTELA_STORE_READ_ONLY;
    DONE(clientela_store_open(&options, &second, &err));
    DONE(clientela_session_open(second, "u-rossi", NULL, &late, &err));
    REFUSED(clientela_execute(late, NULL, "{\"command\": \"campaign.close\", \"campaign\": \"X\"}", NULL, &err),
            CLIENTELA_E_STATE, "store.read_only");
    clientela_session_free(late);
    late = NULL;
    DONE(clientela_store_close(second, &err));
    CHECK_NUMBER(clientela_store_close(second, &err), CLIENTELA_E_HANDLE);
    network_remove(backup);
    options.path = clientela_s("/nowhere/at/all.clientela");
    REFUSED(clientela_store_open(&options, &second, &err), CLIENTELA_E_NOT_FOUND, "store.not_found");
    CHECK(second == NULL);

    CLIENTELA_INIT(&customer);
    customer.kind = clientela_s("company");
    customer.name = clientela_s("Esempio");
    customer.country = clientela_s("IT");
    customer.number = clientela_s("C-1");
    DONE(clientela_customer_create(seller, &customer, &id, &err));
    DONE(clientela_customer_find(seller, "number", "C-1", &read, &err));
    CLIENTELA_INIT(&opportunity);
    opportunity.customer = id;
    opportunity.title = clientela_s("One");
    opportunity.method = clientela_s("with-configurator");
    opportunity.currency = clientela_s("EUR");
    DONE(clientela_opportunity_create(seller, &opportunity, &deal, &err));
    DONE(clientela_draft_new(seller, &deal, NULL, NULL, &draft, &err));
    item_of(&item, "TRANSPORT", 1);
    DONE(clientela_draft_add_item(draft, &item, NULL, &err));

    network_end(store, "closing", &world);
    REFUSED(clientela_session_open(store, "u-rossi", NULL, &late, &err), CLIENTELA_E_HANDLE, "handle.unknown");
    REFUSED(clientela_customer_find(seller, "number", "C-1", &unread, &err), CLIENTELA_E_STATE, "store.closed");
    CHECK(unread == NULL);
    CHECK_TEXT(clientela_customer_get(read, "name", NULL), "Esempio");
    clientela_customer_free(read);
    CLIENTELA_INIT(&totals);
    REFUSED(clientela_draft_price(draft, &totals, &err), CLIENTELA_E_STATE, "store.closed");
    DONE(clientela_store_close(NULL, &err));
    clientela_draft_free(draft);
    clientela_session_free(seller);
}

/* A world whose functions fail on request, or call back into the library. */
typedef struct faulty {
    network_world world;
    int now_fails, random_fails, stops;
    clientela_store *store;
    clientela_status told;
} faulty;

static clientela_time faulty_now(void *user)
{
    faulty *host = (faulty *)user;
    clientela_store_facts facts;
    clientela_id id;

    if (host->store) {
        CLIENTELA_INIT(&facts);
        host->told = clientela_store_info(host->store, &facts, NULL);
        CHECK_NUMBER(clientela_store_close(host->store, NULL), CLIENTELA_E_BUSY_HANDLE);
        CHECK_NUMBER(clientela_id_parse("01890a5d-ac96-774b-bcce-b302099a8057", &id, NULL), CLIENTELA_OK);
    }
    return host->now_fails ? CLIENTELA_NO_TIME : host->world.now;
}

static int32_t faulty_random(void *user, uint8_t *bytes, size_t count)
{
    faulty *host = (faulty *)user;
    return host->random_fails ? 1 : network_random(&host->world, bytes, count);
}

static int32_t faulty_progress(void *user, uint64_t done, uint64_t total)
{
    CHECK(done <= total);
    return ((faulty *)user)->stops;
}

static void faulty_free(void *user)
{
    ((faulty *)user)->world.freed++;
}

static void callbacks(void)
{
    static const char command[] = "{\"command\": \"product.define\", \"code\": \"X\", \"name\": \"X\", \"kind\": \"option\"}";
    clientela_store_options options;
    clientela_founding founding;
    clientela_session *session = NULL;
    clientela_store *store = NULL;
    faulty host;

    memset(&host, 0, sizeof host);
    host.world.now = NETWORK_NOW;
    network_remove(network_path("callbacks"));
    CLIENTELA_INIT(&options);
    options.abi = CLIENTELA_ABI;
    options.path = clientela_s(network_path("callbacks"));
    options.flags = CLIENTELA_STORE_CREATE;
    options.user = &host;
    options.now = faulty_now;
    options.random = faulty_random;
    options.progress = faulty_progress;
    options.user_free = faulty_free;
    host.now_fails = 1;
    REFUSED(clientela_store_open(&options, &store, &err), CLIENTELA_E_CALLBACK, "callback.now");
    CHECK_NUMBER(host.world.freed, 0);
    host.now_fails = 0;
    DONE(clientela_store_open(&options, &store, &err));
    CLIENTELA_INIT(&founding);
    founding.unit_code = clientela_s("HQ");
    founding.unit_name = clientela_s("HQ");
    founding.login = clientela_s("admin");
    REFUSED(clientela_store_found(store, &founding, NULL, &err), CLIENTELA_E_ARGUMENT, "argument.null");
    CHECK_TEXT(clientela_error_field(err), "founding.user_name");
    founding.user_name = clientela_s("A");
    host.random_fails = 1;
    REFUSED(clientela_store_found(store, &founding, NULL, &err), CLIENTELA_E_CALLBACK, "callback.random");
    host.random_fails = 0;
    DONE(clientela_store_found(store, &founding, NULL, &err));
    REFUSED(clientela_store_found(store, &founding, NULL, &err), CLIENTELA_E_STATE, "network.founded");
    session = network_session(store, "admin");
    host.random_fails = 1;
    REFUSED(clientela_execute(session, NULL, command, NULL, &err), CLIENTELA_E_CALLBACK, "callback.random");
    host.random_fails = 0;
    host.store = store;
    DONE(clientela_execute(session, NULL, command, NULL, &err));
    CHECK_NUMBER(host.told, CLIENTELA_E_BUSY_HANDLE);
    host.store = NULL;
    host.stops = 1;
    REFUSED(clientela_store_backup(store, "/tmp/clientela-c-stopped.clientela", &err), CLIENTELA_E_CANCELLED, "store.cancelled");
    clientela_store_interrupt(store);
    clientela_session_free(session);
    DONE(clientela_store_close(store, &err));
    CHECK_NUMBER(host.world.freed, 1);
    network_remove(network_path("callbacks"));
}

int main(void)
{
    network_world world;
    clientela_store *store = network_new("nouns", &world);
    clientela_session *seller = network_session(store, "u-rossi"), *colleague = network_session(store, "u-gallo");
    clientela_session *manager = network_session(store, "u-verdi"), *rival = network_session(store, "u-neri");
    clientela_session *nobody = NULL;
    clientela_id customer, opportunity, offer;

    CHECK(clientela_session_open(store, "u-nobody", NULL, &nobody, &err) < 0);
    CHECK(nobody == NULL);
    customer = customers(seller, colleague);
    opportunity = opportunities(seller, &customer);
    offer = drafts(seller, &opportunity);
    offers(seller, &opportunity, &offer);
    figures(seller, manager, &opportunity);
    frames(seller, rival);
    imports(seller);
    clientela_session_free(rival);
    clientela_session_free(manager);
    clientela_session_free(colleague);
    clientela_session_free(seller);
    network_end(store, "nouns", &world);
    closing();
    callbacks();
    clientela_error_free(&err);
    CHECK_NUMBER(clientela_live_handles(), 0);
    return 0;
}
