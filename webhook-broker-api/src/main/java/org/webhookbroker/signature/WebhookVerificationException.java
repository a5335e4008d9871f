package org.webhookbroker.signature;

/** A request is not, or cannot be shown to be, what a broker has signed. The message says why in plain words, and holds nothing of the request. */
public final class WebhookVerificationException extends Exception {
    private static final long serialVersionUID = 1L;

    WebhookVerificationException(String reason) {
        super(reason);
    }
}
