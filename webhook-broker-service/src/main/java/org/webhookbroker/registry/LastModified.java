package org.webhookbroker.registry;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The text of {@code Last-Modified}, which is also the version that a conditional update names. */
public final class LastModified {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private LastModified() {}

    public static String of(Instant changedAt) {
        return FORM.format(changedAt);
    }
}
