package org.webhookbroker.contract;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.webhookbroker.testing.Answer;

/**
 * Bytes to send.
 *
 * @param damaged after it was built, so that it may be cut short, or be more than one request
 */
@SuppressWarnings("ArrayRecordComponent")
record FuzzRequest(int number, String method, byte[] bytes, boolean damaged) {
    boolean isHead() {
        return method.equals("HEAD");
    }

    /** Whether it asks for nothing that may change anything, however it is answered. */
    boolean reads() {
        return !damaged && List.of("GET", "HEAD", "OPTIONS").contains(method);
    }

    /** Whether these answers allow that something was changed. */
    boolean mayHaveChanged(List<Answer> answers) {
        return !reads() && answers.stream().anyMatch(answer -> answer.status() < 300);
    }

    /** For a person: what is no plain text escaped, long things cut. */
    @Override
    public String toString() {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        StringBuilder shown = new StringBuilder("request " + number + (damaged ? " (damaged)" : "") + ":\n");
        text.substring(0, Math.min(1500, text.length()))
                .chars()
                .forEach(c -> shown.append(
                        c == '\n' || (c >= ' ' && c < 127) ? String.valueOf((char) c) : "\\x%02x".formatted(c)));
        return shown.toString();
    }
}
