/* Stands in for the host's own SQLite where none is installed. */
const char *sqlite3_libversion(void);
const char *sqlite3_libversion(void)
{
    return "0.0.0-host";
}
