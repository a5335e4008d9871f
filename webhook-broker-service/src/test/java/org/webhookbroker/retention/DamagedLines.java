package org.webhookbroker.retention;

import static org.webhookbroker.retention.ArchivedLineFixture.line;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Lines that are no messages, each with what is to be said of it. */
final class DamagedLines {
    private static final int LARGEST = (16 << 20) - 1;

    private DamagedLines() {}

    record Bad(String name, String line, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Bad bad(String name, String reason, Consumer<ObjectNode> change) {
        return new Bad(name, line("bad", change), reason);
    }

    private static Bad raw(String name, String reason, String line) {
        return new Bad(name, line + "\n", reason);
    }

    /** @param length of each value */
    private static String headersTwice(int length) {
        String value = "a".repeat(length);
        return "\"Headers\":{\"X-A\":\"" + value + "\"},\"Headers\":{\"X-B\":\"" + value + "\"}";
    }

    static List<Bad> all() {
        String inJson = "it is not one JSON object";
        String tooMuch = "too long, or it is nested too deeply";
        return List.of(
                bad("id too long", "`MessageID` has 300 characters", m -> m.put("MessageID", "l".repeat(300))),
                bad("id empty", "`MessageID` has 0 characters", m -> m.put("MessageID", "")),
                bad("id missing", "`MessageID` has 0 characters", m -> m.remove("MessageID")),
                bad("id with a line feed", "`MessageID` holds a control character", m -> m.put("MessageID", "c\nd")),
                bad("id with NUL", "`MessageID` holds a control character", m -> m.put("MessageID", "c\0d")),
                bad("id no text", "`MessageID` is not a text", m -> m.put("MessageID", 17)),
                bad("id null", "`MessageID` is not a text", m -> m.putNull("MessageID")),
                raw(
                        "id with half a character",
                        "`MessageID` holds half of a character",
                        line("@").strip().replace("@", "\\ud800")),
                bad("channel missing", "`ChannelID` has 0", m -> m.remove("BroadcastedTo")),
                bad("channel no object", "`BroadcastedTo` is not an object", m -> m.put("BroadcastedTo", "orders")),
                bad(
                        "channel too long",
                        "`ChannelID` has 256",
                        m -> m.putObject("BroadcastedTo").put("ChannelID", "c".repeat(256))),
                bad("producer missing", "`ID` of `ProducedBy`", m -> m.remove("ProducedBy")),
                bad(
                        "producer's id",
                        "`ID` of `ProducedBy`",
                        m -> m.putObject("ProducedBy").put("ID", "zz")),
                bad(
                        "producer too long",
                        "`ProducerID` has",
                        m -> m.withObject("ProducedBy").put("ProducerID", "p".repeat(1 << 20))),
                bad("content type too long", "`ContentType` has", m -> m.put("ContentType", "t".repeat(256))),
                bad("content type with CR LF", "`ContentType` holds", m -> m.put("ContentType", "a/b\r\nX: y")),
                bad("priority negative", "`Priority`", m -> m.put("Priority", -1)),
                bad("priority out of range", "`Priority`", m -> m.put("Priority", 1L << 31)),
                bad("priority a fraction", "`Priority`", m -> m.put("Priority", 1.5)),
                bad("priority a text", "`Priority`", m -> m.put("Priority", "1")),
                bad("priority missing", "`Priority`", m -> m.remove("Priority")),
                bad("time missing", "`ReceivedAt`", m -> m.remove("ReceivedAt")),
                bad("time malformed", "`ReceivedAt`", m -> m.put("ReceivedAt", "yesterday")),
                bad("time before any", "`ReceivedAt`", m -> m.put("ReceivedAt", "-0001-01-01T00:00:00Z")),
                bad("time after all", "`ReceivedAt`", m -> m.put("ReceivedAt", "+99999-01-01T00:00:00Z")),
                bad("payload missing", "`Payload` is missing", m -> m.remove("Payload")),
                bad("payload empty", "the payload is empty", m -> m.put("Payload", "")),
                bad("payload no text", "`Payload` is not a text", m -> m.putObject("Payload")),
                bad("payload of 17 MiB", tooMuch, m -> m.put("Payload", "x".repeat(17 << 20))),
                bad(
                        "payload one byte too large",
                        "more than " + LARGEST,
                        m -> m.put("Payload", "x".repeat(LARGEST - 2) + "\u20ac")),
                bad(
                        "exact payload too large",
                        "more than " + LARGEST,
                        m -> m.put("PayloadBase64", new byte[LARGEST + 1])),
                bad("exact payload malformed", "not base64", m -> m.put("PayloadBase64", "a=b=c")),
                raw(
                        "payload with half a character",
                        "half of a character",
                        line("bad").strip().replace("hello", "\\udc00")),
                bad(
                        "header with CR LF",
                        "a value with a control",
                        m -> m.putObject("Headers").put("X-A", "a\r\nX-Broker-Consumer-Token: z")),
                bad(
                        "header with NUL",
                        "a value with a control",
                        m -> m.putObject("Headers").put("X-A", "a\0")),
                bad(
                        "header name with a blank",
                        "a name that no header",
                        m -> m.putObject("Headers").put("X A", "a")),
                bad(
                        "header name with a colon",
                        "a name that no header",
                        m -> m.putObject("Headers").put("X:", "a")),
                bad(
                        "header name empty",
                        "a name that no header",
                        m -> m.putObject("Headers").put("", "a")),
                bad(
                        "header no text",
                        "`Headers` is not a text",
                        m -> m.putObject("Headers").putObject("X-A")),
                bad(
                        "headers no object",
                        "`Headers` is not an object",
                        m -> m.putArray("Headers").add("X")),
                bad(
                        "headers too large",
                        "`Headers` has more than",
                        m -> m.putObject("Headers").put("X-A", "a".repeat((1 << 20) + 1))),
                bad("a million headers", "`Headers` has more than", m -> {
                    ObjectNode headers = m.putObject("Headers");
                    IntStream.range(0, 1_000_000).forEach(i -> headers.put("X-" + i, "1"));
                }),
                raw(
                        "headers again and again",
                        "`Headers` has more than",
                        line("bad").strip().replace("\"Headers\":{}", headersTwice((1 << 19) + 1))),
                raw("deep nesting", tooMuch, "{\"jobs\":" + "[".repeat(100_000)),
                raw("deep nesting in the message", tooMuch, "{\"message\":{\"x\":" + "{\"a\":".repeat(100_000)),
                raw(
                        "a huge number",
                        tooMuch,
                        line("bad").strip().replace("\"Priority\":0", "\"Priority\":" + "9".repeat(100_000))),
                raw(
                        "a number with a huge exponent",
                        "`Priority`",
                        line("bad").strip().replace("\"Priority\":0", "\"Priority\":1e999999999")),
                raw("a name too long", tooMuch, "{\"message\":{\"" + "n".repeat(1 << 20) + "\":1}}"),
                raw(
                        "two messages",
                        "not one object `message`",
                        line("bad").strip().replace("\"jobs\"", "\"message\"")),
                raw("no message", "not one object `message`", "{}"),
                raw("message null", "not one object `message`", "{\"message\":null}"),
                raw("an array", inJson, "[1]"),
                raw("a text", inJson, "\"x\""),
                raw("two objects", inJson, line("bad").strip() + "{}"),
                raw("cut off", inJson, line("bad").substring(0, 90)),
                raw("no JSON", inJson, "\0\1\2\u00ff"));
    }
}
