package org.webhookbroker.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JSON of an entry, which is a line of the logger {@code audit}, and what {@code GET /audit} lists. */
public final class AuditLog {
    public static final String NAME = "audit";

    /** More is cut off wherever logs go, ours at 8000 characters, and would not be JSON any more. */
    private static final int LONGEST_LINE = 7900;

    private static final int SHORT = 50;
    private static final Logger LOG = LoggerFactory.getLogger(NAME);

    private AuditLog() {}

    static void write(AuditEntry entry) {
        LOG.info("{}", line(entry));
    }

    /** As {@link #json}; the longest ids are cut, so that a line of the log holds it. */
    static String line(AuditEntry entry) {
        String whole = json(entry);
        return whole.length() <= LONGEST_LINE ? whole : json(entry, SHORT);
    }

    /** One line of ASCII. */
    public static String json(AuditEntry entry) {
        return json(entry, Integer.MAX_VALUE);
    }

    private static String json(AuditEntry entry, int limit) {
        AuditRecord record = entry.record();
        Who who = record.deed().who();
        ObjectNode json = Shown.JSON
                .createObjectNode()
                .put("id", entry.id().toString())
                .put("at", entry.at().toString())
                .put("actor", Shown.cut(who.actor(), limit));
        putUnlessEmpty(json, "name", Shown.cut(who.name(), limit));
        json.put("origin", Shown.cut(who.origin(), limit))
                .put("action", record.deed().action().wireName())
                .put("kind", record.target().kind().wireName())
                .put("target", Shown.cut(record.target().id(), limit));
        putUnlessEmpty(json, "channel", Shown.cut(record.target().channel(), limit));
        putParsedUnlessEmpty(json, "before", record.before());
        putParsedUnlessEmpty(json, "after", record.after());
        json.put("outcome", record.outcome().wireName()).put("count", record.count());
        return Shown.text(json);
    }

    private static void putUnlessEmpty(ObjectNode json, String name, String text) {
        if (!text.isEmpty()) {
            json.put(name, text);
        }
    }

    private static void putParsedUnlessEmpty(ObjectNode json, String name, String text) {
        if (!text.isEmpty()) {
            json.set(name, parsed(text));
        }
    }

    private static JsonNode parsed(String text) {
        try {
            return Shown.JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalStateException("The database holds what no node has written", malformed);
        }
    }
}
