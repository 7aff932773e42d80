/* What the parts of the program share. */
#ifndef CONFIGURATOR_H
#define CONFIGURATOR_H

#include <clientela.h>

#include <stdio.h>
#include <string.h>

/* Leaves the function when a call has failed; the error slot says why. */
#define TRY(call)                     \
    do {                              \
        if ((call) < 0) goto failed;  \
    } while (0)

/* A whole deal, from the customer to the win. 0 when something failed. */
int deal(clientela_session *session, clientela_error **err);

/* A whole quoting session with another user who approves, from the configuration to the delivery. 0 when something failed. */
int quoting_session(clientela_session *seller, clientela_session *approver, clientela_error **err);

/* Plays the messages of a published scenario from its folder. 0 when something failed. */
int replay(clientela_session *session, const char *name, const char *folder, clientela_error **err);

/* Makes a new store with the commands of some files. 0 when something failed. */
int set_up(const char *path, char *const *files, int count, clientela_error **err);

#endif
