/* The sizes and places that every program compiled against the header relies on. Compiling is the test. */
#include <clientela.h>

#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define SAME(name, condition) _Static_assert(condition, #name)
#else
#define SAME(name, condition) typedef char same_##name[(condition) ? 1 : -1]
#endif

SAME(id_size, sizeof(clientela_id) == 16);
SAME(money_size, sizeof(clientela_money) == 16);
SAME(money_coef, offsetof(clientela_money, coef) == 0);
SAME(money_scale, offsetof(clientela_money, scale) == 8);
SAME(money_currency, offsetof(clientela_money, currency) == 12);
SAME(decimal_size, sizeof(clientela_decimal) == 16);
SAME(decimal_coef, offsetof(clientela_decimal, coef) == 0);
SAME(decimal_scale, offsetof(clientela_decimal, scale) == 8);
SAME(decimal_reserved, offsetof(clientela_decimal, reserved) == 12);
SAME(date_size, sizeof(clientela_date) == 4);
SAME(time_size, sizeof(clientela_time) == 8);
SAME(status_size, sizeof(clientela_status) == 4);
SAME(status_code_size, sizeof(clientela_status_code) == 4);
SAME(str_size, sizeof(clientela_str) == 2 * sizeof(void *));
SAME(str_len, offsetof(clientela_str, len) == sizeof(void *));
SAME(issue_size, sizeof(clientela_issue) == 8 + 3 * sizeof(void *));
SAME(issue_code, offsetof(clientela_issue, code) == 8);
SAME(issue_message, offsetof(clientela_issue, message) == 8 + 2 * sizeof(void *));
/* Structures of the domain have no padding on any system: pointers stand in even numbers before what is eight bytes wide. */
SAME(options_size, sizeof(clientela_store_options) == 16 + 8 * sizeof(void *));
SAME(facts_size, sizeof(clientela_store_facts) == 48);
SAME(item_size, sizeof(clientela_item) == 64 + 8 * sizeof(void *));
SAME(adjustment_size, sizeof(clientela_adjustment) == 40 + 10 * sizeof(void *));
SAME(settlement_size, sizeof(clientela_settlement) == 40 + 6 * sizeof(void *));
SAME(totals_size, sizeof(clientela_totals) == 88);
SAME(line_size, sizeof(clientela_line) == 96 + 6 * sizeof(void *));
SAME(step_size, sizeof(clientela_price_step) == 64 + 6 * sizeof(void *));
SAME(commit_size, sizeof(clientela_commit_result) == 32 + sizeof(void *));
SAME(change_size, sizeof(clientela_change) == 72 + 6 * sizeof(void *));
SAME(attainment_size, sizeof(clientela_attainment) == 144 + 2 * sizeof(void *));
SAME(query_size, sizeof(clientela_query) == 24 + 6 * sizeof(void *));
SAME(vehicle_size, sizeof(clientela_vehicle) == 40 + 7 * sizeof(void *));
SAME(rule_path_size, sizeof(clientela_rule_path) == 16 + sizeof(void *));
SAME(rule_finding_size, sizeof(clientela_rule_finding) == 16 + 4 * sizeof(void *));
SAME(rule_options_size, sizeof(clientela_rule_options) == 8);
SAME(rule_step_size, sizeof(clientela_rule_step) == 40 + 2 * sizeof(void *));
SAME(selection_counts_size, sizeof(clientela_selection_counts) == 40);
SAME(stream_size, sizeof(struct ArrowArrayStream) == 5 * sizeof(void *));
SAME(abi, CLIENTELA_ABI == ((CLIENTELA_VERSION_MAJOR << 16) | CLIENTELA_VERSION_MINOR));

int main(void)
{
    return clientela_abi_version() == CLIENTELA_ABI ? 0 : 1;
}
