package org.webhookbroker.http;

import java.util.stream.Stream;

/** Numbers in a query. */
final class Numbers {
    private Numbers() {}

    /** Empty if the text is not an integer. */
    static Stream<Integer> parse(String text) {
        try {
            return Stream.of(Integer.valueOf(text));
        } catch (NumberFormatException notANumber) {
            return Stream.empty();
        }
    }
}
