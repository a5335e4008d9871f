package org.webhookbroker.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.webhookbroker.database.Xid;
import org.webhookbroker.http.server.Rfc3339;

/** A place in a list: the internal id and the creation time of one item. Opaque to clients. */
record Cursor(Xid id, Instant createdAt) {
    /** The place of an item without a stored time: its id holds the second of its creation. */
    static Cursor of(Xid id) {
        return new Cursor(id, id.createdAt());
    }

    String encode() {
        String text = id + "|" + Rfc3339.text(createdAt);
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Empty for anything malformed, which the contract ignores silently. */
    static Optional<Cursor> parse(String text) {
        if (text.length() % 4 != 0) {
            return Optional.empty();
        }
        try {
            String[] parts = new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8).split("\\|", -1);
            return parts.length == 2
                    ? Xid.parse(parts[0]).flatMap(id -> Rfc3339.parse(parts[1]).map(time -> new Cursor(id, time)))
                    : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
