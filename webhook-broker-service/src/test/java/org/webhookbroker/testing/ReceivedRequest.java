package org.webhookbroker.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as a {@link ConsumerServer} read it: headers in order and as spelled, their bytes as ISO-8859-1. */
@SuppressWarnings("ArrayRecordComponent")
public record ReceivedRequest(String method, String path, List<Map.Entry<String, String>> headers, byte[] body) {
    /** The value of the first header of that name, any case. */
    public @Nullable String header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? null : values.get(0);
    }

    public List<String> headers(String name) {
        return headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList();
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
