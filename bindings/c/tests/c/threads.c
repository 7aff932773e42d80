/* Four threads that make, read and free error slots at once: the table of handles is shared, the slots are not. */
#include "check.h"

#include <pthread.h>

enum { THREADS = 4, ROUNDS = 5000 };

static void *work(void *text)
{
    clientela_error *err = NULL;
    clientela_money amount;
    int round;

    for (round = 0; round < ROUNDS; round++) {
        CHECK_NUMBER(clientela_money_parse((const char *)text, "EUR", &amount, &err), CLIENTELA_E_VALIDATION);
        CHECK_TEXT(clientela_error_code(err), "money.malformed");
        if (round % 3 == 0) clientela_error_free(&err);
        CHECK_NUMBER(clientela_money_parse("1.50", "EUR", &amount, &err), CLIENTELA_OK);
        CHECK_TEXT(clientela_error_code(err), "");
    }
    clientela_error_free(&err);
    return NULL;
}

int main(void)
{
    static char text[] = "one";
    pthread_t threads[THREADS];
    int at;

    for (at = 0; at < THREADS; at++) CHECK_NUMBER(pthread_create(&threads[at], NULL, work, text), 0);
    for (at = 0; at < THREADS; at++) CHECK_NUMBER(pthread_join(threads[at], NULL), 0);
    CHECK_NUMBER(clientela_live_handles(), 0);
    return 0;
}
