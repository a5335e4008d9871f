package org.webhookbroker.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Texts by name, as the record shows them: as JSON in ASCII, so that no text of a stranger moves the cursor of a terminal or turns its direction,
 * and bounded, whatever the texts are.
 */
public final class Shown {
    static final JsonMapper JSON = new JsonMapper(
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build());

    /** What the column holds. */
    static final int LONGEST = 2000;

    /** How long each text may be: the first that makes all fit. */
    private static final int[] LIMITS = {1000, 250, 60, 12};

    /** Before the host: the name and the password. What is malformed may have them too. */
    private static final Pattern USER = Pattern.compile("^([^:/?#]*:)?(//)?[^/?#]*@");

    private final Map<String, String> texts = new LinkedHashMap<>();

    /** Leaves out what is empty. */
    public Shown and(String name, String text) {
        if (!text.isEmpty()) {
            texts.put(name, text);
        }
        return this;
    }

    String json() {
        if (texts.isEmpty()) {
            return "";
        }
        String json = "";
        for (int limit : LIMITS) {
            json = json(limit);
            if (json.length() <= LONGEST) {
                return json;
            }
        }
        return "{\"texts\":\"" + texts.size() + "\"}";
    }

    private String json(int limit) {
        ObjectNode node = JSON.createObjectNode();
        texts.forEach((name, text) -> node.put(cut(name, limit), cut(text, limit)));
        return text(node);
    }

    static String text(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** At most {@code limit} code points, and no control character that JSON leaves as it is. */
    static String cut(String text, int limit) {
        String plain = text.replace('\u007f', '?');
        return plain.codePointCount(0, plain.length()) <= limit
                ? plain
                : plain.substring(0, plain.offsetByCodePoints(0, limit - 2)) + "..";
    }

    /** Without what may be a secret: the user before the host, and what is behind the path. */
    public static String url(String url) {
        String masked = USER.matcher(url).replaceFirst("$1$2***@");
        int query = masked.indexOf('?');
        int fragment = masked.indexOf('#');
        int end = query < 0 || (fragment >= 0 && fragment < query) ? fragment : query;
        return end < 0 ? masked : masked.substring(0, end + 1) + "***";
    }
}
