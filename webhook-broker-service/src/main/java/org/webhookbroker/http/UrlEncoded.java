package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.http.server.PercentEncoding;

/** Name and value pairs of a query or a form body, read here because Jersey answers a malformed query with 404. */
final class UrlEncoded {
    private record Pair(String name, String value, String raw) {}

    private final List<Pair> pairs = new ArrayList<>();
    private boolean malformed;

    private UrlEncoded(@Nullable String text) {
        if (text == null) {
            return;
        }
        for (String raw : text.split("&", -1)) {
            if (!raw.isEmpty()) {
                read(raw);
            }
        }
    }

    private void read(String raw) {
        int equals = raw.indexOf('=');
        Optional<String> name = PercentEncoding.decode(equals < 0 ? raw : raw.substring(0, equals), true);
        Optional<String> value = PercentEncoding.decode(equals < 0 ? "" : raw.substring(equals + 1), true);
        if (name.isPresent() && value.isPresent()) {
            pairs.add(new Pair(name.get(), value.get(), raw));
        } else {
            malformed = true;
        }
    }

    /** The query of a request; malformed pairs are left out. */
    static UrlEncoded query(ContainerRequestContext request) {
        String query = request.getUriInfo().getRequestUri().getRawQuery();
        // Jetty reads raw bytes that are not UTF-8 as U+FFFD: such a pair is malformed, as one with %E4 is.
        return new UrlEncoded(query == null ? null : query.replace("\uFFFD", "%FF"));
    }

    static UrlEncoded parse(@Nullable String text) {
        return new UrlEncoded(text);
    }

    boolean isMalformed() {
        return malformed;
    }

    boolean has(String name) {
        return pairs.stream().anyMatch(pair -> pair.name().equals(name));
    }

    /** The first value, empty text when there is none. */
    String first(String name) {
        return pairs.stream()
                .filter(pair -> pair.name().equals(name))
                .map(Pair::value)
                .findFirst()
                .orElse("");
    }

    List<String> all(String name) {
        return pairs.stream()
                .filter(pair -> pair.name().equals(name))
                .map(Pair::value)
                .toList();
    }

    /** The pairs as they were sent, without those of these names, each followed by an ampersand. */
    String without(List<String> names) {
        StringBuilder kept = new StringBuilder();
        pairs.stream()
                .filter(pair -> !names.contains(pair.name()))
                .forEach(pair -> kept.append(pair.raw()).append('&'));
        return kept.toString();
    }
}
