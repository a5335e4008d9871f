package org.webhookbroker.outbound;

/** Makes text that strangers sent safe for logs and records. */
final class LogText {
    private LogText() {}

    /** At most {@code limit} characters, with controls and all that is not ASCII replaced. */
    static String of(String text, int limit) {
        String cut = text.length() <= limit ? text : text.substring(0, limit - 2) + "..";
        StringBuilder printable = new StringBuilder(cut.length());
        cut.chars().forEach(c -> printable.append(c >= ' ' && c < 0x7f ? (char) c : isSpace(c) ? ' ' : '?'));
        return printable.toString();
    }

    private static boolean isSpace(int c) {
        return c == '\r' || c == '\n' || c == '\t';
    }
}
