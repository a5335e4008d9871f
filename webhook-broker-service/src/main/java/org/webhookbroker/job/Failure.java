package org.webhookbroker.job;

/**
 * Why an attempt failed: the answer to "why was it not delivered?".
 *
 * @param reason a code of at most 32 characters, such as {@code status-503}
 * @param detail a sentence for people, cut at 255 characters
 * @param mayHaveArrived the consumer may have acted on it all the same, so that the next attempt may be a repeat
 */
public record Failure(String reason, String detail, boolean mayHaveArrived) {
    private static final int LONGEST_REASON = 32;
    private static final int LONGEST_DETAIL = 255;

    public Failure {
        reason = cut(reason, LONGEST_REASON);
        detail = cut(detail, LONGEST_DETAIL);
    }

    private static String cut(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length));
    }
}
