package org.webhookbroker.http.server;

/** Called once, on any thread; {@link #failed} may follow. */
interface BodyReceiver {
    /** The body has room that it does not use, until it is trimmed. */
    void whole(BodyBuffer body) throws Exception;

    void refused(BodyTrouble why);

    /** Ends the request with a failure that is not the client's fault, such as one that {@link #whole} has thrown. */
    void failed(Throwable failure);
}
