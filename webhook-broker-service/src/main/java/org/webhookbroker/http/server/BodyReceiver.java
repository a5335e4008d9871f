package org.webhookbroker.http.server;

/** Called once, on any thread. */
interface BodyReceiver {
    /** The body has room that it does not use, until it is trimmed. */
    void whole(BodyBuffer body) throws Exception;

    void refused(BodyTrouble why);
}
