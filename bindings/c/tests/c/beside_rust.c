/* Two Rust archives in one program, both catching their own panics. */
#include "check.h"

extern int other_rust(int number);

int main(void)
{
    clientela_error *err = NULL;
    clientela_id id;

    CHECK_NUMBER(other_rust(1), 2);
    CHECK_NUMBER(other_rust(-1), -1);
    CHECK_NUMBER(clientela_id_parse("nonsense", &id, &err), CLIENTELA_E_VALIDATION);
    clientela_error_free(&err);
    CHECK_NUMBER(clientela_live_handles(), 0);
    return 0;
}
