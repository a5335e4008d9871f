package org.webhookbroker.signature;

/** Headers of a signed delivery (Standard Webhooks 1.0.0, "Webhook headers"); they compare case-insensitively. */
public final class WebhookHeaders {
    /** The same for each attempt to give a message to a consumer: recognise repeats by it. */
    public static final String ID = "webhook-id";
    /** Seconds since 1970 at the moment of the attempt. */
    public static final String TIMESTAMP = "webhook-timestamp";
    /** Signatures with blanks between, such as {@code v1,K5oZ... v1a,hnO3...}. */
    public static final String SIGNATURE = "webhook-signature";

    private WebhookHeaders() {}
}
