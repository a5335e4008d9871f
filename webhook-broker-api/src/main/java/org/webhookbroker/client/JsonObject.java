package org.webhookbroker.client;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object that was read, of which unknown fields do not matter. Throws {@link IllegalArgumentException} for a field that is not as expected. */
record JsonObject(Map<?, ?> fields) {
    static JsonObject read(byte[] utf8) {
        return of(JsonReader.read(utf8), "the answer");
    }

    String string(String name) {
        return as(String.class, name);
    }

    @Nullable
    String stringOrNull(String name) {
        return fields.get(name) == null ? null : string(name);
    }

    int number(String name) {
        Double number = as(Double.class, name);
        if (number != number.intValue()) {
            throw unexpected(name);
        }
        return number.intValue();
    }

    boolean flag(String name) {
        return as(Boolean.class, name);
    }

    JsonObject object(String name) {
        return of(fields.get(name), name);
    }

    List<JsonObject> objects(String name) {
        List<JsonObject> objects = new ArrayList<>();
        for (Object element : (List<?>) as(List.class, name)) {
            objects.add(of(element, name));
        }
        return objects;
    }

    Map<String, String> strings(String name) {
        JsonObject object = object(name);
        Map<String, String> strings = new LinkedHashMap<>();
        object.fields.keySet().forEach(key -> strings.put((String) key, object.string((String) key)));
        return strings;
    }

    private <T> T as(Class<T> type, String name) {
        Object value = fields.get(name);
        if (!type.isInstance(value)) {
            throw unexpected(name);
        }
        return type.cast(value);
    }

    private static JsonObject of(@Nullable Object value, String name) {
        if (value instanceof Map<?, ?> map) {
            return new JsonObject(map);
        }
        throw unexpected(name);
    }

    private static IllegalArgumentException unexpected(String name) {
        return new IllegalArgumentException("`" + name + "` is missing or not of the right type");
    }

    /** A string as JSON. */
    static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                json.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
