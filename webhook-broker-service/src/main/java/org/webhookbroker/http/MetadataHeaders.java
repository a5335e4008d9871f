package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.http.server.RequestHeaders;

/** Contract 4.4: headers of a broadcast that every delivery repeats. Thread-safe. */
final class MetadataHeaders {
    /**
     * Never repeated: the broker or its HTTP client sets them on a delivery, or they belong to the producer's connection, or they are
     * the producer's secrets.
     */
    private static final Set<String> OWN = ignoringCase(
            BrokerHeaders.CHANNEL_TOKEN,
            BrokerHeaders.CHANNEL_ID,
            BrokerHeaders.PRODUCER_ID,
            BrokerHeaders.PRODUCER_TOKEN,
            BrokerHeaders.CONSUMER_ID,
            BrokerHeaders.CONSUMER_TOKEN,
            BrokerHeaders.MESSAGE_ID,
            BrokerHeaders.MESSAGE_PRIORITY,
            BrokerHeaders.METADATA_HEADERS,
            BrokerHeaders.SCHEDULED_FOR,
            BrokerHeaders.POSSIBLE_DUPLICATE,
            BrokerHeaders.REQUEST_ID,
            BrokerHeaders.SIGNATURE,
            "Accept-Encoding",
            "Connection",
            "Content-Length",
            "Content-Type",
            "Expect",
            "Host",
            "HTTP2-Settings",
            "Keep-Alive",
            "Proxy-Authenticate",
            "Proxy-Authorization",
            "Proxy-Connection",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "User-Agent");

    private final Set<String> skipped;

    /** @param consumerTokenHeader the configured name of the header in which consumers get their token */
    MetadataHeaders(String consumerTokenHeader) {
        skipped = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        skipped.addAll(OWN);
        skipped.add(consumerTokenHeader);
    }

    /**
     * The listed headers, under the names as the list spells them; blanks in the list count. A missing or empty header is left out. A
     * name in several spellings counts once, so that the headers are no more than the request had (G8).
     */
    Map<String, String> of(ContainerRequestContext request) {
        String names = RequestHeaders.first(request, BrokerHeaders.METADATA_HEADERS);
        if (names.isEmpty()) {
            return Map.of();
        }
        Map<String, String> metadata = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int start = 0; start <= names.length(); ) {
            int comma = names.indexOf(',', start);
            int end = comma < 0 ? names.length() : comma;
            String name = names.substring(start, end);
            String value = name.isEmpty() || skipped.contains(name) ? "" : RequestHeaders.first(request, name);
            if (!value.isEmpty()) {
                metadata.put(name, value);
            }
            start = end + 1;
        }
        return metadata;
    }

    private static Set<String> ignoringCase(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(Set.of(names));
        return set;
    }
}
