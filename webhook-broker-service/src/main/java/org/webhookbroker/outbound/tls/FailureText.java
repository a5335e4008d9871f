package org.webhookbroker.outbound.tls;

import java.util.Locale;

/** The text of an exception of a library or the JDK, to be looked at and never shown. */
public final class FailureText {
    private FailureText() {}

    /** Empty if it has none. */
    public static String of(Throwable failure) {
        return failure.getMessage() == null ? "" : failure.getMessage();
    }

    /** Whether it has one of these parts, which are in small letters, in whatever case. */
    public static boolean has(Throwable failure, String... parts) {
        String text = of(failure).toLowerCase(Locale.ROOT);
        for (String part : parts) {
            if (text.contains(part)) {
                return true;
            }
        }
        return false;
    }
}
