package org.webhookbroker.retention;

import static org.webhookbroker.retention.DamagedException.require;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.Content;

/**
 * Reads the message of one line, token by token. It holds what a message may have and no more, whatever the line has; jobs are skipped over,
 * however many there are. The rules are those of a broadcast, since what is restored goes to the database and to consumers in the same way.
 */
final class ArchivedLine {
    private static final String NO_JSON = "it is not one JSON object";
    /** The original takes so many in a request. */
    private static final int MOST_OF_HEADERS = 1 << 20;
    /** The first that no column holds. */
    private static final Instant TOO_LATE = Instant.parse("+10000-01-01T00:00:00Z");

    /** Names are not kept in a table for the next line: a line may have millions of them. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(ArchivedPayload.MOST)
                    .build())
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build();

    private final JsonParser json;
    private final ArchivedPayload payload = new ArchivedPayload();
    private final Map<String, String> headers = new TreeMap<>();
    /** Of all that were read: an object may come twice, and a name too. */
    private int sizeOfHeaders;

    private String messageId = "";
    private String channelId = "";
    private String producerId = "";
    private String contentType = "";
    private int priority = -1;
    private @Nullable Xid producer;
    private @Nullable Instant receivedAt;

    private ArchivedLine(JsonParser json) {
        this.json = json;
    }

    /** Empty for a blank line. */
    static Optional<ArchivedMessage> read(InputStream line) throws IOException {
        // Jackson's own reader takes bytes that are no UTF-8, and guesses at UTF-16.
        try (JsonParser json = JSON.createParser(new InputStreamReader(line, StandardCharsets.UTF_8.newDecoder()))) {
            return json.nextToken() == null ? Optional.empty() : Optional.of(new ArchivedLine(json).read());
        } catch (StreamConstraintsException tooMuch) {
            throw new DamagedException("a text, a number or a name in it is too long, or it is nested too deeply");
        } catch (JsonProcessingException malformed) {
            throw new DamagedException(NO_JSON);
        } catch (CharacterCodingException half) {
            throw new DamagedException("it is not UTF-8, or holds half of a character");
        }
    }

    private ArchivedMessage read() throws IOException {
        boolean found = false;
        require(json.currentToken() == JsonToken.START_OBJECT, NO_JSON);
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            if (key.equals("message")) {
                require(!found && value == JsonToken.START_OBJECT, "it has not one object `message`");
                found = true;
                fields("", this::messageField);
            } else {
                json.skipChildren();
            }
        }
        require(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null, NO_JSON);
        require(found, "it has not one object `message`");
        return message();
    }

    private ArchivedMessage message() throws IOException {
        ArchivedTexts.requireId("MessageID", messageId);
        ArchivedTexts.requireId("ChannelID", channelId);
        ArchivedTexts.requireId("ContentType", contentType);
        if (!producerId.isEmpty()) {
            ArchivedTexts.requireId("ProducerID", producerId);
        }
        require(priority >= 0, "`Priority` is not a whole number from 0 to " + Integer.MAX_VALUE);
        Xid by = producer;
        Instant at = receivedAt;
        if (by == null) {
            throw new DamagedException("`ID` of `ProducedBy` is not an xid");
        }
        if (at == null || at.isBefore(Instant.EPOCH) || !at.isBefore(TOO_LATE)) {
            throw new DamagedException("`ReceivedAt` is not a time in RFC 3339 from 1970 to 9999");
        }
        Content content = new Content(contentType, priority, headers, payload.bytes());
        return new ArchivedMessage(messageId, channelId, producerId, by, at, content);
    }

    private interface Field {
        void read(String path) throws IOException;
    }

    /** Of the object that begins here. Others than it knows are skipped by the reader of fields. */
    private void fields(String prefix, Field field) throws IOException {
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            json.nextToken();
            field.read(prefix + key);
        }
        require(json.currentToken() == JsonToken.END_OBJECT, NO_JSON);
    }

    private void messageField(String path) throws IOException {
        switch (path) {
            case "MessageID" -> messageId = text(path);
            case "ContentType" -> contentType = text(path);
            case "BroadcastedTo/ChannelID" -> channelId = text(path);
            case "ProducedBy/ProducerID" -> producerId = text(path);
            case "ProducedBy/ID" -> producer = Xid.parse(text(path)).orElse(null);
            case "Priority" -> priority = number();
            case "ReceivedAt" -> receivedAt = time(path);
            case "Payload" -> payload.readText(string(path));
            case "PayloadBase64" -> payload.readExact(string(path));
            case "Headers" -> readHeaders();
            case "BroadcastedTo", "ProducedBy" -> readInner(path);
            default -> json.skipChildren();
        }
    }

    private void readInner(String path) throws IOException {
        require(json.currentToken() == JsonToken.START_OBJECT, "`" + path + "` is not an object");
        fields(path + "/", this::messageField);
    }

    private void readHeaders() throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        require(json.currentToken() == JsonToken.START_OBJECT, "`Headers` is not an object");
        fields("", name -> {
            String value = text("Headers");
            ArchivedTexts.requireHeader(name, value);
            sizeOfHeaders += name.length() + value.length();
            require(sizeOfHeaders <= MOST_OF_HEADERS, "`Headers` has more than " + MOST_OF_HEADERS + " characters");
            headers.put(name, value);
        });
    }

    private JsonParser string(String path) throws DamagedException {
        require(json.currentToken() == JsonToken.VALUE_STRING, "`" + path + "` is not a text");
        return json;
    }

    private String text(String path) throws IOException {
        return string(path).getText();
    }

    private int number() throws IOException {
        boolean fits =
                json.currentToken() == JsonToken.VALUE_NUMBER_INT && json.getNumberType() == JsonParser.NumberType.INT;
        return fits ? json.getIntValue() : -1;
    }

    private @Nullable Instant time(String path) throws IOException {
        try {
            return OffsetDateTime.parse(text(path)).toInstant().truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeException malformed) {
            return null;
        }
    }
}
