package org.webhookbroker.http;

import java.util.Map;
import java.util.TreeMap;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.auth.KeyCheck;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.server.DirectRequest;
import org.webhookbroker.message.OwnHeaders;

/** Contract 4.4: headers of a broadcast that every delivery repeats. Thread-safe. */
final class MetadataHeaders {
    private final OwnHeaders own;

    MetadataHeaders(OwnHeaders own) {
        this.own = own;
    }

    /**
     * The listed headers, under the names as the list spells them; blanks in the list count. A missing or empty header is left out. The
     * key of the API is no metadata. A name in several spellings counts once, so that the headers are no more than the request had (G8).
     */
    Map<String, String> of(DirectRequest request) {
        String names = request.header(BrokerHeaders.METADATA_HEADERS);
        if (names.isEmpty()) {
            return Map.of();
        }
        boolean keysAreOn = Caller.of(request.jetty()).keysAreOn();
        Map<String, String> metadata = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int start = 0; start <= names.length(); ) {
            int comma = names.indexOf(',', start);
            int end = comma < 0 ? names.length() : comma;
            String name = names.substring(start, end);
            boolean isKey = keysAreOn && name.equalsIgnoreCase(KeyCheck.HEADER);
            String value = name.isEmpty() || isKey || own.include(name) ? "" : request.header(name);
            if (!value.isEmpty()) {
                metadata.put(name, value);
            }
            start = end + 1;
        }
        return metadata;
    }
}
