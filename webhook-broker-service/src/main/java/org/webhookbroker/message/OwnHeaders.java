package org.webhookbroker.message;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.signature.WebhookHeaders;

/**
 * The headers of a delivery that no metadata header may stand for (contract 4.4): the broker or its HTTP client sets them, or they
 * belong to a connection, or they are secrets of the producer. Letter case does not matter, nor whether a name has {@code _} or
 * {@code -}: many servers hand both to their programs as one. Thread-safe.
 */
public final class OwnHeaders {
    private static final List<String> NAMES = List.of(
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
            "Proxy-Authentication-Info",
            "Proxy-Authorization",
            "Proxy-Connection",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "User-Agent");

    private final Set<String> names = new HashSet<>();

    /** @param tokenHeader the configured name of the header in which consumers get their token */
    public OwnHeaders(String tokenHeader) {
        NAMES.forEach(name -> names.add(plain(name)));
        names.add(plain(tokenHeader));
    }

    /** Of deliveries that are signed: the signature and what belongs to it are the broker's too. */
    public OwnHeaders withSignature() {
        OwnHeaders all = new OwnHeaders(names);
        all.names.addAll(List.of(WebhookHeaders.ID, WebhookHeaders.TIMESTAMP, WebhookHeaders.SIGNATURE));
        return all;
    }

    private OwnHeaders(Set<String> plainNames) {
        names.addAll(plainNames);
    }

    public boolean include(String name) {
        return names.contains(plain(name));
    }

    /**
     * The metadata that may go out. What is refused at a broadcast may come all the same: from an archive, or from the rows of an older
     * version.
     */
    public Map<String, String> without(Map<String, String> metadata) {
        if (metadata.keySet().stream().noneMatch(this::include)) {
            return metadata;
        }
        Map<String, String> others = new TreeMap<>(metadata);
        others.keySet().removeIf(this::include);
        return others;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
