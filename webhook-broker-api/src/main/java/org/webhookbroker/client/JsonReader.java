package org.webhookbroker.client;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) strictly: UTF-8, no name twice in an object, nothing after the value, at most 16 levels and 100,000 values.
 * Objects are maps, arrays lists, numbers {@link Double}, texts strings. Throws {@link IllegalArgumentException} that shows nothing of
 * the text.
 */
final class JsonReader {
    private static final int DEEPEST = 16;
    private static final int MOST_VALUES = 100_000;
    private static final int LONGEST_NUMBER = 64;
    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";

    private final String text;
    private int at;
    private int values;

    private JsonReader(String text) {
        this.text = text;
    }

    static @Nullable Object read(byte[] utf8) {
        try {
            JsonReader reader = new JsonReader(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
            Object value = reader.value(0);
            reader.blanks();
            reader.require(reader.at == reader.text.length(), "the end");
            return value;
        } catch (CharacterCodingException noUtf8) {
            throw new IllegalArgumentException("the text is not UTF-8");
        }
    }

    private @Nullable Object value(int depth) {
        require(depth <= DEEPEST, "at most " + DEEPEST + " levels");
        require(++values <= MOST_VALUES, "at most " + MOST_VALUES + " values");
        blanks();
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object(int depth) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        at++;
        if (!skip('}')) {
            do {
                blanks();
                String name = string();
                require(skip(':'), "a colon");
                require(!fields.containsKey(name), "each name once");
                fields.put(name, value(depth + 1));
            } while (skip(','));
            require(skip('}'), "the end of an object");
        }
        return fields;
    }

    private List<@Nullable Object> array(int depth) {
        List<@Nullable Object> elements = new ArrayList<>();
        at++;
        if (!skip(']')) {
            do {
                elements.add(value(depth + 1));
            } while (skip(','));
            require(skip(']'), "the end of an array");
        }
        return elements;
    }

    private String string() {
        require(peek() == '"', "a string");
        int start = ++at;
        while (peek() != '"' && peek() != '\\') {
            require(peek() >= ' ', "no control character");
            at++;
        }
        if (peek() == '"') {
            return text.substring(start, at++);
        }
        StringBuilder string = new StringBuilder(text.substring(start, at));
        while (peek() != '"') {
            require(peek() >= ' ', "no control character");
            char c = text.charAt(at++);
            string.append(c == '\\' ? escaped() : c);
        }
        at++;
        return string.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        if (c == 'u') {
            require(at + 4 <= text.length(), "four digits");
            int code = 0;
            for (int i = 0; i < 4; i++) {
                char digit = text.charAt(at++);
                int value = digit < 128 ? Character.digit(digit, 16) : -1;
                require(value >= 0, "four digits");
                code = code * 16 + value;
            }
            return (char) code;
        }
        require(ESCAPES.indexOf(c) >= 0, "an escape");
        return ESCAPED.charAt(ESCAPES.indexOf(c));
    }

    private Double number() {
        int start = at;
        while (at < text.length() && at - start <= LONGEST_NUMBER && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(start, at);
        require(
                number.length() <= LONGEST_NUMBER && number.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?"),
                "a value");
        return Double.valueOf(number);
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        require(text.startsWith(word, at), "a value");
        at += word.length();
        return value;
    }

    /** Whether this comes next, after blanks; then it is behind us. */
    private boolean skip(char expected) {
        blanks();
        boolean is = peek() == expected;
        at += is ? 1 : 0;
        return is;
    }

    private void blanks() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        require(at < text.length(), "more");
        return text.charAt(at);
    }

    private void require(boolean met, String expected) {
        if (!met) {
            throw new IllegalArgumentException("no JSON at character " + at + ": expected " + expected);
        }
    }
}
