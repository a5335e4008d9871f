package org.webhookbroker.http;

/** Contract 4.3: the absolute value of a decimal number with an optional sign. Any other text is 0, never an error. */
final class Priority {
    /** Stands for a number that fits into 64 bits but not into the column. */
    static final int TOO_LARGE = -1;

    private Priority() {}

    static int parse(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        int start = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
        if (start == text.length()) {
            return 0;
        }
        long value = 0;
        for (int i = start; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return 0;
            }
            value = value * 10 + digit;
        }
        return value > Integer.MAX_VALUE ? TOO_LARGE : (int) value;
    }
}
