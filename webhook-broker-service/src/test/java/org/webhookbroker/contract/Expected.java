package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.webhookbroker.testing.Answer;

/** What an answer must be. Immutable. */
final class Expected {
    static final String NOT_FOUND = "Request resource not found";
    static final String BAD_REQUEST = "Bad Request: Update is missing `If-Unmodified-Since` header ";
    static final String MEDIA_TYPE = "Media type not supported";

    private final List<Consumer<Answer>> checks;

    private Expected(List<Consumer<Answer>> checks) {
        this.checks = List.copyOf(checks);
    }

    static Expected status(int status) {
        return new Expected(List.of(
                answer -> assertThat(answer.status()).as(answer.toString()).isEqualTo(status),
                answer -> assertThat(answer.header("X-Request-ID")).isNotEmpty()));
    }

    /** An error as the contract wants it: the text and nothing else. */
    static Expected text(int status, String text) {
        return status(status)
                .and(answer -> assertThat(answer.body()).isEqualTo(text))
                .has("Content-Type", "text/plain; charset=utf-8");
    }

    /** 201, 202 and 204. */
    static Expected empty(int status) {
        Expected empty = status(status)
                .and(answer -> assertThat(answer.body()).isEmpty())
                .without("Content-Type");
        return status == 204 ? empty : empty.has("Content-Length", "0");
    }

    /** @param text where {@code <time>}, {@code <id>} and {@code <any>} stand for what no test can foretell */
    static Expected json(String text) {
        String pattern = Pattern.quote(text)
                .replace("<time>", "\\E\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d*[1-9])?Z\\Q")
                .replace("<id>", "\\E[0-9a-v]{19}[0g]\\Q")
                .replace("<any>", "\\E[^\"]+\\Q");
        return status(200)
                .and(answer -> assertThat(answer.body()).matches(pattern + "\n"))
                .has("Content-Type", "application/json");
    }

    Expected has(String header, String value) {
        return and(answer -> assertThat(answer.header(header)).as(header).isEqualTo(value));
    }

    Expected without(String header) {
        return and(answer -> assertThat(answer.headers()).doesNotContainKey(header));
    }

    Expected contains(String part) {
        return and(answer -> assertThat(answer.body()).contains(part));
    }

    Expected and(Consumer<Answer> check) {
        List<Consumer<Answer>> all = new ArrayList<>(checks);
        all.add(check);
        return new Expected(all);
    }

    void check(Answer answer) {
        checks.forEach(check -> check.accept(answer));
    }
}
