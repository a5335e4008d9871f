package org.webhookbroker.outbound;

/**
 * Makes text that strangers sent safe for logs, records and the answers of tasks: one line, and what is printed is what is there.
 * Letters of any script stay.
 */
public final class LogText {
    /** Letters by their category that are printed as nothing, or as a blank: fillers of Hangul and Braille. */
    private static final String BLANKS = "\u115f\u1160\u3164\uffa0\u2800";

    private LogText() {}

    /** At most {@code limit} characters, as {@link #of(String)} makes them. */
    public static String of(String text, int limit) {
        boolean fits = text.codePointCount(0, text.length()) <= limit;
        return of(fits ? text : text.substring(0, text.offsetByCodePoints(0, limit - 2)) + "..");
    }

    /** Line ends and other blanks become one blank each; controls, text that turns its direction and all that is invisible a mark. */
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().map(LogText::printable).forEach(printable::appendCodePoint);
        return printable.toString();
    }

    private static int printable(int c) {
        if (c == '\r' || c == '\n' || c == '\t') {
            return ' ';
        }
        return switch (Character.getType(c)) {
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> ' ';
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> '?';
            default -> BLANKS.indexOf(c) >= 0 ? '?' : c;
        };
    }
}
