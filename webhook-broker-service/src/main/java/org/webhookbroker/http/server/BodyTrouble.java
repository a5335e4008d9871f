package org.webhookbroker.http.server;

/** Why a body was not read to its end. */
enum BodyTrouble {
    TOO_LARGE,
    TOO_SLOW,
    NO_ROOM,
    MALFORMED,
    CUT_OFF
}
