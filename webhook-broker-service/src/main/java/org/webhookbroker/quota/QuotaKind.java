package org.webhookbroker.quota;

import java.util.Locale;

/** Whose quota it is. */
public enum QuotaKind {
    KEY,
    PRODUCER,
    CHANNEL,
    CONSUMER;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
