/*
 * A host with a SQLite of its own: the library inside must not change which one the host gets. Compiled with the
 * version the host expects in HOST_SQLITE; the host's copy comes from the system or from fake_sqlite.c.
 */
#include "check.h"

extern const char *sqlite3_libversion(void);

int main(void)
{
    CHECK_TEXT(clientela_version()[0] ? sqlite3_libversion() : "", HOST_SQLITE);
    printf("host: SQLite %s; %s\n", sqlite3_libversion(), clientela_build_info());
    return 0;
}
